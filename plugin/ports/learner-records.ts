/** Who takes part in a learning context (a course, a custom course, a learning path) and how far each has come: what
 *  retrieval functions read. The in-memory twin below is the reference behaviour; not for production. */

import { createHash } from 'node:crypto';
import { contextKind } from '../credentials/context-key.ts';
import { ConflictError } from '../errors.ts';

export interface Learner {
  readonly lmsUserId: number | null;
  readonly username: string;
  readonly name: string;
  readonly email: string;
  /** Of the account: may sign in and get mail. */
  readonly isActive: boolean;
}

/** What a course has of one learner. */
export interface CourseFigures {
  /** Completed share of the course, 0 to 1; null: not known. */
  readonly completion: number | null;
  /** Earned share per assignment category in lower case, and `total`; more than 1 where extra points are given. */
  readonly grades: Readonly<Record<string, number>>;
  /** Why they could not be read, without saying of whom; null: they could. */
  readonly problem: string | null;
}

export interface EnrolledLearner {
  readonly learner: Learner;
  /** By course key: the course itself, or those steps of the path that the learner is actively enrolled in. */
  readonly courses: ReadonlyMap<string, CourseFigures>;
  /** Why nobody could tell who the learner is, without saying of whom; null: `learner` is whole. */
  readonly problem: string | null;
}

/** What is asked of each learner. What is not asked for may be missing, and what costs a call is not fetched. */
export interface FiguresWanted {
  readonly completion: boolean;
  readonly grades: boolean;
  /** This one only; null: everybody. */
  readonly username: string | null;
  /** Aborted: whoever asked is not interested any more, and `enrolled` fails soon. */
  readonly signal?: AbortSignal;
  /** What `reached` was told: only learners behind it. */
  readonly from?: string;
  /** Told where one may go on later: behind the learner handed out last. A source whose order is not the same each time
   *  never tells. The text names no learner. */
  readonly reached?: (position: string) => void;
}

/** To be handed on from whoever wants the learners to whoever has them. */
export type Resumption = Pick<FiguresWanted, 'from' | 'reached'>;

export function resumptionOf({ from, reached }: Resumption): Resumption {
  return { ...(from === undefined ? {} : { from }), ...(reached ? { reached } : {}) };
}

/** The place is not to be found again, e.g. since its learner left: whoever wanted to go on begins with the first. */
export function lostPosition(): ConflictError {
  return new ConflictError('position', 'the list of learners cannot be gone on with from there; begin with the first');
}

export interface LearnerRecords {
  /** Display name; null: unknown context. @throws ProviderError, StoreError */
  contextName(contextKey: string): Promise<string | null>;
  /** The courses that count: of a learning path its steps in order, of a course itself.
   *  @throws NotFoundError `not-found.learning-path`, ProviderError, StoreError */
  courses(contextKey: string): Promise<readonly string[]>;
  /** The actively enrolled learners, one at a time: a course may have 50,000. One learner's bad data is that learner's
   *  `problem`. @throws ProviderError, StoreError, NotFoundError when nobody's can be read; ConflictError
   *  `conflict.position` when `from` leads nowhere any more */
  enrolled(contextKey: string, wanted: FiguresWanted): AsyncIterable<EnrolledLearner>;
}

/** One learner in one context, as records that are written down have it. */
export interface LearnerRecord extends Learner, Omit<CourseFigures, 'problem'> {}

export function toEnrolled(
  { completion, grades, ...learner }: LearnerRecord,
  courses: ReadonlyMap<string, LearnerRecord>,
): EnrolledLearner {
  const figures = [...courses].map(
    ([key, record]) => [key, { completion: record.completion, grades: record.grades, problem: null }] as const,
  );
  return { learner, courses: new Map(figures), problem: null };
}

interface Context {
  readonly name: string;
  readonly steps: readonly string[];
  readonly learners: Map<string, LearnerRecord>;
}

export class MemoryLearnerRecords implements LearnerRecords {
  readonly #contexts = new Map<string, Context>();

  /** @param learners replace those of the same username
   *  @param steps of a learning path */
  add(contextKey: string, name: string, learners: readonly LearnerRecord[], steps: readonly string[] = []): this {
    const known = this.#contexts.get(contextKey)?.learners ?? new Map<string, LearnerRecord>();
    for (const learner of learners) known.set(learner.username, learner);
    this.#contexts.set(contextKey, { name, steps, learners: known });
    return this;
  }
  async contextName(contextKey: string): Promise<string | null> {
    return this.#contexts.get(contextKey)?.name ?? null;
  }
  async courses(contextKey: string): Promise<readonly string[]> {
    if (contextKind(contextKey) !== 'path') return [contextKey];
    return this.#contexts.get(contextKey)?.steps ?? [];
  }
  async *enrolled(contextKey: string, wanted: FiguresWanted): AsyncIterable<EnrolledLearner> {
    const { username: only, from, reached } = wanted;
    const { learners } = this.#contexts.get(contextKey) ?? { learners: new Map<string, LearnerRecord>() };
    const courses = await this.courses(contextKey);
    const ordered = [...learners].sort(([a], [b]) => (a < b ? -1 : 1));
    const last = from === undefined ? -1 : ordered.findIndex(([username]) => positionOf(username) === from);
    if (from !== undefined && last === -1) throw lostPosition();
    for (const [username, record] of ordered.slice(last + 1)) {
      if (only !== null && username !== only) continue;
      const found = courses.flatMap((key) => {
        const inCourse = this.#contexts.get(key)?.learners.get(username);
        return inCourse ? [[key, inCourse] as const] : [];
      });
      yield toEnrolled(record, new Map(found));
      reached?.(positionOf(username));
    }
  }
}

function positionOf(username: string): string {
  return createHash('sha256').update(username).digest('hex').slice(0, 32);
}
