/** Holding a data directory: listening, being entered as its holder, having its file open. */

import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { exchangeFiles } from './data-file.ts';
import {
  type Address,
  chooseAddress,
  type Holder,
  isAlive,
  readHolder,
  removeHolder,
  removeSocket,
  writeHolder,
} from './holder.ts';
import { Journal } from './journal.ts';

/** Somebody alive holds the directory. */
export class HeldError extends Error {
  readonly holder: Holder;
  constructor(holder: Holder) {
    super('the data directory is held');
    this.holder = holder;
  }
}

export interface HoldParts {
  readonly dataDir: string;
  /** The disk did not take a write. */
  readonly onBroken: (reason: Error) => void;
  /** Listening comes before holding: until there is something to serve, only probes connect. */
  readonly onConnection: (socket: Socket) => void;
}

export class Hold {
  readonly dataDir: string;
  readonly token = randomBytes(16).toString('hex');
  readonly #onBroken: (reason: Error) => void;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #journal: Journal;
  #address: Address;

  private constructor({ dataDir, onBroken, onConnection }: HoldParts) {
    this.dataDir = dataDir;
    this.#onBroken = onBroken;
    this.#address = chooseAddress(dataDir, this.token);
    this.#journal = new Journal(dataDir, onBroken);
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      onConnection(socket);
    });
  }

  /** @throws HeldError */
  static async take(parts: HoldParts): Promise<Hold> {
    mkdirSync(parts.dataDir, { recursive: true, mode: 0o700 });
    const former = readHolder(parts.dataDir);
    if (former && (await isAlive(former))) throw new HeldError(former);
    const hold = new Hold(parts);
    try {
      hold.#address = await listen(hold.#server, hold.#address);
      await hold.#claim();
      return hold;
    } catch (error) {
      await hold.release();
      throw error;
    }
  }

  get journal(): Journal {
    return this.#journal;
  }

  get address(): Address {
    return this.#address;
  }

  /** Whether nobody else has entered itself since. */
  get isOurs(): boolean {
    return readHolder(this.dataDir)?.token === this.token;
  }

  /** Goes on with the compacted copy as the file of the store. Nothing may be on its way to the disk. */
  async exchangeFile(): Promise<void> {
    this.#journal.exclusively(() => {
      if (!this.isOurs) throw new Error('another process has taken the data directory over');
      exchangeFiles(this.dataDir);
    });
    await this.#reopen();
  }

  stopListening(): Promise<void> {
    return new Promise((done) => {
      this.#server.close(() => done());
      for (const socket of this.#sockets) socket.destroy();
    });
  }

  /** The directory is free. */
  async release(): Promise<void> {
    await this.stopListening();
    this.#journal.exclusively(() => this.isOurs && removeHolder(this.dataDir));
    removeSocket(this.#address);
    await this.#journal.close();
  }

  /** Exactly one of several starters gets through: the others find a holder that was not there when they looked.
   *  @throws HeldError */
  async #claim(): Promise<void> {
    const self: Holder = { token: this.token, pid: process.pid, since: new Date(), address: this.#address };
    for (;;) {
      const seen = readHolder(this.dataDir);
      if (seen && (await isAlive(seen))) throw new HeldError(seen);
      const outcome = this.#journal.exclusively(() => {
        if (this.#journal.isOutdated) return 'outdated';
        if (readHolder(this.dataDir)?.token !== seen?.token) return 'too late';
        writeHolder(this.dataDir, self);
        return 'won';
      });
      if (outcome === 'outdated') await this.#reopen();
      if (outcome !== 'won') continue;
      if (seen) removeSocket(seen.address);
      return;
    }
  }

  async #reopen(): Promise<void> {
    await this.#journal.close();
    this.#journal = new Journal(this.dataDir, this.#onBroken);
  }
}

function listen(server: Server, address: Address): Promise<Address> {
  return new Promise((done, fail) => {
    server.once('error', fail);
    if (address.kind === 'socket') {
      server.listen(address.path, () => {
        chmodSync(address.path, 0o600);
        done(address);
      });
    } else {
      server.listen(0, '127.0.0.1', () => {
        const bound = server.address();
        done({ kind: 'loopback', port: typeof bound === 'object' && bound ? bound.port : 0 });
      });
    }
  });
}
