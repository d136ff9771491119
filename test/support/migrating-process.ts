/** A process that changes a database slowly, to be killed on the way: run as a program with the address of the database. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { silentLogger, systemClock } from '../../plugin/ports/runtime.ts';
import { connectDatabase } from '../../server/mongo/connect.ts';
import { formModels } from '../../server/mongo/migrations/ledger.ts';
import { migrate } from '../../server/mongo/migrations/migrate.ts';
import type { Migration } from '../../server/mongo/migrations/migration.ts';

const self = fileURLToPath(import.meta.url);

/** Gives every document of `things` a mark, one after the other. What is marked is left alone. */
export const markThings: Migration = {
  number: 1,
  name: 'Mark every thing',
  breaking: false,
  async run(connection, stillOurs) {
    const things = connection.collection<{ _id: number; marks?: number }>('things');
    let changed = 0;
    for (const { _id } of await things.find({ marks: { $exists: false } }).toArray()) {
      await stillOurs();
      const { modifiedCount } = await things.updateOne({ _id, marks: { $exists: false } }, { $inc: { marks: 1 } });
      changed += modifiedCount;
      await pause(20);
    }
    return changed;
  },
};

export const countRuns: Migration = {
  number: 2,
  name: 'Count the runs',
  breaking: false,
  async run(connection) {
    await connection
      .collection<{ _id: string }>('runs')
      .updateOne({ _id: 'runs' }, { $inc: { count: 1 } }, { upsert: true });
    return 1;
  },
};

export const LEASE_MS = 500;

/** @returns what the process applied, one line each */
export async function migrateHere(uri: string): Promise<readonly string[]> {
  const database = await connectDatabase({ uri, logger: silentLogger, models: [formModels] });
  try {
    const applied = await migrate({
      ...{ connection: database.connection, clock: systemClock, logger: silentLogger, program: 'test' },
      migrations: [markThings, countRuns],
      leaseMs: LEASE_MS,
    });
    return applied.map(({ name }) => name);
  } finally {
    await database.close();
  }
}

export function startMigrating(uri: string): {
  readonly child: ChildProcess;
  readonly applied: Promise<readonly string[]>;
} {
  const child = spawn(process.execPath, ['--import', 'tsx', self, uri], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const applied = once(child, 'close').then(() => (output === '' ? [] : (JSON.parse(output) as string[])));
  return { child, applied };
}

if (process.argv[1] === self) {
  process.stdout.write(JSON.stringify(await migrateHere(process.argv[2] ?? '')));
}
