/** The database as such: is it there, has it the form of this program, do the clocks agree, can its secrets be opened. */

import type mongoose from 'mongoose';
import type { Settings } from '../config.ts';
import type { Database } from '../mongo/connect.ts';
import { withDatabase } from '../mongo/errors.ts';
import { planMigrations } from '../mongo/migrations/migrate.ts';
import type { DatabaseSpace } from '../mongo/store-space.ts';
import { keyName } from '../secret-box.ts';
import { presentSecretKey } from '../secret-key.ts';
import { isWorthwhile, megabytes, USUAL_LEAST_BYTES } from '../store/index.ts';
import { type CheckLine, ok, problem, warning } from './line.ts';

const SKEW_MS = 1_000;
/** Of free room in the file of the embedded store, where no start gives it back. */
const USUAL_PERCENT = 50;
const BAD_SKEW_MS = 10_000;
const WITH_SECRETS = ['provider_accounts', 'issuer_keys', 'retirements', 'hash_keys'];

export async function checkForm(database: Database): Promise<readonly CheckLine[]> {
  const { pending } = await planMigrations({ connection: database.connection });
  const missing = await database.missingIndexes();
  if (pending.length + missing.length === 0) return [ok('form', 'the database has the form of this version')];
  const todo = 'run `laurel migrate`, or start Laurel, which does it too';
  return [
    ...pending.map(({ number, name }) => warning('form', `migration ${number} is to be done: ${name}`, todo)),
    ...(missing.length === 0 ? [] : [warning('form', `${missing.length} indexes are to be built`, todo)]),
  ];
}

/** How far the clock of the database is ahead of ours in milliseconds; null: it does not say. */
export async function clockSkew(connection: mongoose.Connection, now: () => number = Date.now): Promise<number | null> {
  const before = now();
  const answer = await withDatabase(async () => connection.db?.command({ hello: 1 }));
  const middle = (before + now()) / 2;
  return answer?.localTime instanceof Date ? Math.round(answer.localTime.getTime() - middle) : null;
}

export function checkClock(skewMs: number | null): readonly CheckLine[] {
  if (skewMs === null) return [];
  const size = Math.abs(skewMs);
  if (size <= SKEW_MS) return [ok('clock', 'agrees with that of the database')];
  const message = `is ${(size / 1_000).toFixed(1)} s ${skewMs > 0 ? 'behind' : 'ahead of'} that of the database`;
  const todo =
    'synchronise the clocks (NTP): Laurel goes by that of the database, logs and other programs by that of this machine';
  return [size > BAD_SKEW_MS ? problem('clock', message, todo) : warning('clock', message, todo)];
}

/** @param percent of free room from which on a start compacts; 0: never. MongoDB servers see to that themselves. */
export function checkSpace(
  space: DatabaseSpace | null,
  { mongodbUri, storeCompactPercent: percent }: Pick<Settings, 'mongodbUri' | 'storeCompactPercent'>,
): readonly CheckLine[] {
  if (space === null) return [];
  const { size, free } = space;
  const message = `takes ${megabytes(size)} on disk: ${megabytes(size - free)} in use, ${megabytes(free)} free for what comes`;
  const policy = { percent: percent || USUAL_PERCENT, leastBytes: USUAL_LEAST_BYTES };
  if (mongodbUri !== null || !isWorthwhile({ file: size, free }, policy)) return [ok('space', message)];
  const remedy = 'run `laurel store compact` while the server is stopped';
  return [
    warning(
      'space',
      message,
      percent > 0 ? `start the server again, which gives it back to the disk, or ${remedy}` : remedy,
    ),
  ];
}

export async function checkSecrets(connection: mongoose.Connection, settings: Settings): Promise<readonly CheckLine[]> {
  const present = presentSecretKey(settings.secretKey, settings.dataDir);
  const known = [...(present === null ? [] : [present]), ...settings.formerSecretKeys].map(keyName);
  let lost = 0;
  let outdated = 0;
  for (const name of WITH_SECRETS) {
    const documents = await withDatabase(() => connection.collection(name).find({}).toArray());
    for (const [, key = ''] of JSON.stringify(documents).matchAll(/"s1\.([0-9a-f]{12})\./g)) {
      if (!known.includes(key)) lost += 1;
      else if (key !== known[0]) outdated += 1;
    }
  }
  if (lost > 0)
    return [
      problem(
        'keys',
        `${lost} secrets in the database were sealed under a key that is not set`,
        'add the former LAUREL_SECRET_KEY to LAUREL_FORMER_SECRET_KEYS, or enter the secrets again',
      ),
    ];
  if (outdated > 0)
    return [warning('keys', `${outdated} secrets are sealed under a former key`, 'run `laurel secrets rotate`')];
  return [ok('keys', 'open every secret in the database')];
}
