/** Whether a backup is whole: every file as it was written, every number right, nothing that points nowhere. */

import { join, posix, sep } from 'node:path';
import { assetKey } from '../../plugin/credentials/assets.ts';
import type { Asset } from '../../plugin/ports/credential-store.ts';
import { type Following, follow } from './following.ts';
import { type Document, documentsIn, FILES, hashOf, type Manifest, readManifest } from './format.ts';

export interface BackupReport {
  readonly manifest: Manifest;
  /** What makes the backup useless, one sentence each. */
  readonly problems: readonly string[];
  /** Keys of documents that credentials or assets name and the backup has not. */
  readonly missing: readonly string[];
  /** Keys of files that nothing names. */
  readonly orphans: readonly string[];
}

/** @throws InputError `input.backup` for what is no backup; what `following` is aborted with */
export async function verifyBackup(folder: string, following?: Following): Promise<BackupReport> {
  const manifest = await readManifest(folder);
  const problems: string[] = [];
  for (const [done, file] of [...manifest.collections, ...manifest.files].entries()) {
    follow(following, { doing: 'checking', part: FILES, done });
    const found = await hashOf(join(folder, file.path)).catch(() => null);
    if (found === null) problems.push(`${file.path} is missing`);
    else if (found.sha256 !== file.sha256) problems.push(`${file.path} is not as it was written`);
  }
  if (problems.length > 0) return { manifest, problems, missing: [], orphans: [] };
  for (const { name, path, documents } of manifest.collections) {
    let found = 0;
    for await (const _ of documentsIn(join(folder, path))) {
      found += 1;
      follow(following, { doing: 'reading', part: name, done: found });
    }
    if (found !== documents) problems.push(`${name} has ${found} documents instead of ${documents}`);
  }
  const stored = await storedKeys(folder, manifest);
  const { named, needed } = await namedKeys(folder, manifest);
  return {
    manifest,
    problems,
    missing: [...needed].filter((key) => !stored.has(key)).sort(),
    orphans: [...stored].filter((key) => !named.has(key) && isOurs(key)).sort(),
  };
}

/** Images of Open Badges are named by their templates, as addresses. */
function isOurs(key: string): boolean {
  return /^(credential|archive|asset)\//.test(key);
}

async function storedKeys(folder: string, manifest: Manifest): Promise<ReadonlySet<string>> {
  const keys = manifest.files
    .map(({ path }) => path.split(sep).join('/'))
    .filter((path) => path.endsWith('/meta.json'))
    .map((path) => posix.relative(FILES, posix.dirname(path)));
  const chunks = new Set<string>();
  for await (const { files_id } of documentsOf('files.chunks', folder, manifest)) chunks.add(String(files_id));
  for await (const { _id, filename, length } of documentsOf('files.files', folder, manifest))
    if (chunks.has(String(_id)) || length === 0) keys.push(String(filename));
  return new Set(keys);
}

/** @returns also those that need not be there: of a document that could not be made */
async function namedKeys(
  folder: string,
  manifest: Manifest,
): Promise<{ readonly named: ReadonlySet<string>; readonly needed: ReadonlySet<string> }> {
  const named = new Set<string>();
  const needed = new Set<string>();
  for await (const { fileKey, status } of documentsOf('credentials', folder, manifest)) {
    if (typeof fileKey !== 'string') continue;
    named.add(fileKey);
    if (status === 'available') needed.add(fileKey);
  }
  for await (const { _id, sha256 } of documentsOf('assets', folder, manifest))
    needed.add(assetKey({ slug: _id, sha256 } as Pick<Asset, 'slug' | 'sha256'>));
  return { named: new Set([...named, ...needed]), needed };
}

async function* documentsOf(name: string, folder: string, manifest: Manifest): AsyncGenerator<Document> {
  const collection = manifest.collections.find((one) => one.name === name);
  if (collection) yield* documentsIn(join(folder, collection.path));
}
