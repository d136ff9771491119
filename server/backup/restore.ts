/** Puts a backup into an empty database. */

import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type mongoose from 'mongoose';
import { ConflictError, InputError } from '../../plugin/errors.ts';
import type { Clock } from '../../plugin/ports/runtime.ts';
import { withDatabase } from '../mongo/errors.ts';
import { Ledger } from '../mongo/migrations/ledger.ts';
import { type Following, follow } from './following.ts';
import { type Document, documentsIn, FILES, type Manifest } from './format.ts';
import { hold } from './hold.ts';
import { verifyBackup } from './verify.ts';

export interface RestoreParts {
  readonly connection: mongoose.Connection;
  readonly filesDir: string | null;
  readonly clock: Clock;
  readonly following?: Following;
}

export interface Restored {
  readonly manifest: Manifest;
  readonly documents: number;
  /** How many documents wait for a person now that would have gone on by themselves, by their collection. */
  readonly held: Readonly<Record<string, number>>;
}

const BATCH = 200;
const BATCH_BYTES = 8 * 1024 * 1024;

/** A database that was filled halfway refuses to be used, and to be restored into again.
 *  @throws InputError `input.backup` where the backup is not whole; ConflictError `conflict.not-empty`; StoreError; what `following` is
 *    aborted with */
export async function restoreBackup(folder: string, parts: RestoreParts): Promise<Restored> {
  const { manifest, problems } = await verifyBackup(folder, parts.following);
  if (problems.length > 0) throw new InputError('backup', `the backup is not whole: ${problems.join('; ')}`);
  if (manifest.files.length > 0 && parts.filesDir === null)
    throw new InputError(
      'backup',
      'the backup has files of a folder; set LAUREL_FILES_DIR to an empty folder for them',
    );
  await requireEmpty(parts);
  const ledger = new Ledger(parts.connection);
  await ledger.beginRestore();
  if (parts.filesDir !== null) await restoreFiles(folder, parts.filesDir, manifest, parts.following);
  const now = parts.clock.now();
  const held: Record<string, number> = {};
  let documents = 0;
  let form: Document | null = null;
  for (const { name, path } of manifest.collections) {
    let batch: Document[] = [];
    const before = documents;
    const flush = async (): Promise<void> => {
      if (batch.length > 0) await insert(parts.connection, name, batch);
      batch = [];
    };
    for await (const stored of documentsIn(join(folder, path))) {
      documents += 1;
      follow(parts.following, { doing: 'writing', part: name, done: documents - before });
      if (name === 'database_form') {
        form = stored;
        continue;
      }
      const { document, isHeld } = hold(name, stored, now);
      if (isHeld) held[name] = (held[name] ?? 0) + 1;
      batch.push(document);
      if (batch.length >= (name === 'files.chunks' ? BATCH_BYTES / (256 * 1024) : BATCH)) await flush();
    }
    await flush();
  }
  await ledger.endRestore(form as Parameters<Ledger['endRestore']>[0]);
  return { manifest, documents, held };
}

async function insert(connection: mongoose.Connection, name: string, batch: readonly Document[]): Promise<void> {
  await withDatabase(() => connection.collection(name).insertMany([...batch] as never[], { ordered: true }));
}

async function requireEmpty({ connection, filesDir }: RestoreParts): Promise<void> {
  const found = await withDatabase(
    async () => (await connection.db?.listCollections({}, { nameOnly: true }).toArray()) ?? [],
  );
  for (const { name } of found) {
    const some = await withDatabase(() => connection.collection(name).findOne({}));
    if (some !== null)
      throw new ConflictError('not-empty', `the database is not empty (${name} has documents); restore into a new one`);
  }
  const files = filesDir === null ? [] : await readdir(filesDir).catch(() => []);
  if (files.length > 0)
    throw new ConflictError('not-empty', `LAUREL_FILES_DIR is not empty; restore into a new folder`);
}

async function restoreFiles(
  folder: string,
  filesDir: string,
  { files }: Manifest,
  following?: Following,
): Promise<void> {
  for (const [done, { path }] of files.entries()) {
    follow(following, { doing: 'writing', part: FILES, done });
    const to = join(filesDir, relative(FILES, path));
    await mkdir(dirname(to), { recursive: true, mode: 0o700 });
    await copyFile(join(folder, path), to);
  }
}
