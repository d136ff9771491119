/** LearnerRecords asked of a real LMS over HTTP. Enrollments are read page by page and learners handed on as they come;
 *  what is held for a whole course is one figure, or a few sums, for each learner. */

import { contextKind } from '../../plugin/credentials/context-key.ts';
import { NotFoundError } from '../../plugin/errors.ts';
import type {
  CourseFigures,
  EnrolledLearner,
  FiguresWanted,
  Learner,
  LearnerRecords,
} from '../../plugin/ports/learner-records.ts';
import type { Contexts } from './contexts.ts';
import { type CourseReader, type FigureSources, openCourse } from './course-reader.ts';
import { mapInOrder } from './in-order.ts';
import type { People } from './people.ts';

export interface LmsRecordsParts {
  readonly people: People;
  readonly contexts: Contexts;
  readonly sources: FigureSources;
  /** Requests side by side where learners are asked for one by one. */
  readonly atATime?: number;
}

/** So many learners are asked for one by one rather than with their whole course: also fresher. */
const FEW = 50;
/** A course's enrollments come a hundred at a time, accounts by number one at a time. */
const PER_PAGE = 100;

const NO_ACCOUNT = 'the LMS shows no account of a learner who is enrolled; it may be retired';

export class LmsLearnerRecords implements LearnerRecords {
  readonly #people: People;
  readonly #contexts: Contexts;
  readonly #sources: FigureSources;
  readonly #atATime: number;

  constructor({ people, contexts, sources, atATime = 4 }: LmsRecordsParts) {
    this.#people = people;
    this.#contexts = contexts;
    this.#sources = sources;
    this.#atATime = atATime;
  }

  async contextName(contextKey: string): Promise<string | null> {
    if (contextKind(contextKey) !== 'path') return this.#contexts.courseName(contextKey, undefined);
    try {
      return (await this.#contexts.path(contextKey, undefined)).name;
    } catch (error) {
      if (error instanceof NotFoundError) return null;
      throw error;
    }
  }

  async courses(contextKey: string): Promise<readonly string[]> {
    if (contextKind(contextKey) !== 'path') return [contextKey];
    return (await this.#contexts.path(contextKey, undefined)).steps;
  }

  enrolled(contextKey: string, wanted: FiguresWanted): AsyncIterable<EnrolledLearner> {
    return contextKind(contextKey) === 'path' ? this.#inPath(contextKey, wanted) : this.#inCourse(contextKey, wanted);
  }

  async *#inCourse(courseKey: string, wanted: FiguresWanted): AsyncIterable<EnrolledLearner> {
    const { username, signal } = wanted;
    if (username !== null && !(await this.#people.isEnrolled(courseKey, username, signal))) return;
    const reader = await openCourse(this.#sources, courseKey, wanted, username === null ? () => true : null);
    const pages = username === null ? this.#people.enrolled(courseKey, signal, wanted) : [[username]];
    for await (const usernames of pages) {
      const accounts = await this.#people.accounts(usernames, signal);
      yield* await mapInOrder(usernames, this.#atATime, async (name) => {
        const account = accounts.get(name);
        const learner = account ?? unknown(name);
        const courses = new Map([[courseKey, await reader.read(learner)]]);
        return { learner, courses, problem: account ? null : NO_ACCOUNT };
      });
    }
  }

  async *#inPath(pathKey: string, wanted: FiguresWanted): AsyncIterable<EnrolledLearner> {
    const { username, signal } = wanted;
    const { steps } = await this.#contexts.path(pathKey, signal);
    const members = await this.#contexts.members(pathKey, username, signal);
    if (steps.length === 0 || members.size === 0) return;

    // whoever is in the path is found out first: of its courses no more is held than they need
    const few = members.size <= FEW;
    const enrolled = new Map<string, Set<string>>();
    for (const key of few ? [] : steps) enrolled.set(key, await this.#usernames(key, signal));
    const learners: Learner[] = [];
    for await (const page of this.#members(members, enrolled, signal)) learners.push(...page);
    const names = new Set(learners.map((learner) => learner.username));

    const open = new Map<string, OpenStep>();
    for (const key of steps) {
      const inCourse = enrolled.get(key) ?? null;
      for (const name of inCourse ?? []) if (!names.has(name)) inCourse?.delete(name);
      const reader = await openCourse(this.#sources, key, wanted, inCourse && ((name) => inCourse.has(name)));
      open.set(key, { reader, enrolled: inCourse });
    }
    for (let from = 0; from < learners.length; from += PER_PAGE) {
      yield* await mapInOrder(learners.slice(from, from + PER_PAGE), this.#atATime, async (learner) => ({
        learner,
        courses: await this.#figures(learner, open, signal),
        problem: learner.username === '' ? NO_ACCOUNT : null,
      }));
    }
  }

  async #usernames(courseKey: string, signal: AbortSignal | undefined): Promise<Set<string>> {
    const found = new Set<string>();
    for await (const page of this.#people.enrolled(courseKey, signal)) for (const name of page) found.add(name);
    return found;
  }

  /** Paths name their learners by number: those of the courses are looked through for them where that takes fewer calls than
   *  asking for each. */
  async *#members(
    members: ReadonlySet<number>,
    steps: ReadonlyMap<string, ReadonlySet<string>>,
    signal: AbortSignal | undefined,
  ): AsyncIterable<readonly Learner[]> {
    const left = new Set(members);
    const asked = new Set<string>();
    for (const enrolled of steps.values()) {
      const names = [...enrolled].filter((name) => !asked.has(name));
      if (names.length / PER_PAGE >= left.size) continue;
      for (let from = 0; from < names.length && left.size > 0; from += PER_PAGE) {
        const page = names.slice(from, from + PER_PAGE);
        const accounts = await this.#people.accounts(page, signal);
        yield [...accounts.values()].filter(({ lmsUserId }) => lmsUserId !== null && left.delete(lmsUserId));
        for (const name of page) asked.add(name);
      }
    }
    const ids = [...left];
    for (let from = 0; from < ids.length; from += PER_PAGE) {
      yield await mapInOrder(ids.slice(from, from + PER_PAGE), this.#atATime, async (id) => {
        return (await this.#people.accountById(id, signal)) ?? { ...unknown(''), lmsUserId: id };
      });
    }
  }

  async #figures(
    learner: Learner,
    steps: ReadonlyMap<string, OpenStep>,
    signal: AbortSignal | undefined,
  ): Promise<ReadonlyMap<string, CourseFigures>> {
    const found = new Map<string, CourseFigures>();
    if (learner.username === '') return found;
    for (const [key, { reader, enrolled }] of steps) {
      const isEnrolled = enrolled
        ? enrolled.has(learner.username)
        : await this.#people.isEnrolled(key, learner.username, signal);
      if (isEnrolled) found.set(key, await reader.read(learner));
    }
    return found;
  }
}

interface OpenStep {
  readonly reader: CourseReader;
  /** Usernames; null: asked for one by one. */
  readonly enrolled: ReadonlySet<string> | null;
}

function unknown(username: string): Learner {
  return { username, lmsUserId: null, name: '', email: '', isActive: false };
}
