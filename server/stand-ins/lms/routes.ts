/** What the stand-in LMS answers: the documented shapes of Open edX and of the plugins, with their traps. */

import type { Campus, Course, Enrollment, User } from './campus.ts';

export interface Switches {
  /** openedx-completion-aggregator is installed. */
  aggregator: boolean;
  /** Waffle flag grades.writable_gradebook. */
  gradebook: boolean;
  /** Waffle flag course_home.course_home_mfe_progress_tab. */
  progress: boolean;
  learningPaths: boolean;
  /** is_staff of our application's user. */
  staff: boolean;
  /** What the LMS takes its own address for; links are made with it. */
  origin: string;
  /** The accounts API does not show them. */
  readonly hiddenAccounts: Set<string>;
  /** The gradebook leaves them out. */
  readonly ungraded: Set<string>;
}

export interface Question {
  readonly campus: Campus;
  readonly self: string;
  readonly switches: Switches;
  readonly query: URLSearchParams;
  /** Decoded parts of the path that the route's expression caught. */
  readonly parts: readonly string[];
  /** Without the query. */
  readonly path: string;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

type Handler = (question: Question) => Answer;

const ok = (body: unknown): Answer => ({ status: 200, body });
const detail = (status: number, text: string): Answer => ({ status, body: { detail: text } });
const coded = (status: number, code: string): Answer => ({
  status,
  body: { developer_message: 'It cannot be done.', error_code: code },
});
/** Django's own page, where no view is. */
const noSuchPage: Answer = { status: 404, body: '<!DOCTYPE html><html><body><h1>Page not found</h1></body></html>' };

export const routes: readonly (readonly [RegExp, Handler])[] = [
  [/^\/api\/user\/v1\/me$/, ({ self }) => ok({ username: self })],
  [/^\/api\/user\/v1\/accounts$/, accounts],
  [/^\/api\/enrollment\/v1\/enrollments$/, enrollments],
  [/^\/api\/enrollment\/v1\/enrollment\/([^/]+),([^/,]+)$/, oneEnrollment],
  [/^\/api\/enrollment\/v1\/roles\/$/, ({ switches }) => ok({ roles: [], is_staff: switches.staff })],
  [/^\/api\/courses\/v1\/courses\/$/, courses],
  [/^\/api\/courses\/v1\/courses\/([^/]+)$/, course],
  [/^\/api\/courses\/v2\/blocks\/([^/]+)$/, blocks],
  [/^\/api\/grades\/v1\/policy\/courses\/([^/]+)\/$/, policy],
  [/^\/api\/grades\/v1\/gradebook\/([^/]+)\/$/, gradebook],
  [/^\/api\/grades\/v1\/gradebook\/([^/]+)\/grading-info$/, gradingInfo],
  [/^\/api\/grades\/v1\/subsection\/([^/]+)\/$/, subsectionGrade],
  [/^\/api\/course_home\/progress\/([^/]+)\/(\d+)$/, progress],
  [/^\/completion-aggregator\/v1\/course\/([^/]+)\/$/, aggregator],
  [/^\/api\/learning_paths\/v1\/learning-paths\/$/, paths],
  // like the plugin's router: no dots
  [/^\/api\/learning_paths\/v1\/learning-paths\/([^/.]+)\/$/, onePath],
  [/^\/api\/learning_paths\/v1\/([^/]+)\/enrollments\/$/, pathEnrollments],
];

export function answer(question: Omit<Question, 'parts'>): Answer {
  for (const [form, handle] of routes) {
    const match = form.exec(question.path);
    if (match) return handle({ ...question, parts: match.slice(1).map(decodeURIComponent) });
  }
  return noSuchPage;
}

/** A list by number of the first item; `cursor` and `page` are how two of the shapes name it. */
function slice<Item>(items: readonly Item[], from: number, size: number) {
  return { items: items.slice(from, from + size), next: from + size < items.length ? from + size : null };
}

function link({ switches, path, query }: Question, changes: Readonly<Record<string, string>>): string {
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) next.set(name, value);
  return `${switches.origin}${path}?${next}`;
}

