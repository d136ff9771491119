/** The gradebook: everybody's points at once. It says 0 possible points for what a learner did not attempt, which taken as it
 *  is would inflate every category; the real number is the largest that any learner has there, and of what nobody attempted
 *  the LMS is asked for one learner. It leaves out learners whose grades it fails to read, says nothing of custom courses,
 *  and must be switched on. */

import { InputError } from '../../plugin/errors.ts';
import { isRecord } from '../../plugin/extensions/options.ts';
import type { LmsClient } from './client.ts';
import { badFigures, type FigureSource, type FigureTable } from './figure-source.ts';
import { readSubsection, readWeights } from './grade-reads.ts';
import { type Grades, Points, type Weights } from './grading.ts';
import { keptFor } from './kept.ts';
import { isCcx, segment } from './keys.ts';
import { isStatus } from './lms-error.ts';
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
    title: 'Gradebook',
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

    async everybody(courseKey, signal) {
      const table = new GradebookTable(await weightsOf(courseKey, signal));
      const query = new URLSearchParams({ page_size: PAGE_SIZE });
      for await (const page of pagesOf(client, { what: WHAT, path: path(courseKey), query, signal })) {
        for (const row of page) table.add(row);
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

/** Compact, since a course may have 50,000 learners: sums by category, and numbers of what was not attempted. */
interface Row {
  /** Earned and possible by category, in turn. */
  readonly sums: readonly number[];
  readonly unattempted: readonly number[];
}

class GradebookTable implements FigureTable<Grades> {
  readonly #weights: Weights;
  readonly #rows = new Map<string, Row | null>();
  readonly #categories: string[] = [];
  readonly #modules = new Map<string, { readonly number: number; readonly category: number; possible: number }>();
  readonly #byNumber: { readonly category: number; readonly possible: number }[] = [];
  #someone: number | null = null;

  constructor(weights: Weights) {
    this.#weights = weights;
  }

  add(row: unknown): void {
    if (!isRecord(row) || typeof row.username !== 'string') return;
    if (typeof row.user_id === 'number') this.#someone ??= row.user_id;
    this.#rows.set(row.username, Array.isArray(row.section_breakdown) ? this.#read(row.section_breakdown) : null);
  }

  /** @returns null: some figure is none, and the learner's grades cannot be trusted */
  #read(breakdown: readonly unknown[]): Row | null {
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
        while (sums.length < 2 * module.category + 2) sums.push(0);
        sums[2 * module.category] = (sums[2 * module.category] ?? 0) + earned;
        sums[2 * module.category + 1] = (sums[2 * module.category + 1] ?? 0) + possible;
      }
    }
    return { sums, unattempted };
  }

  #module(id: string, category: string) {
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
    const row = this.#rows.get(username);
    if (row === undefined) return null;
    if (row === null) throw badFigures(SOURCE);
    const points = new Points(SOURCE);
    this.#categories.forEach((category, index) => {
      points.add(category, row.sums[2 * index] ?? 0, row.sums[2 * index + 1] ?? 0);
    });
    for (const number of row.unattempted) {
      const module = this.#byNumber[number];
      if (module) points.add(this.#categories[module.category] ?? '', 0, module.possible);
    }
    return points.grades(this.#weights);
  }
}

function isPoints(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
