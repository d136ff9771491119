/** Makes a backup while everything goes on: document by document, without holding more than a few in memory. */

import { createWriteStream } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type mongoose from 'mongoose';
import { InputError } from '../../plugin/errors.ts';
import type { Clock } from '../../plugin/ports/runtime.ts';
import { withDatabase } from '../mongo/errors.ts';
import { type Following, follow } from './following.ts';
import {
  type BackupFile,
  FILES,
  hashOf,
  inOrder,
  LEFT_OUT,
  MANIFEST,
  type Manifest,
  manifestOf,
  toLine,
} from './format.ts';

export interface BackupParts {
  readonly connection: mongoose.Connection;
  /** LAUREL_FILES_DIR; null: files are in the database. */
  readonly filesDir: string | null;
  readonly clock: Clock;
  readonly program: string;
  readonly following?: Following;
}

const BATCH = 50;
/** A file may be replaced between two looks at it. */
const COPY_ATTEMPTS = 5;

/** @param folder is made; must be empty where it is there
 *  @throws InputError `input.backup-folder`; StoreError; what `following` is aborted with: then there is no manifest, and what is
 *    there is no backup */
export async function writeBackup(folder: string, parts: BackupParts): Promise<Manifest> {
  await emptyFolder(folder);
  const begunAt = parts.clock.now().toISOString();
  const sealedUnder = new Set<string>();
  const collections: Manifest['collections'][number][] = [];
  for (const name of await collectionsOf(parts.connection))
    collections.push(await writeCollection(folder, name, parts, sealedUnder));
  const files = parts.filesDir === null ? [] : await copyFiles(parts.filesDir, folder, parts.following);
  const manifest = manifestOf({
    program: parts.program,
    begunAt,
    finishedAt: parts.clock.now().toISOString(),
    collections,
    files,
    sealedUnder: [...sealedUnder].sort(),
  });
  await writeFile(join(folder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600, flush: true });
  return manifest;
}

async function emptyFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if ((await readdir(folder)).length === 0) return;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'error';
    throw new InputError('backup-folder', `${folder} cannot be written to (${code}); name a folder that can`);
  }
  throw new InputError('backup-folder', `${folder} is not empty; name a new folder for each backup`);
}

async function collectionsOf(connection: mongoose.Connection): Promise<readonly string[]> {
  const found = await withDatabase(
    async () => (await connection.db?.listCollections({}, { nameOnly: true }).toArray()) ?? [],
  );
  const names = found.map(({ name }) => name).filter((name) => !LEFT_OUT.includes(name) && !name.startsWith('system.'));
  return inOrder(names);
}

async function writeCollection(
  folder: string,
  name: string,
  { connection, following }: Pick<BackupParts, 'connection' | 'following'>,
  sealedUnder: Set<string>,
): Promise<Manifest['collections'][number]> {
  const path = `${name}.jsonl.gz`;
  let documents = 0;
  async function* lines(): AsyncGenerator<string> {
    const cursor = connection.collection(name).find({}).sort({ _id: 1 }).batchSize(BATCH);
    for (;;) {
      const document = await withDatabase(() => cursor.next());
      if (document === null) return;
      documents += 1;
      follow(following, { doing: 'writing', part: name, done: documents });
      const line = toLine(document);
      for (const [, key = ''] of line.matchAll(/"s1\.([0-9a-f]{12})\./g)) sealedUnder.add(key);
      yield line;
    }
  }
  await pipeline(lines, createGzip({ level: 4 }), createWriteStream(join(folder, path), { mode: 0o600, flags: 'wx' }));
  return { name, path, documents, ...(await hashOf(join(folder, path))) };
}

/** Each key is a folder with `meta.json`, which names the bytes beside it. */
async function copyFiles(from: string, folder: string, following?: Following): Promise<readonly BackupFile[]> {
  const entries = await readdir(from, { recursive: true, withFileTypes: true }).catch(unlessMissing);
  const metas = entries.filter((entry) => entry.isFile() && entry.name === 'meta.json');
  const copied: BackupFile[] = [];
  for (const { parentPath } of metas.toSorted((a, b) => (a.parentPath < b.parentPath ? -1 : 1))) {
    follow(following, { doing: 'writing', part: FILES, done: copied.length });
    copied.push(...(await copyKey(parentPath, join(folder, FILES, relative(from, parentPath)), folder)));
  }
  return copied;
}

async function copyKey(from: string, to: string, folder: string): Promise<readonly BackupFile[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      const meta = await readFile(join(from, 'meta.json'));
      const { data } = JSON.parse(meta.toString('utf8')) as { readonly data: string };
      await mkdir(to, { recursive: true, mode: 0o700 });
      await copyFile(join(from, data), join(to, data));
      await writeFile(join(to, 'meta.json'), meta, { mode: 0o600 });
      const paths = [join(to, data), join(to, 'meta.json')];
      return await Promise.all(paths.map(async (path) => ({ path: relative(folder, path), ...(await hashOf(path)) })));
    } catch (error) {
      const isGone = (error as NodeJS.ErrnoException).code === 'ENOENT';
      if (isGone && attempt < COPY_ATTEMPTS) continue;
      // It was deleted meanwhile: whoever named it is told so by `verify`.
      if (isGone) return [];
      throw new InputError('backup-folder', `${dirname(to)} cannot be written to; see that its disk is not full`, {
        cause: error,
      });
    }
  }
}

function unlessMissing(error: NodeJS.ErrnoException): never[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