/** `{next, previous, results}` */
function cursorPage<Item>(
  question: Question,
  items: readonly Item[],
  size: number,
  row: (item: Item) => unknown,
  extra: object = {},
): Answer {
  const from = Number(Buffer.from(question.query.get('cursor') ?? '', 'base64url').toString() || 0);
  if (!Number.isSafeInteger(from)) return detail(404, 'Invalid cursor');
  const page = slice(items, from, size);
  const cursor = page.next === null ? null : Buffer.from(String(page.next)).toString('base64url');
  const next = cursor === null ? null : link(question, { cursor });
  return ok({ next, previous: null, ...extra, results: page.items.map(row) });
}

/** @returns null: past the end */
function numbered<Item>(question: Question, items: readonly Item[], size: number) {
  const number = Number(question.query.get('page') ?? 1);
  const from = (number - 1) * size;
  if (!(number >= 1) || (number > 1 && from >= items.length)) return null;
  const page = slice(items, from, size);
  const next = page.next === null ? null : link(question, { page: String(number + 1) });
  return { results: page.items, next, count: items.length, pages: Math.max(1, Math.ceil(items.length / size)) };
}

/** `{results, pagination: {...}}` */
function namespacedPage<Item>(question: Question, items: readonly Item[], row: (item: Item) => unknown): Answer {
  const found = numbered(question, items, Number(question.query.get('page_size') ?? 10));
  if (found === null) return detail(404, 'Invalid page.');
  const { results, next, count, pages } = found;
  return ok({ pagination: { next, previous: null, count, num_pages: pages }, results: results.map(row) });
}

function account({ id, username, name, email, isActive }: User): unknown {
  return { username, id, email, name, verified_name: null, is_active: isActive, country: null, bio: null };
}

function accounts({ campus, query, switches }: Question): Answer {
  const names = query.get('username')?.split(',') ?? [];
  const id = query.get('lms_user_id');
  if (id !== null && !switches.staff) return detail(403, 'No.');
  const wanted = id === null ? names.map((name) => campus.users.get(name)) : [campus.byId.get(Number(id))];
  const found = wanted.flatMap((user) => (user && !switches.hiddenAccounts.has(user.username) ? [user] : []));
  // unordered, and who is missing is not mentioned
  return found.length === 0 ? detail(404, 'Not found.') : ok(found.reverse().map(account));
}

function enrollments(question: Question): Answer {
  const { campus, query, switches } = question;
  if (!switches.staff) return detail(403, 'No.');
  const key = query.get('course_id') ?? '';
  // an unencoded + has become a space
  if (/\s/.test(key)) return { status: 400, body: { message: 'Invalid course key.' } };
  const found = campus.courses.get(key);
  if (!found) return cursorPage(question, [], 100, () => null);
  return cursorPage(question, latestFirst(found), 100, (user) => ({
    created: '2026-01-10T09:00:00Z',
    mode: 'honor',
    is_active: found.enrollments.get(user)?.isActive,
    user,
    course_id: key,
  }));
}

const latest = new WeakMap<Course, readonly string[]>();

/** Usernames; kept, since a course may be large and is read in many pages. */
function latestFirst(course: Course): readonly string[] {
  const known = latest.get(course);
  if (known?.length === course.enrollments.size) return known;
  const usernames = [...course.enrollments.keys()].reverse();
  latest.set(course, usernames);
  return usernames;
}

function activeIn(course: Course): string[] {
  return latestFirst(course).filter((username) => course.enrollments.get(username)?.isActive);
}

function oneEnrollment({ campus, parts: [username = '', key = ''] }: Question): Answer {
  const found = campus.courses.get(key)?.enrollments.get(username);
  return ok(found ? { user: username, is_active: found.isActive, mode: 'honor', course_details: {} } : null);
}

function courseBody({ key, name }: Course): object {
  const escaped = name.replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return { id: key, course_id: key, name: escaped, hidden: false };
}

function courses(question: Question): Answer {
  return namespacedPage(question, [...question.campus.courses.values()], courseBody);
}

function course({ campus, query, parts: [key = ''] }: Question): Answer {
  const found = campus.courses.get(key);
  // to a caller who names nobody, a course that has not begun does not exist
  if (!found || query.get('username') === null) return coded(404, 'course_does_not_exist');
  return ok({ ...courseBody(found), overview: '' });
}

function findRoot(campus: Campus, usage: string): Course | undefined {
  const [, kind = '', id = ''] = /^(block|ccx-block)-v1:(.+)\+type@course\+block@course$/.exec(usage) ?? [];
  return campus.courses.get(`${kind === 'block' ? 'course' : 'ccx'}-v1:${id}`);
}

