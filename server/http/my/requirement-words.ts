/** What a badge asks for and how far a learner is, in words for learners: no event types, no ids, no rule language. */

import {
  type Badge,
  type Condition,
  type Instant,
  instantToDate,
  type Outcome,
  type Requirement,
  type RequirementExplanation,
  type ResolvedPath,
} from '../../../dsl/index.ts';
import { msg } from '../../../plugin/words.ts';
import type { Translator } from '../../i18n/translator.ts';
import { shortEventType } from '../words/format.ts';

interface Doing {
  /** Anywhere. */
  readonly any: string;
  /** In `{course}`; absent: it belongs to no course. */
  readonly of?: string;
  /** In so many different courses. */
  readonly many?: readonly [one: string, other: string];
}

const CERTIFICATE: Doing = {
  any: msg('Get the certificate of a course'),
  of: msg('Get the certificate of {course}'),
  many: [msg('Get the certificate of {count} course'), msg('Get the certificates of {count} different courses')],
};
const PASS: Doing = {
  any: msg('Pass a course'),
  of: msg('Pass {course}'),
  many: [msg('Pass {count} course'), msg('Pass {count} different courses')],
};
const ENROL: Doing = {
  any: msg('Enrol in a course'),
  of: msg('Enrol in {course}'),
  many: [msg('Enrol in {count} course'), msg('Enrol in {count} different courses')],
};

/** What somebody does for whom such an event is sent. */
const DOINGS: Readonly<Record<string, Doing>> = {
  'course.passing.status.updated': PASS,
  'ccx.course.passing.status.updated': PASS,
  'course.persistent_grade_summary.changed': {
    any: msg('Get a grade in a course'),
    of: msg('Get a grade in {course}'),
    many: [msg('Get a grade in {count} course'), msg('Get grades in {count} different courses')],
  },
  'course.enrollment.created': ENROL,
  'course.enrollment.changed': ENROL,
  'certificate.created': CERTIFICATE,
  'certificate.changed': CERTIFICATE,
  'program.certificate.awarded': { any: msg('Get the certificate of a programme') },
  'exam.attempt.submitted': { any: msg('Hand in an exam of a course'), of: msg('Hand in an exam of {course}') },
  'exam.attempt.verified': {
    any: msg('Pass the check of an exam of a course'),
    of: msg('Pass the check of an exam of {course}'),
  },
  'forum.thread.created': { any: msg('Begin a discussion in a course'), of: msg('Begin a discussion in {course}') },
  'forum.thread.response.created': {
    any: msg('Answer in a discussion of a course'),
    of: msg('Answer in a discussion of {course}'),
  },
  'forum.thread.response.comment.created': {
    any: msg('Comment in a discussion of a course'),
    of: msg('Comment in a discussion of {course}'),
  },
  'student.registration.completed': { any: msg('Create an account') },
  'auth.session.login.completed': { any: msg('Sign in to the LMS') },
  'idv_attempt.approved': { any: msg('Have your identity confirmed') },
};

export interface Task {
  /** What is to be done. */
  readonly title: string;
  readonly done: boolean;
  /** How it stands. */
  readonly standing: string;
}

/** Of several, one is enough. */
export interface TaskGroup {
  readonly done: boolean;
  readonly tasks: readonly Task[];
}

/** @param nameOf a badge by its id */
export function taskGroups(
  badge: Badge,
  outcome: Outcome,
  explained: readonly RequirementExplanation[],
  { now, nameOf, t }: { readonly now: Instant; readonly nameOf: (badgeId: string) => string; readonly t: Translator },
): readonly TaskGroup[] {
  const titles = new Map(badge.requirements.map((one) => [one.id, titleOf(one, nameOf, t)]));
  const groups = [...new Set(badge.requirements.map(({ group }) => group))];
  return groups.map((group) => ({
    done: outcome.groups[group] === true,
    tasks: badge.requirements
      .filter((requirement) => requirement.group === group)
      .map((requirement) => {
        const state = explained.find((one) => one.requirement === requirement.id)?.state ?? 'missing';
        const title = titles.get(requirement.id) ?? requirement.id;
        return {
          title,
          done: state === 'fulfilled',
          standing: standingOf(requirement, state, { outcome, titles, now, t }),
        };
      }),
  }));
}

