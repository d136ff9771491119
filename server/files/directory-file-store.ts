/** FileStore in a directory. A key is a folder with the bytes under a name of their own and `meta.json`, which names
 *  them: replacing `meta.json` by rename switches from the former file to the new one in one step. */

import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, extname, join, relative, sep } from 'node:path';
import { StoreError } from '../../plugin/errors.ts';
import { assertFileKey, type FileStore, type StoredFile, type SweepLimits } from '../../plugin/ports/asset-files.ts';

interface Meta {
  readonly data: string;
  readonly contentType: string;
  readonly fileName: string;
}

const META = 'meta.json';
/** `meta.json` of a file that is being swept. */
const SWEPT = '.swept';
/** A reader may find the bytes gone when the file was replaced between its two reads. */
const READ_ATTEMPTS = 5;

/** @param root is made when it does not exist; readable by the owner only */
export class DirectoryFileStore implements FileStore {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  put(key: string, file: StoredFile): Promise<void> {
    return this.#withDisk(() => this.#put(this.#folder(key), file));
  }

  get(key: string): Promise<StoredFile | null> {
    return this.#withDisk(() => this.#get(this.#folder(key)));
  }

  delete(key: string): Promise<void> {
    return this.#withDisk(async () => {
      const folder = this.#folder(key);
      await rm(join(folder, META), { force: true });
      await this.#removeOthers(folder, null);
    });
  }

  deleteUnder(segments: string): Promise<void> {
    return this.#withDisk(() => rm(this.#folder(segments), { recursive: true, force: true }));
  }

  sweep(segments: string, { putBefore, keep }: SweepLimits): Promise<number> {
    return this.#withDisk(async () => {
      const below = this.#folder(segments);
      const entries = await readdir(below, { recursive: true, withFileTypes: true }).catch(() => []);
      let swept = 0;
      for (const { name, parentPath } of entries) {
        // of a process that died while it swept
        if (name.endsWith(SWEPT)) await removeSwept(join(parentPath, name), putBefore);
        if (name !== META || keep.has(this.#keyOf(parentPath))) continue;
        if (await this.#deleteOlder(parentPath, putBefore)) swept += 1;
      }
      return swept;
    });
  }

  #keyOf(folder: string): string {
    return relative(this.#root, folder).split(sep).join('/');
  }

  /** Whoever puts a file in that moment names it by a new `meta.json`, which is left alone. */
  async #deleteOlder(folder: string, putBefore: Date): Promise<boolean> {
    if (!(await isOlder(join(folder, META), putBefore))) return false;
    const taken = join(folder, `${randomUUID()}${SWEPT}`);
    await rename(join(folder, META), taken);
    if (await removeSwept(taken, putBefore)) return true;
    // it was replaced between the two looks; a newer one still goes before it
    await link(taken, join(folder, META)).catch(() => {});
    await rm(taken, { force: true });
    return false;
  }

  /** Where the bytes of a key lie on the disk; null: nowhere. */
  async pathOf(key: string): Promise<string | null> {
    const meta = await readOrNull(join(this.#folder(key), META));
    return meta && join(this.#folder(key), (JSON.parse(meta.toString('utf8')) as Meta).data);
  }

  async #put(folder: string, file: StoredFile): Promise<void> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const data = `${randomUUID()}${safeExtension(file.fileName)}`;
    await writeDurably(join(folder, data), file.bytes);
    const meta: Meta = { data, contentType: file.contentType, fileName: file.fileName };
    const draft = join(folder, `${data}.meta`);
    await writeDurably(draft, Buffer.from(JSON.stringify(meta)));
    await rename(draft, join(folder, META));
    await syncFolder(folder);
    await this.#removeOthers(folder, data);
  }

  async #get(folder: string): Promise<StoredFile | null> {
    for (let attempt = 1; ; attempt++) {
      const meta = await readOrNull(join(folder, META));
      if (meta === null) return null;
      const { data, contentType, fileName } = JSON.parse(meta.toString('utf8')) as Meta;
      const bytes = await readOrNull(join(folder, data));
      if (bytes !== null) return { bytes, contentType, fileName };
      if (attempt === READ_ATTEMPTS) return null;
    }
  }

  /** @throws StoreError `store.files` for what the operating system refuses */
  async #withDisk<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).syscall && (error as NodeJS.ErrnoException).code;
      if (!code) throw error;
      const message = `the folder for files cannot be used (${code}); see that LAUREL_FILES_DIR names a folder that this user may write to, on a disk that is not full`;
      throw new StoreError('files', message, { cause: error, details: { error: code } });
    }
  }

  #folder(key: string): string {
    assertFileKey(key);
    return join(this.#root, ...key.split('/'));
  }

  /** Bytes that `meta.json` no longer names. Two writers at once keep each other's drafts: only data files are removed,
   *  and a data file that is named again by then belongs to the writer who came last. */
  async #removeOthers(folder: string, kept: string | null): Promise<void> {
    const current = await readOrNull(join(folder, META));
    const named = current === null ? null : (JSON.parse(current.toString('utf8')) as Meta).data;
    if (named !== kept) return;
    const names = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const { name } of names.filter((entry) => entry.isFile() && entry.name !== META && entry.name !== kept)) {
      await rm(join(folder, name), { force: true });
    }
  }
}

/** @returns false when it is no older than that, or gone */
async function removeSwept(taken: string, putBefore: Date): Promise<boolean> {
  if (!(await isOlder(taken, putBefore))) return false;
  const meta = await readOrNull(taken);
  if (meta === null) return false;
  await rm(join(dirname(taken), (JSON.parse(meta.toString('utf8')) as Meta).data), { force: true });
  await rm(taken, { force: true });
  return true;
}

async function isOlder(path: string, moment: Date): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && found.mtime < moment;
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The rename itself must survive a power cut; folders cannot be synced everywhere. */
async function syncFolder(folder: string): Promise<void> {
  for (const path of [folder, dirname(folder)]) {
    const handle = await open(path, 'r').catch(() => null);
    await handle?.sync().catch(() => {});
    await handle?.close();
  }
}

async function readOrNull(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null;
    throw error;
  }
}

function safeExtension(fileName: string): string {
  const extension = extname(fileName);
  return /^\.[A-Za-z0-9]{1,8}$/.test(extension) ? extension.toLowerCase() : '';
}