function blocks({ campus, query, self, switches, parts: [usage = ''] }: Question): Answer {
  const username = query.get('username') ?? '';
  const found = findRoot(campus, usage);
  if (!found) return coded(404, 'not_found');
  if (username !== self && !switches.staff) return coded(403, 'no');
  const enrollment = found.enrollments.get(username);
  const all = query.get('depth') === 'all' ? found.blocks : 0;
  const leaves = Array.from({ length: all }, (_, index) => {
    const id = `${usage}-${index}`;
    return [id, { id, type: 'problem', completion: index < (enrollment?.completed ?? 0) ? 1 : 0 }] as const;
  });
  const root = { id: usage, type: 'course', completion: null, children: leaves.map(([id]) => id) };
  return ok({ root: usage, blocks: { [usage]: root, ...Object.fromEntries(leaves) } });
}

function policy({ campus, switches, parts: [key = ''] }: Question): Answer {
  const found = campus.courses.get(key);
  if (!found) return coded(404, 'course_does_not_exist');
  if (!switches.staff) return coded(403, 'user_or_course_does_not_exist');
  return ok(found.policy.map(({ type, weight, dropped }) => ({ assignment_type: type, count: 1, dropped, weight })));
}

function gradingInfo({ campus, switches, parts: [key = ''] }: Question): Answer {
  const found = campus.courses.get(key);
  if (!found) return coded(404, 'course_does_not_exist');
  if (!switches.staff) return coded(403, 'user_permissions');
  return ok({
    grade_cutoffs: { pass: 0.5 },
    assignment_types: Object.fromEntries(found.policy.map(({ type, weight }) => [type, { type, weight }])),
    subsections: [
      ...found.subsections.map(({ id, type }) => ({ module_id: id, assignment_type: type, graded: true })),
      { module_id: 'not graded', assignment_type: null, graded: false },
    ],
  });
}

function gradebookRow(campus: Campus, found: Course, username: string, { scores, odd }: Enrollment): unknown {
  return {
    user_id: campus.users.get(username)?.id,
    username,
    full_name: '',
    email: '',
    percent: 0,
    section_breakdown: found.subsections.map(({ id, type, possible }, index) => {
      const earned = scores[index] ?? null;
      return {
        attempted: earned !== null,
        category: type,
        module_id: id,
        score_earned: odd && 'earned' in odd ? odd.earned : (earned ?? 0),
        // nothing is said of what was not attempted
        score_possible: earned === null ? 0 : possible,
      };
    }),
  };
}

function gradebook(question: Question): Answer {
  const { campus, query, switches, parts } = question;
  const [key = ''] = parts;
  const found = campus.courses.get(key);
  if (!found) return coded(404, 'course_does_not_exist');
  if (!switches.staff) return coded(403, 'user_permissions');
  if (!switches.gradebook || key.startsWith('ccx-v1:')) return coded(403, 'feature_not_enabled');
  const username = query.get('username');
  if (username !== null) {
    const enrollment = found.enrollments.get(username);
    if (!enrollment?.isActive) return coded(404, 'user_not_enrolled');
    if (switches.ungraded.has(username)) return { status: 500, body: 'Server error' };
    return ok(gradebookRow(campus, found, username, enrollment));
  }
  const listed = activeIn(found).filter((name) => !switches.ungraded.has(name));
  const row = (name: string) => gradebookRow(campus, found, name, found.enrollments.get(name) as Enrollment);
  const counts = { total_users_count: listed.length, filtered_users_count: listed.length };
  return cursorPage(question, listed, Number(query.get('page_size') ?? 50), row, counts);
}

function subsectionGrade({ campus, query, switches, parts: [usage = ''] }: Question): Answer {
  const id = query.get('user_id');
  if (id === null) return { status: 500, body: 'Server error' };
  if (!switches.staff) return coded(403, 'user_permissions');
  const user = campus.byId.get(Number(id));
  for (const found of campus.courses.values()) {
    const index = found.subsections.findIndex((one) => one.id === usage);
    const subsection = found.subsections[index];
    if (!subsection || !user) continue;
    const { scores = [], odd } = found.enrollments.get(user.username) ?? {};
    const earned = odd && 'earned' in odd ? odd.earned : (scores[index] ?? 0);
    const { possible } = subsection;
    return ok({
      success: true,
      subsection_id: usage,
      user_id: user.id,
      course_id: found.key,
      original_grade: { earned_all: earned, possible_all: possible, earned_graded: earned, possible_graded: possible },
      override: null,
      history: [],
    });
  }
  return coded(404, 'user_or_usage_key_does_not_exist');
}

