/** Brings a database to the form that this program needs, once, however many processes start at the same time. */

import { setTimeout as pause } from 'node:timers/promises';
import type mongoose from 'mongoose';
import { ConfigurationError, StoreError } from '../../../plugin/errors.ts';
import type { Clock, Logger } from '../../../plugin/ports/runtime.ts';
import { type AppliedMigration, type FormDocument, Ledger } from './ledger.ts';
import { migrations as ours } from './list.ts';
import type { Migration } from './migration.ts';

export interface MigrateParts {
  readonly connection: mongoose.Connection;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Version of the program, for the record. */
  readonly program: string;
  readonly migrations?: readonly Migration[];
  /** How long a process may be silent before another goes on in its place. */
  readonly leaseMs?: number;
}

export interface MigrationPlan {
  readonly applied: readonly AppliedMigration[];
  readonly pending: readonly Pick<Migration, 'number' | 'name' | 'breaking'>[];
}

const LEASE_MS = 30_000;
const LOOK_AGAIN_MS = 200;

/** @throws ConfigurationError when the database is too new for this program, or half restored */
export async function planMigrations({
  connection,
  migrations = ours,
}: Pick<MigrateParts, 'connection' | 'migrations'>): Promise<MigrationPlan> {
  const form = await new Ledger(connection).read();
  refuseUnusable(form, migrations);
  const pending = migrations.filter(({ number }) => number > form.number);
  return {
    applied: form.applied,
    pending: pending.map(({ number, name, breaking }) => ({ number, name, breaking })),
  };
}

/** Resolves when nothing is left to do, whoever did it. @returns what was done here
 *  @throws ConfigurationError as `planMigrations`; StoreError */
export async function migrate(parts: MigrateParts): Promise<readonly AppliedMigration[]> {
  const { connection, clock, migrations = ours, leaseMs = LEASE_MS } = parts;
  const ledger = new Ledger(connection);
  const done: AppliedMigration[] = [];
  for (;;) {
    const form = await ledger.read();
    refuseUnusable(form, migrations);
    if (migrations.every(({ number }) => number <= form.number)) return done;
    const now = clock.now();
    const locked = await ledger.lock(now, new Date(now.getTime() + leaseMs));
    if (locked === null) await pause(Math.min(LOOK_AGAIN_MS, leaseMs));
    else done.push(...(await applyPending(ledger, locked, parts)));
  }
}

async function applyPending(ledger: Ledger, locked: FormDocument, parts: MigrateParts): Promise<AppliedMigration[]> {
  const { connection, clock, logger, program, migrations = ours, leaseMs = LEASE_MS } = parts;
  const { fence } = locked;
  const done: AppliedMigration[] = [];
  const stillOurs = async (): Promise<void> => {
    if ((await ledger.renew(fence, new Date(clock.now().getTime() + leaseMs))) === null) throw new TakenOver();
  };
  try {
    for (const migration of migrations.filter(({ number }) => number > locked.number)) {
      const { number, name } = migration;
      logger.debug('changing the database', { number, name });
      await stillOurs();
      const changed = await migration.run(connection, stillOurs);
      const applied = { number, name, at: clock.now(), changed, by: program };
      if ((await ledger.record(fence, applied, migration.breaking)) === null) throw new TakenOver();
      if (changed > 0) logger.info('the database was changed', { number, name, changed });
      done.push(applied);
    }
    await ledger.unlock(fence);
  } catch (error) {
    if (!(error instanceof TakenOver)) {
      await ledger.unlock(fence).catch(() => {});
      throw error;
    }
    logger.warn('another process took over changing the database; waiting for it');
  }
  return done;
}

class TakenOver extends Error {}

/** Does every migration once more: what a former version, running beside this one, has left in its own form.
 *  @throws StoreError `store.migration` when another process is at it */
export async function migrateAgain(parts: MigrateParts): Promise<void> {
  const { connection, clock, migrations = ours, leaseMs = LEASE_MS } = parts;
  await migrate(parts);
  const ledger = new Ledger(connection);
  const now = clock.now();
  const locked = await ledger.lock(now, new Date(now.getTime() + leaseMs));
  if (locked === null)
    throw new StoreError('migration', 'another process is changing the database; try again when it is done');
  try {
    for (const migration of migrations)
      await migration.run(connection, async () => {
        await ledger.renew(locked.fence, new Date(clock.now().getTime() + leaseMs));
      });
  } finally {
    await ledger.unlock(locked.fence);
  }
}

function refuseUnusable({ breaking, applied, restoring }: FormDocument, migrations: readonly Migration[]): void {
  if (restoring)
    throw new ConfigurationError([
      'a backup is being restored into the database, or its restore was interrupted; in the latter case drop the database and restore again',
    ]);
  const latest = migrations.at(-1)?.number ?? 0;
  if (breaking <= latest) return;
  const { name, by } = applied.find(({ number }) => number === breaking) ?? { name: 'unknown', by: 'unknown' };
  throw new ConfigurationError([
    `the database is newer than this program, which knows migrations up to ${latest}: version ${by} applied number ${breaking} (${name}); ` +
      'start that version or a later one, or restore a backup from before',
  ]);
}
