/** Courses and learning paths as such: names, steps, members. */

import { contextKind } from '../../plugin/credentials/context-key.ts';
import { NotFoundError } from '../../plugin/errors.ts';
import { isRecord } from '../../plugin/extensions/options.ts';
import type { LmsClient } from './client.ts';
import { segment } from './keys.ts';
import { isStatus } from './lms-error.ts';
import { pagesOf } from './pages.ts';
import type { People } from './people.ts';

type Signal = AbortSignal | undefined;

export interface LearningPath {
  readonly name: string;
  /** Course keys in order. */
  readonly steps: readonly string[];
}

export interface Contexts {
  /** null: there is no such course, or our user may not see it. */
  courseName(courseKey: string, signal: Signal): Promise<string | null>;
  /** Key of some course that our user can see, to try things on. */
  anyCourse(signal: Signal): Promise<string | null>;
  /** @throws NotFoundError `not-found.learning-path` */
  path(pathKey: string, signal: Signal): Promise<LearningPath>;
  /** LMS ids of those actively enrolled. @param username of one learner */
  members(pathKey: string, username: string | null, signal: Signal): Promise<ReadonlySet<number>>;
}

const COURSES = '/api/courses/v1/courses/';
const PATHS = '/api/learning_paths/v1/';

export function createContexts(client: LmsClient, people: People): Contexts {
  return {
    async courseName(courseKey, signal) {
      // without a username the LMS answers as to somebody who is not signed in, and hides courses
      const { username } = await people.self(signal);
      const query = new URLSearchParams({ username });
      try {
        const path = `${COURSES}${segment(courseKey)}`;
        const course = await client.get({ what: 'the name of a course', path, query, signal });
        return isRecord(course) && typeof course.name === 'string' ? unescapeName(course.name) : null;
      } catch (error) {
        if (isStatus(error, 404)) return null;
        throw error;
      }
    },

    async anyCourse(signal) {
      const { username } = await people.self(signal);
      const query = new URLSearchParams({ username, page_size: '1' });
      for await (const page of pagesOf(client, { what: 'the courses', path: COURSES, query, signal })) {
        for (const row of page) {
          if (isRecord(row) && typeof row.course_id === 'string') return row.course_id;
        }
      }
      return null;
    },

    async path(pathKey, signal) {
      const found = await findPath(client, pathKey, signal);
      if (found === null) {
        throw new NotFoundError(
          'learning-path',
          `the LMS has no learning path ${pathKey}, or not the Learning Paths plugin; "laurel lms check" tells which`,
        );
      }
      const name = typeof found.display_name === 'string' ? found.display_name : pathKey;
      return { name, steps: readSteps(found.steps) };
    },

    async members(pathKey, username, signal) {
      const query = new URLSearchParams(username === null ? {} : { username });
      const path = `${PATHS}${segment(pathKey)}/enrollments/`;
      const ids = new Set<number>();
      for await (const page of pagesOf(client, { what: 'the learners of a path', path, query, signal })) {
        for (const row of page) {
          if (isRecord(row) && row.is_active === true && typeof row.user === 'number') ids.add(row.user);
        }
      }
      return ids;
    },
  };
}

async function findPath(client: LmsClient, pathKey: string, signal: Signal) {
  try {
    // the address of one path matches no key with a dot or a slash
    if (/[./]/.test(pathKey)) {
      const read = { what: 'the learning paths', path: `${PATHS}learning-paths/`, signal };
      for await (const page of pagesOf(client, read)) {
        const found = page.find((row) => isRecord(row) && row.key === pathKey);
        if (isRecord(found)) return found;
      }
      return null;
    }
    const path = `${PATHS}learning-paths/${segment(pathKey)}/`;
    const found = await client.get({ what: 'a learning path', path, signal });
    return isRecord(found) ? found : null;
  } catch (error) {
    if (isStatus(error, 404)) return null;
    throw error;
  }
}

/** By `order`, which may be missing: those come last, as they are listed. */
function readSteps(steps: unknown): readonly string[] {
  const rows = (Array.isArray(steps) ? steps : []).filter(isRecord);
  const order = (row: Readonly<Record<string, unknown>>) =>
    typeof row.order === 'number' ? row.order : Number.MAX_SAFE_INTEGER;
  return rows
    .toSorted((a, b) => order(a) - order(b))
    .flatMap(({ course_key: key }) =>
      typeof key === 'string' && ['course', 'ccx'].includes(contextKind(key) ?? '') ? [key] : [],
    );
}

/** The LMS escapes these two and nothing else. */
function unescapeName(name: string): string {
  return name.replaceAll('&lt;', '<').replaceAll('&gt;', '>');
}
