/** Differences that a job has found, as files: there may be thousands, and none is in memory longer than its page. */

import { NotFoundError } from '../../errors.ts';
import type { FileStore } from '../../ports/asset-files.ts';
import { JOB_RETENTION_DAYS } from '../../ports/job-store.ts';
import { msg } from '../../words.ts';
import type { Difference, DifferenceKind } from './difference.ts';

const FOLDER = 'template-syncs';
/** So many stand on a page, and are applied between two looks at whether somebody cancels. */
export const DIFFERENCES_A_PAGE = 50;

/** Which page of which list. */
export interface NotesPage {
  readonly job: string;
  /** The place of the account among those of the job. */
  readonly account: number;
  readonly kind: DifferenceKind;
  /** From 0. */
  readonly page: number;
}

export class DifferenceNotes {
  readonly #files: Pick<FileStore, 'put' | 'get' | 'sweep'>;

  constructor(files: Pick<FileStore, 'put' | 'get' | 'sweep'>) {
    this.#files = files;
  }

  /** What was noted there before is replaced. */
  async write(place: NotesPage, differences: readonly Difference[]): Promise<void> {
    const bytes = Buffer.from(JSON.stringify(differences));
    await this.#files.put(keyOf(place), { bytes, contentType: 'application/json', fileName: 'differences.json' });
  }

  /** @throws NotFoundError `not-found.differences` when they are not kept any more */
  async read(place: NotesPage): Promise<readonly Difference[]> {
    const file = await this.#files.get(keyOf(place));
    if (file === null)
      throw new NotFoundError(
        'differences',
        msg('what this synchronisation found is not kept any more; preview it again'),
      );
    return JSON.parse(Buffer.from(file.bytes).toString('utf8'));
  }

  /** Those of jobs that are not kept any more. */
  async sweep(now: Date): Promise<void> {
    const putBefore = new Date(now.getTime() - JOB_RETENTION_DAYS * 86_400_000);
    await this.#files.sweep(FOLDER, { putBefore, keep: new Set() });
  }
}

export function pagesOf(count: number): number {
  return Math.ceil(count / DIFFERENCES_A_PAGE);
}

function keyOf({ job, account, kind, page }: NotesPage): string {
  return [FOLDER, job, account, kind, page].join('/');
}
