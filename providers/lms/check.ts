/** The connection test: can we sign in, are we staff, and which sources does this LMS offer. */

import { CredentialsError } from '../../plugin/errors.ts';
import { isRecord } from '../../plugin/extensions/options.ts';
import type { LmsClient } from './client.ts';
import type { Contexts } from './contexts.ts';
import type { FigureSources } from './course-reader.ts';
import type { FigureSource } from './figure-source.ts';
import { isStatus } from './lms-error.ts';
import type { People } from './people.ts';

export interface CheckLine {
  readonly name: string;
  /** `used`: the source that is asked first; `off`: not offered, and another is asked; `failed`: something must be done. */
  readonly state: 'ok' | 'used' | 'off' | 'failed';
  readonly message: string;
}

export interface CheckParts {
  readonly client: LmsClient;
  readonly people: People;
  readonly contexts: Contexts;
  readonly sources: FigureSources;
}

export async function checkLms(
  { client, people, contexts, sources }: CheckParts,
  wantedCourse: string | null,
): Promise<readonly CheckLine[]> {
  const lines: CheckLine[] = [];

  /** @returns null when it failed, which is then in the lines */
  async function attempt<Result>(name: string, work: () => Promise<Result>): Promise<Result | null> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof CredentialsError)) throw error;
      lines.push({ name, state: 'failed', message: error.message });
      return null;
    }
  }

  const self = await attempt('sign-in', () => people.self(undefined));
  if (self === null) return lines;
  lines.push({ name: 'sign-in', state: 'ok', message: `as the user ${self.username} of the LMS` });

  const courseKey = wantedCourse ?? (await attempt('course', () => contexts.anyCourse(undefined)));
  if (courseKey === null) {
    if (lines.every(({ state }) => state !== 'failed'))
      lines.push({
        name: 'course',
        state: 'failed',
        message: 'our user sees no course; give it is_staff, or name a course',
      });
    return lines;
  }
  const courseName = await attempt('course', () => contexts.courseName(courseKey, undefined));
  if (courseName === null) {
    lines.push({ name: 'course', state: 'failed', message: `the LMS does not show ${courseKey} to our user` });
    return lines;
  }
  lines.push({ name: 'course', state: 'ok', message: `${courseKey}, ${courseName}` });

  const staff = await attempt('staff', () => isStaff(client, courseKey));
  if (staff !== null) {
    lines.push(
      staff
        ? { name: 'staff', state: 'ok', message: 'our user is staff' }
        : {
            name: 'staff',
            state: 'failed',
            message: 'our user is not staff; set is_staff in the Django admin of the LMS',
          },
    );
  }
  await attempt('enrollments', async () => {
    const { value: first = [] } = (await people.enrolled(courseKey, undefined)[Symbol.asyncIterator]().next()) as {
      value?: readonly string[];
    };
    lines.push({ name: 'enrollments', state: 'ok', message: `readable, ${first.length} active on the first page` });
  });
  await checkSources('completion', sources.completion, courseKey, attempt, lines);
  await checkSources('grades', sources.grades, courseKey, attempt, lines);
  await attempt('learning paths', async () => lines.push(await learningPaths(client)));
  return lines;
}

async function checkSources(
  kind: string,
  sources: readonly FigureSource<unknown>[],
  courseKey: string,
  attempt: <Result>(name: string, work: () => Promise<Result>) => Promise<Result | null>,
  lines: CheckLine[],
): Promise<void> {
  let used = false;
  for (const source of sources) {
    const name = `${kind}: ${source.name}`;
    await attempt(name, async () => {
      const reason = await source.probe(courseKey, undefined);
      const speed = source.everybody ? 'everybody at once' : 'one learner at a time';
      if (reason !== null) lines.push({ name, state: 'off', message: reason });
      else if (used)
        lines.push({ name, state: 'ok', message: `${source.title}, for learners whom the others leave out` });
      else lines.push({ name, state: 'used', message: `${source.title}, ${speed}` });
      used ||= reason === null;
    });
  }
  if (!used)
    lines.push({
      name: kind,
      state: 'failed',
      message: `no source of ${kind}: change one of the reasons above in the LMS`,
    });
}

async function isStaff(client: LmsClient, courseKey: string): Promise<boolean> {
  const query = new URLSearchParams({ course_id: courseKey });
  const body = await client.get({ what: 'the roles of our user', path: '/api/enrollment/v1/roles/', query });
  return isRecord(body) && body.is_staff === true;
}

async function learningPaths(client: LmsClient): Promise<CheckLine> {
  const name = 'learning paths';
  try {
    const body = await client.get({ what: 'the learning paths', path: '/api/learning_paths/v1/learning-paths/' });
    const count = isRecord(body) && typeof body.count === 'number' ? body.count : 0;
    return { name, state: 'ok', message: `${count} in the LMS` };
  } catch (error) {
    if (!isStatus(error, 404)) throw error;
    return { name, state: 'off', message: 'the Learning Paths plugin is not installed; courses work without it' };
  }
}
