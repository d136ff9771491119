/** Pictures of templates as we serve them ourselves: fetched when somebody first looks, verified, and kept for some weeks. */

import { createHash } from 'node:crypto';
import type { FileStore } from '../plugin/ports/asset-files.ts';
import type { Clock, Logger } from '../plugin/ports/runtime.ts';
import { type PictureFetch, pictureKind } from '../providers/index.ts';

export interface TemplateImage {
  readonly bytes: Uint8Array;
  readonly contentType: string;
}

export interface TemplateImages {
  /** @param address as the provider gives it @returns null: it cannot be had, or is none that is safe to show */
  find(address: string): Promise<TemplateImage | null>;
}

export interface TemplateImagesParts {
  readonly files: Pick<FileStore, 'get' | 'put' | 'sweep'>;
  readonly fetchPicture: PictureFetch;
  readonly clock: Clock;
  readonly logger: Logger;
}

const FOLDER = 'template-images';
const DAY_MS = 86_400_000;
/** A picture may change under its address. */
const KEPT_DAYS = 30;
/** What could not be had is not asked for again for so long. */
const MISSED_MS = 3_600_000;
const MOST_MISSED = 5_000;
const FETCHED_AT_ONCE = 4;

export function createTemplateImages({ files, fetchPicture, clock, logger }: TemplateImagesParts): TemplateImages {
  const missedUntil = new Map<string, number>();
  const running = new Map<string, Promise<TemplateImage | null>>();
  let free = FETCHED_AT_ONCE;
  const waiting: (() => void)[] = [];
  let sweptAt = 0;

  async function fetched(key: string, address: string): Promise<TemplateImage | null> {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      const bytes = await fetchPicture(address);
      const kind = bytes && pictureKind(bytes);
      if (!bytes || !kind) {
        miss(key);
        return null;
      }
      const { contentType } = kind;
      await files.put(key, { bytes, contentType, fileName: 'picture' });
      return { bytes, contentType };
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  }

  function miss(key: string): void {
    const [oldest] = missedUntil.keys();
    if (missedUntil.size >= MOST_MISSED && oldest !== undefined) missedUntil.delete(oldest);
    missedUntil.set(key, clock.now().getTime() + MISSED_MS);
  }

  /** A picture that is kept too long is then fetched anew, by whoever looks first. */
  async function sweep(): Promise<void> {
    const now = clock.now().getTime();
    if (now - sweptAt < DAY_MS) return;
    sweptAt = now;
    await files.sweep(FOLDER, { putBefore: new Date(now - KEPT_DAYS * DAY_MS), keep: new Set() });
  }

  return {
    async find(address) {
      const key = `${FOLDER}/${createHash('sha256').update(address).digest('hex')}`;
      try {
        await sweep();
        const kept = await files.get(key);
        if (kept !== null) return { bytes: kept.bytes, contentType: kept.contentType };
        if ((missedUntil.get(key) ?? 0) > clock.now().getTime()) return null;
        const begun = running.get(key);
        if (begun !== undefined) return await begun;
        const work = fetched(key, address).finally(() => running.delete(key));
        running.set(key, work);
        return await work;
      } catch (error) {
        // A list is not worth less without its pictures.
        logger.warn('the picture of a template could not be had or kept', { error: String((error as Error).name) });
        return null;
      }
    },
  };
}
