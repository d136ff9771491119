/** The connection test: can we sign in, are we staff, and which sources does this LMS offer. */

import { CredentialsError } from '../../plugin/errors.ts';
import { isRecord } from '../../plugin/extensions/options.ts';
import { english, type FilledWords, msg, type Words, words } from '../../plugin/words.ts';
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
  /** The same for whoever reads another language. */
  readonly said?: { readonly name: Words; readonly message: Words };
}

interface Line extends Pick<CheckLine, 'state'> {
  readonly name: Words;
  readonly message: Words;
}

export interface CheckParts {
  readonly client: LmsClient;
  readonly people: People;
  readonly contexts: Contexts;
  readonly sources: FigureSources;
}

export async function checkLms(parts: CheckParts, wantedCourse: string | null): Promise<readonly CheckLine[]> {
  return (await look(parts, wantedCourse)).map(({ name, state, message }) => ({
    ...{ name: english(name), state, message: english(message) },
    said: { name, message },
  }));
}

async function look(
  { client, people, contexts, sources }: CheckParts,
  wantedCourse: string | null,
): Promise<readonly Line[]> {
  const lines: Line[] = [];

  /** @returns null when it failed, which is then in the lines */
  async function attempt<Result>(name: Words, work: () => Promise<Result>): Promise<Result | null> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof CredentialsError)) throw error;
      lines.push({ name, state: 'failed', message: error.said });
      return null;
    }
  }

  const self = await attempt(msg('sign-in'), () => people.self(undefined));
  if (self === null) return lines;
  lines.push({
    name: msg('sign-in'),
    state: 'ok',
    message: words('as the user {username} of the LMS', { username: self.username }),
  });

  const courseKey = wantedCourse ?? (await attempt(msg('course'), () => contexts.anyCourse(undefined)));
  if (courseKey === null) {
    if (lines.every(({ state }) => state !== 'failed'))
      lines.push({
        name: msg('course'),
        state: 'failed',
        message: msg('our user sees no course; give it is_staff, or name a course'),
      });
    return lines;
  }
  const courseName = await attempt(msg('course'), () => contexts.courseName(courseKey, undefined));
  if (courseName === null) {
    lines.push({
      name: msg('course'),
      state: 'failed',
      message: words('the LMS does not show {course} to our user', { course: courseKey }),
    });
    return lines;
  }
  lines.push({
    name: msg('course'),
    state: 'ok',
    message: words('{course}, {name}', { course: courseKey, name: courseName }),
  });

  const staff = await attempt(msg('staff'), () => isStaff(client, courseKey));
  if (staff !== null) {
    lines.push(
      staff
        ? { name: msg('staff'), state: 'ok', message: msg('our user is staff') }
        : {
            name: msg('staff'),
            state: 'failed',
            message: msg('our user is not staff; set is_staff in the Django admin of the LMS'),
          },
    );
  }
  await attempt(msg('enrollments'), async () => {
    const { value: first = [] } = (await people.enrolled(courseKey, undefined)[Symbol.asyncIterator]().next()) as {
      value?: readonly string[];
    };
    lines.push({
      name: msg('enrollments'),
      state: 'ok',
      message: words('readable, {number} active on the first page', { number: first.length }),
    });
  });
  await checkSources(words('completion'), sources.completion, courseKey, attempt, lines);
  await checkSources(words('grades'), sources.grades, courseKey, attempt, lines);
  await attempt(msg('learning paths'), async () => lines.push(await learningPaths(client)));
  return lines;
}

async function checkSources(
  kind: FilledWords,
  sources: readonly FigureSource<unknown>[],
  courseKey: string,
  attempt: <Result>(name: Words, work: () => Promise<Result>) => Promise<Result | null>,
  lines: Line[],
): Promise<void> {
  let used = false;
  for (const source of sources) {
    const name = words('{kind}: {source}', { kind, source: source.name });
    await attempt(name, async () => {
      const reason = await source.probe(courseKey, undefined);
      const title = { text: source.title, values: {} };
      const speed = source.everybody ? words('everybody at once') : words('one learner at a time');
      if (reason !== null) lines.push({ name, state: 'off', message: reason });
      else if (used)
        lines.push({
          name,
          state: 'ok',
          message: words('{source}, for learners whom the others leave out', { source: title }),
        });
      else lines.push({ name, state: 'used', message: words('{source}, {speed}', { source: title, speed }) });
      used ||= reason === null;
    });
  }
  if (!used)
    lines.push({
      name: kind,
      state: 'failed',
      message: words('no source of {kind}: change one of the reasons above in the LMS', { kind }),
    });
}

async function isStaff(client: LmsClient, courseKey: string): Promise<boolean> {
  const query = new URLSearchParams({ course_id: courseKey });
  const body = await client.get({ what: 'the roles of our user', path: '/api/enrollment/v1/roles/', query });
  return isRecord(body) && body.is_staff === true;
}

async function learningPaths(client: LmsClient): Promise<Line> {
  const name = msg('learning paths');
  try {
    const body = await client.get({ what: 'the learning paths', path: '/api/learning_paths/v1/learning-paths/' });
    const count = isRecord(body) && typeof body.count === 'number' ? body.count : 0;
    return { name, state: 'ok', message: words('{number} in the LMS', { number: count }) };
  } catch (error) {
    if (!isStatus(error, 404)) throw error;
    return { name, state: 'off', message: msg('the Learning Paths plugin is not installed; courses work without it') };
  }
}