function standingOf(
  { id, after, from, until }: Requirement,
  state: RequirementExplanation['state'],
  {
    outcome,
    titles,
    now,
    t,
  }: {
    readonly outcome: Outcome;
    readonly titles: ReadonlyMap<string, string>;
    readonly now: Instant;
    readonly t: Translator;
  },
): string {
  if (state === 'fulfilled') return t('Done');
  const first = after === null ? '' : (titles.get(after) ?? after);
  const { counted = 0, needed = 1 } = outcome.requirements[id] ?? {};
  const sum = t('{counted} of {needed} so far', { counted, needed });
  if (until !== null && now > until) return t('The time for this ended on {time}', { time: instantToDate(until) });
  if (from !== null && now < from) return t('It counts from {time}', { time: instantToDate(from) });
  switch (state) {
    case 'in-progress':
      return sum;
    case 'waiting':
      return t('What you did came too early: it counts only after this is done: {first}', { first });
    case 'reset':
      return t('You had done it, but a later result undid it: it has to be done again');
    default:
      if (after !== null && !outcome.requirements[after]?.fulfilled)
        return t('Not done yet; this comes first: {first}', { first });
      return needed > 1 ? sum : t('Not done yet');
  }
}

/** In the author's words where there are some. */
function titleOf(requirement: Requirement, nameOf: (badgeId: string) => string, t: Translator): string {
  const { description, on, where, count, distinct, withinMs } = requirement;
  if (description !== null && description.trim() !== '') return description.trim();
  const within = (what: string): string =>
    withinMs === null || count === 1
      ? what
      : t('{what}, all within {duration}', { what, duration: t.duration(withinMs) });
  if (on.kind === 'badge')
    return within(repeated(t('Earn the badge {badge}', { badge: nameOf(on.badge) }), { count, distinct: null }, t));
  const read = readCondition(where, t);
  const what = within(doingText(shortEventType(on.type), read.courses, { count, distinct }, t));
  return read.isWhole ? what : t('{what}, with further conditions', { what });
}

type Amount = Pick<Requirement, 'count' | 'distinct'>;

function doingText(event: string, courses: string | null, { count, distinct }: Amount, t: Translator): string {
  const doing = DOINGS[event];
  if (doing === undefined) {
    const what = t('Take part in the LMS ({event})', { event: event.replaceAll(/[._]/g, ' ') });
    return repeated(what, { count, distinct }, t);
  }
  if (courses !== null && doing.of !== undefined)
    return repeated(t({ text: doing.of, values: { course: courses } }), { count, distinct }, t);
  if (count === 1 || distinct === null || !isCourse(distinct)) return repeated(t(doing.any), { count, distinct }, t);
  return doing.many === undefined
    ? t.plural(count, '{what}: {count} course', '{what}: {count} different courses', { what: t(doing.any) })
    : t.plural(count, ...doing.many);
}

function repeated(what: string, { count, distinct }: Amount, t: Translator): string {
  if (count === 1) return what;
  return distinct === null
    ? t.plural(count, '{what}, {count} time', '{what}, {count} times', { what })
    : t.plural(count, '{what}, {count} one', '{what}, {count} different ones', { what });
}

interface ReadCondition {
  /** In words; null: any course. */
  readonly courses: string | null;
  /** The words say everything that the condition asks for. */
  readonly isWhole: boolean;
}

function readCondition(condition: Condition | null, t: Translator): ReadCondition {
  const parts = condition === null ? [] : condition.kind === 'and' ? condition.operands : [condition];
  let courses: string | null = null;
  let isWhole = true;
  for (const part of parts) {
    const keys = courseKeys(part);
    if (keys !== null && courses === null) courses = t.either(keys.map(courseText));
    else if (!isPassing(part)) isWhole = false;
  }
  return { courses, isWhole };
}

/** @returns null: it does not name the courses */
function courseKeys(part: Condition): readonly string[] | null {
  if (part.kind === 'comparison' && part.operator === '=' && isCourse(part.path) && typeof part.value === 'string')
    return [part.value];
  if (part.kind === 'in' && !part.negated && isCourse(part.path)) return part.values.map(String);
  return null;
}

function isPassing(part: Condition): boolean {
  const path = 'path' in part ? part.path : null;
  if (path?.segments.at(-1) !== 'is_passing') return false;
  return part.kind === 'is-true' || (part.kind === 'comparison' && part.operator === '=' && part.value === true);
}

function isCourse({ root, segments, part }: ResolvedPath): boolean {
  return root === 'payload' && part === null && /^(ccx_)?course_key$/.test(segments.at(-1) ?? '');
}

/** `course-v1:Acme+CS1+2026` as `CS1 (Acme, 2026)` */
export function courseText(key: string): string {
  const [, kind = '', org = '', course = '', run = ''] = /^(course|ccx)-v1:([^+]+)\+([^+]+)\+([^+]+)/.exec(key) ?? [];
  return kind === '' ? key : `${course} (${org}, ${run})`;
}
