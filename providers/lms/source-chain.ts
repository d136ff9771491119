/** The figures of one course, from the first source that the LMS offers; a learner whom that one left out, or failed on, is
 *  looked for in the next. */

import { InputError, ProviderError } from '../../plugin/errors.ts';
import type { Learner } from '../../plugin/ports/learner-records.ts';
import type { FigureSource, FigureTable, Keep } from './figure-source.ts';
import { concernsAll, LmsError } from './lms-error.ts';

/** An LMS that fails on so many learners in a row fails altogether. */
const MOST_FAILURES = 10;

export interface SourceChain<Figure> {
  /** @returns null: no source has figures of this learner
   *  @throws InputError when this learner's are unusable
   *  @throws LmsError when nobody's can be had */
  read(learner: Learner, signal: AbortSignal | undefined): Promise<Figure | null>;
}

export interface ChainOf {
  readonly key: string;
  /** For messages: `completions`. */
  readonly figures: string;
  /** Who is wanted of the whole course; null: learners are few and are asked for one by one. */
  readonly keep: Keep | null;
}

/** @throws ProviderError when the LMS offers none of the sources, with the reason of each */
export async function openChain<Figure>(
  sources: readonly FigureSource<Figure>[],
  course: ChainOf,
  signal: AbortSignal | undefined,
): Promise<SourceChain<Figure>> {
  const reasons: string[] = [];
  const waiting = [...sources];
  const open: { readonly source: FigureSource<Figure>; readonly table: FigureTable<Figure> | null }[] = [];
  let opening: Promise<boolean> = Promise.resolve(true);
  let failures = 0;

  async function openOneMore(): Promise<boolean> {
    for (let source = waiting.shift(); source; source = waiting.shift()) {
      const reason = await source.probe(course.key, signal);
      if (reason !== null) {
        reasons.push(`${source.name}: ${reason}`);
        continue;
      }
      // those whom the first source leaves out are few
      const keep = open.length === 0 ? course.keep : null;
      const table = keep === null ? null : ((await source.everybody?.(course.key, keep, signal)) ?? null);
      open.push({ source, table });
      return true;
    }
    return false;
  }

  /** One after the other, whoever asks. @returns whether there are so many */
  function isOpen(index: number): Promise<boolean> {
    opening = opening
      .catch(() => true)
      .then(async () => {
        while (open.length <= index) if (!(await openOneMore())) return false;
        return true;
      });
    return opening;
  }

  if (!(await isOpen(0))) {
    throw new ProviderError(
      'refused',
      `the LMS offers no source of ${course.figures} for ${course.key} (${reasons.join('; ')}); "laurel lms check" tells more`,
    );
  }

  return {
    async read(learner, signal) {
      let failed: LmsError | null = null;
      for (let index = 0; await isOpen(index); index++) {
        try {
          const { source, table } = open[index] as (typeof open)[number];
          const found = table?.of(learner.username) ?? (await source.one(course.key, learner, signal));
          if (found === null) continue;
          failures = 0;
          return found;
        } catch (error) {
          if (error instanceof InputError) throw error;
          if (!(error instanceof LmsError) || concernsAll(error)) throw error;
          failed = error;
        }
      }
      if (failed === null || failed.status === 404) return null;
      failures += 1;
      if (failures >= MOST_FAILURES) throw failed;
      throw new InputError('learner-record', `the figures of a learner cannot be read: ${failed.message}`);
    },
  };
}