function progress({ campus, switches, self, parts: [key = '', id = ''] }: Question): Answer {
  const found = campus.courses.get(key);
  const user = campus.byId.get(Number(id));
  if (!found || !user || !switches.progress) return detail(404, 'Not found.');
  if (!switches.staff) return detail(401, 'User not enrolled.');
  const { scores, odd, completed } = found.enrollments.get(user.username) ?? { scores: [], completed: 0 };
  if (user.username === self) return ok({ username: self, section_scores: [], completion_summary: {} });
  const units = Math.ceil(found.blocks / 4);
  const done = Math.floor(completed / 4);
  return ok({
    username: user.username,
    completion_summary: { complete_count: done, incomplete_count: units - done, locked_count: 0 },
    section_scores: [
      {
        display_name: 'Week 1',
        subsections: [
          ...found.subsections.map(({ id: block, type, possible }, index) => ({
            assignment_type: type,
            block_key: block,
            has_graded_assignment: true,
            num_points_earned: odd && 'earned' in odd ? odd.earned : (scores[index] ?? 0),
            num_points_possible: possible,
          })),
          { assignment_type: null, has_graded_assignment: false, num_points_earned: 1, num_points_possible: 9 },
        ],
      },
    ],
  });
}

function aggregator(question: Question): Answer {
  const { campus, query, switches, parts } = question;
  if (!switches.aggregator) return noSuchPage;
  const found = campus.courses.get(parts[0] ?? '');
  if (!found) return detail(404, 'Not found.');
  const fields = query.get('requested_fields')?.split(',') ?? [];
  const row = (username: string) => ({
    course_key: found.key,
    ...(fields.includes('username') ? { username } : {}),
    completion: completionOf(found, found.enrollments.get(username) as Enrollment),
  });
  const username = query.get('username');
  if (username !== null) {
    const enrollment = found.enrollments.get(username);
    if (!enrollment?.isActive) return detail(404, 'Not found.');
    return namespacedPage(question, [username], row);
  }
  if (!switches.staff) return detail(403, 'No.');
  return namespacedPage(question, activeIn(found), row);
}

function completionOf({ blocks: possible }: Course, { completed, odd }: Enrollment): object {
  const percent = odd && 'percent' in odd ? odd.percent : completed / possible;
  return { earned: completed, possible, percent };
}

function pathBody({ key, name, steps }: Campus['paths'] extends Map<string, infer Path> ? Path : never): object {
  return {
    key,
    display_name: name,
    sequential: false,
    invite_only: true,
    enrollment_date: null,
    steps: steps.map(({ courseKey, order }) => ({
      order,
      course_key: courseKey,
      course_dates: [null, null],
      weight: 1,
    })),
  };
}

function paths(question: Question): Answer {
  if (!question.switches.learningPaths) return noSuchPage;
  const found = numbered(question, [...question.campus.paths.values()].map(pathBody), 10);
  if (found === null) return detail(404, 'Invalid page.');
  const { results, next, count } = found;
  return ok({ count, next, previous: null, results });
}

function onePath({ campus, switches, parts: [key = ''] }: Question): Answer {
  const found = campus.paths.get(key);
  if (!switches.learningPaths) return noSuchPage;
  return found ? ok({ ...pathBody(found), description: '' }) : detail(404, 'Not found.');
}

/** Users and the path by their numbers. */
function pathEnrollments({ campus, switches, query, parts: [key = ''] }: Question): Answer {
  const found = campus.paths.get(key);
  if (!switches.learningPaths || !found) return noSuchPage;
  if (!switches.staff) return ok([]);
  const only = query.get('username');
  return ok(
    [...found.members].flatMap(([username, isActive]) =>
      isActive && (only === null || only === username)
        ? [{ user: campus.users.get(username)?.id, learning_path: 7, is_active: true, created: '2026-02-01T08:00:00Z' }]
        : [],
    ),
  );
}
