/** FileStore in MongoDB's GridFS. A key may have several versions for a moment; the newest complete one counts. */

import { pipeline } from 'node:stream/promises';
import mongoose, { type Connection, type mongo } from 'mongoose';
import { invariant } from '../../plugin/errors.ts';
import { assertFileKey, type FileStore, type StoredFile, type SweepLimits } from '../../plugin/ports/asset-files.ts';
import { withDatabase } from '../mongo/errors.ts';

const BUCKET = 'files';
/** A reader may find its version deleted when the file was replaced while it read. */
const READ_ATTEMPTS = 5;
/** How old a piece without a file is before nobody can still be writing it. */
const ABANDONED_AFTER_MS = 3_600_000;
/** 20 MiB over a slow network. */
const TRANSFER_LIMIT_MS = 120_000;

export class GridFsFileStore implements FileStore {
  readonly #bucket: mongo.GridFSBucket;
  readonly #db: mongo.Db;

  /** @param connection open */
  constructor(connection: Connection) {
    invariant(connection.db, 'the file store was made before the database was connected');
    this.#db = connection.db as unknown as mongo.Db;
    this.#bucket = new mongoose.mongo.GridFSBucket(connection.db, { bucketName: BUCKET });
  }

  async put(key: string, file: StoredFile): Promise<void> {
    assertFileKey(key);
    await withDatabase(async () => {
      const former = await this.#versions(key);
      const metadata = { contentType: file.contentType, fileName: file.fileName };
      const upload = this.#bucket.openUploadStream(key, { metadata });
      // the document that makes the version visible is written after its last chunk
      await pipeline([Buffer.from(file.bytes)], upload);
      for (const { _id } of former) await this.#remove(_id);
    }, TRANSFER_LIMIT_MS);
  }

  async get(key: string): Promise<StoredFile | null> {
    for (let attempt = 1; ; attempt++) {
      const [newest] = await withDatabase(() => this.#versions(key));
      if (!newest) return null;
      try {
        const bytes = await this.#read(newest._id);
        const { contentType, fileName } = newest.metadata as Pick<StoredFile, 'contentType' | 'fileName'>;
        return { bytes, contentType, fileName };
      } catch (error) {
        if (attempt === READ_ATTEMPTS) throw error;
      }
    }
  }

  async delete(key: string): Promise<void> {
    await withDatabase(async () => {
      for (const { _id } of await this.#versions(key)) await this.#remove(_id);
    });
  }

  async deleteUnder(segments: string): Promise<void> {
    assertFileKey(segments);
    const filename = { $regex: `^${segments.replaceAll('.', '\\.')}(/|$)` };
    await withDatabase(async () => {
      for (const { _id } of await this.#bucket.find({ filename }).toArray()) await this.#remove(_id);
    });
  }

  /** Removes the pieces of files whose writing was broken off: nothing names them, but they hold what was written.
   *  @returns of how many files */
  async removeAbandoned(now: Date): Promise<number> {
    const chunks = this.#db.collection<{ files_id: mongo.ObjectId }>(`${BUCKET}.chunks`);
    const files = this.#db.collection(`${BUCKET}.files`);
    const startedBefore = now.getTime() - ABANDONED_AFTER_MS;
    return withDatabase(async () => {
      let removed = 0;
      for await (const { files_id: id } of chunks.find({ n: 0 }, { projection: { files_id: 1 } })) {
        // An id says when the writing began; the file itself is written last.
        if (id.getTimestamp().getTime() > startedBefore || (await files.findOne({ _id: id })) !== null) continue;
        await chunks.deleteMany({ files_id: id });
        removed += 1;
      }
      return removed;
    }, TRANSFER_LIMIT_MS);
  }

  async sweep(segments: string, { putBefore, keep }: SweepLimits): Promise<number> {
    assertFileKey(segments);
    const below = { $regex: `^${segments.replaceAll('.', '\\.')}/` };
    return withDatabase(async () => {
      const old = await this.#bucket.find({ filename: below, uploadDate: { $lt: putBefore } }).toArray();
      const swept = old.filter(({ filename }) => !keep.has(filename));
      // each version by its own id: one that was put since has another
      for (const { _id } of swept) await this.#remove(_id);
      return swept.length;
    });
  }

  /** Newest first. */
  #versions(key: string): Promise<mongo.GridFSFile[]> {
    return this.#bucket.find({ filename: key }).sort({ uploadDate: -1, _id: -1 }).toArray();
  }

  #read(id: mongo.ObjectId): Promise<Buffer> {
    return withDatabase(async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of this.#bucket.openDownloadStream(id)) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks);
    }, TRANSFER_LIMIT_MS);
  }

  async #remove(id: mongo.ObjectId): Promise<void> {
    await this.#bucket.delete(id).catch(ignoreMissing);
  }
}

/** Somebody else deleted the same version first. */
function ignoreMissing(error: unknown): void {
  if (error instanceof Error && /FileNotFound|not found/i.test(error.message)) return;
  throw error;
}
