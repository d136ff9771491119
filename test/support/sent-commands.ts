/** What Laurel's own connections send to the database. */

import mongoose from 'mongoose';

export interface SentCommand {
  /** As the server knows it, e.g. `findAndModify`. */
  readonly name: string;
  /** '': it is about the database. */
  readonly collection: string;
}

/** Every connection that is opened until then is listened to. @returns each kind once */
export async function sentCommands(work: () => Promise<void>): Promise<readonly SentCommand[]> {
  const found = new Map<string, SentCommand>();
  const { MongoClient } = mongoose.mongo;
  const connect = MongoClient.prototype.connect;
  const listenedTo = new WeakSet<object>();
  MongoClient.prototype.connect = function connectAndListen(this: mongoose.mongo.MongoClient) {
    if (!listenedTo.has(this)) {
      listenedTo.add(this);
      Object.assign(this, { monitorCommands: true });
      this.on('commandStarted', ({ commandName: name, command }) => {
        const named: unknown = name === 'getMore' ? command.collection : command[name];
        const collection = typeof named === 'string' ? named : '';
        found.set(`${name} ${collection}`, { name, collection });
      });
    }
    return connect.call(this);
  };
  try {
    await work();
  } finally {
    MongoClient.prototype.connect = connect;
  }
  return [...found.values()];
}
