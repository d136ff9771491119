/** What a backup is: a folder with one compressed file of JSON lines (canonical extended JSON) per collection, the files of
 *  LAUREL_FILES_DIR as they lie there, and `manifest.json`, which is written last: a folder without one is no backup. */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import mongoose from 'mongoose';
import { InputError } from '../../plugin/errors.ts';

export const MANIFEST = 'manifest.json';
export const FILES = 'files';
const FORMAT = 1;

export interface BackupFile {
  /** Below the folder of the backup. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface Manifest {
  readonly format: typeof FORMAT;
  readonly program: string;
  readonly begunAt: string;
  readonly finishedAt: string;
  readonly collections: readonly (BackupFile & { readonly name: string; readonly documents: number })[];
  /** What lay in LAUREL_FILES_DIR; files in GridFS are collections. */
  readonly files: readonly BackupFile[];
  /** Names of the keys that secrets are sealed under. */
  readonly sealedUnder: readonly string[];
}

export function manifestOf(facts: Omit<Manifest, 'format'>): Manifest {
  return { format: FORMAT, ...facts };
}

/** What means nothing later, or must not be taken elsewhere. */
export const LEFT_OUT: readonly string[] = [
  'sessions',
  'one_time_sign_ins',
  'rate_limits',
  'kept_answers',
  'replay_scratch',
];

/** What refers to others comes before what it refers to, so that while everything goes on nothing points to what is not
 *  in the backup: learners, files and events are added before others name them. */
const FIRST = ['database_form', 'progress', 'issued_open_badges', 'credentials', 'credential_runs'];
const LAST = ['assets', 'learners', 'files.files', 'files.chunks', 'events'];

export function inOrder(names: readonly string[]): readonly string[] {
  const rank = (name: string): number => {
    if (FIRST.includes(name)) return FIRST.indexOf(name) - FIRST.length;
    return LAST.indexOf(name) + 1;
  };
  return names.toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

const { EJSON } = mongoose.mongo.BSON;

export type Document = Readonly<Record<string, unknown>>;

export function toLine(document: Document): string {
  return `${EJSON.stringify(document, { relaxed: false })}\n`;
}

export async function* documentsIn(path: string): AsyncGenerator<Document> {
  const lines = createInterface({
    input: createReadStream(path).pipe(createGunzip()),
    crlfDelay: Number.POSITIVE_INFINITY,
  });
  for await (const line of lines) if (line !== '') yield EJSON.parse(line, { relaxed: true }) as Document;
}

/** @throws InputError `input.backup` */
export async function readManifest(folder: string): Promise<Manifest> {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(await readFile(join(folder, MANIFEST), 'utf8')) as Manifest;
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'is missing' : 'cannot be read';
    throw new InputError('backup', `${folder} is no finished backup: its ${MANIFEST} ${why}`);
  }
  if (manifest.format !== FORMAT)
    throw new InputError(
      'backup',
      `${folder} was made by a later version of Laurel (format ${manifest.format}); use that version`,
    );
  const outside = [...manifest.collections, ...manifest.files].find(({ path }) => !isInside(path));
  if (outside)
    throw new InputError('backup', `${folder} is no backup of Laurel: it names ${outside.path}, which lies elsewhere`);
  return manifest;
}

function isInside(path: string): boolean {
  return !isAbsolute(path) && !path.split(/[/\\]/).includes('..');
}

export async function hashOf(path: string): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { bytes, sha256: hash.digest('hex') };
}
