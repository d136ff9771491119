/** The gradebook: everybody's points at once. It says 0 possible points for what a learner did not attempt, which taken as it
 *  is would inflate every category; the real number is the largest that any learner has there, and of what nobody attempted
 *  the LMS is asked for one learner. It leaves out learners whose grades it fails to read, says nothing of custom courses,
 *  and must be switched on. */

import { InputError } from '../../plugin/errors.ts';
import { isRecord } from '../../plugin/extensions/options.ts';
import { msg } from '../../plugin/words.ts';
import type { LmsClient } from './client.ts';
import { badFigures, type FigureSource, type FigureTable } from './figure-source.ts';
import { readSubsection, readWeights } from './grade-reads.ts';
import { type Grades, Points, type Weights } from './grading.ts';
import { keptFor } from './kept.ts';
import { isCcx, segment } from './keys.ts';
import { isStatus } from './lms-error.ts';
import { NumberPool } from './number-pool.ts';
import { pagesOf } from './pages.ts';

type Signal = AbortSignal | undefined;

const SOURCE = 'the gradebook';
const WHAT = 'the gradebook of a course';
const PAGE_SIZE = '100';

export function gradebookSource(client: LmsClient): FigureSource<Grades> {
  const path = (courseKey: string) => `/api/grades/v1/gradebook/${segment(courseKey)}/`;
  const weightsOf = keptFor((courseKey: string, signal) => readWeights(client, courseKey, signal));

  return {
    name: 'gradebook',
    title: msg('Gradebook'),
    async probe(courseKey, signal) {
      if (isCcx(courseKey)) return 'the gradebook says nothing of custom courses (CCX)';
      try {
        await client.get({ what: WHAT, path: path(courseKey), query: new URLSearchParams({ page_size: '1' }), signal });
        return null;
      } catch (error) {
        if (isStatus(error, 404)) return 'the LMS does not know this course';
        if (!isStatus(error, 403)) throw error;
        return error.details.code === 'user_permissions'
          ? 'the user of our application is not staff'
          : 'the waffle flag grades.writable_gradebook is off for this course';
      }
    },

    async everybody(courseKey, keep, signal) {
      const table = new GradebookTable(await weightsOf(courseKey, signal));
      const query = new URLSearchParams({ page_size: PAGE_SIZE });
      for await (const page of pagesOf(client, { what: WHAT, path: path(courseKey), query, signal })) {
        for (const row of page) table.add(row, keep);
      }
      await fillUnattempted(client, table, signal);
      return table;
    },

    async one(courseKey, { username }, signal) {
      const query = new URLSearchParams({ username });
      // one bare object, not a page
      const row = await client.get({ what: 'the grades of a learner', path: path(courseKey), query, signal });
      const table = new GradebookTable(await weightsOf(courseKey, signal));
      table.add(row);
      await fillUnattempted(client, table, signal);
      return table.of(username);
    },
  };
}

/** Where the LMS cannot tell, the subsection does not count. */
async function fillUnattempted(client: LmsClient, table: GradebookTable, signal: Signal): Promise<void> {
  for (const { id, learner } of table.unattempted()) {
    try {
      const points = await readSubsection(client, id, learner, signal);
      if (points !== null) table.setPossible(id, points.possible);
    } catch (error) {
      if (!(error instanceof InputError) && !isStatus(error, 403, 404, 500)) throw error;
    }
  }
}

interface Module {
  readonly number: number;
  readonly category: number;
  /** The most that any learner can have earned there; 0: nobody has attempted it. */
  possible: number;
}

/** Compact, since a course may have 50,000 learners. Each has a stretch of one long list of numbers: how many categories,
 *  earned and possible of each in turn, how many modules not attempted, and their numbers. */
class GradebookTable implements FigureTable<Grades> {
  readonly #weights: Weights;
  /** By username, where the stretch begins; BAD: the figures are none. */
  readonly #rows = new Map<string, number>();
  readonly #numbers = new NumberPool();
  readonly #categories: string[] = [];
  readonly #modules = new Map<string, Module>();
  readonly #byNumber: Module[] = [];
  #someone: number | null = null;

  constructor(weights: Weights) {
    this.#weights = weights;
  }

  /** @param keep who is wanted; of the others only what a subsection is worth */
  add(row: unknown, keep: (username: string) => boolean = () => true): void {
    if (!isRecord(row) || typeof row.username !== 'string') return;
    if (typeof row.user_id === 'number') this.#someone ??= row.user_id;
    const read = Array.isArray(row.section_breakdown) ? this.#read(row.section_breakdown) : null;
    if (!keep(row.username)) return;
    this.#rows.set(row.username, read === null ? BAD : this.#store(read));
  }

  /** @returns null: some figure is none, and the learner's grades cannot be trusted */
  #read(
    breakdown: readonly unknown[],
  ): { readonly sums: readonly number[]; readonly unattempted: readonly number[] } | null {
    const sums: number[] = [];
    const unattempted: number[] = [];
    for (const section of breakdown) {
      if (!isRecord(section)) return null;
      const { category, module_id: id, score_earned: earned, score_possible: possible } = section;
      if (typeof category !== 'string' || typeof id !== 'string' || !isPoints(earned) || !isPoints(possible))
        return null;
      const module = this.#module(id, category);
      module.possible = Math.max(module.possible, possible);
      if (possible === 0) {
        unattempted.push(module.number);
      } else {
        const at = 2 * module.category;
        while (sums.length < at + 2) sums.push(0);
        sums[at] = (sums[at] ?? 0) + earned;
        sums[at + 1] = (sums[at + 1] ?? 0) + possible;
      }
    }
    return { sums, unattempted };
  }

  #store({ sums, unattempted }: { readonly sums: readonly number[]; readonly unattempted: readonly number[] }): number {
    const begin = this.#numbers.length;
    for (const value of [sums.length / 2, ...sums, unattempted.length, ...unattempted]) this.#numbers.push(value);
    return begin;
  }

  #module(id: string, category: string): Module {
    const known = this.#modules.get(id);
    if (known) return known;
    if (!this.#categories.includes(category)) this.#categories.push(category);
    const module = { number: this.#modules.size, category: this.#categories.indexOf(category), possible: 0 };
    this.#modules.set(id, module);
    this.#byNumber.push(module);
    return module;
  }

  /** Subsections that nobody has attempted, and a learner to ask about. */
  unattempted(): readonly { readonly id: string; readonly learner: number }[] {
    const learner = this.#someone;
    if (learner === null) return [];
    return [...this.#modules].flatMap(([id, { possible }]) => (possible === 0 ? [{ id, learner }] : []));
  }

  setPossible(id: string, possible: number): void {
    const module = this.#modules.get(id);
    if (module && isPoints(possible)) module.possible = possible;
  }

  of(username: string): Grades | null {
    const begin = this.#rows.get(username);
    if (begin === undefined) return null;
    if (begin === BAD) throw badFigures(SOURCE);
    const points = new Points(SOURCE);
    let at = begin;
    const next = () => this.#numbers.at(at++);
    for (let category = 0, count = next(); category < count; category++) {
      points.add(this.#categories[category] ?? '', next(), next());
    }
    for (let count = next(); count > 0; count--) {
      const module = this.#byNumber[next()];
      if (module) points.add(this.#categories[module.category] ?? '', 0, module.possible);
    }
    return points.grades(this.#weights);
  }
}

const BAD = -1;

function isPoints(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
