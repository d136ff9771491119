/** What a badge asks for and how far a learner is, in words for learners: no event types, no ids, no rule language. */

import {
  type Badge,
  type Condition,
  durationText,
  type Instant,
  type Outcome,
  type Requirement,
  type RequirementExplanation,
  type ResolvedPath,
} from '../../../dsl/index.ts';
import { shortEventType, shownInstant } from '../format.ts';

/** What somebody does for whom such an event is sent; `…` is the course. */
const DOINGS: Readonly<Record<string, string>> = {
  'course.passing.status.updated': 'Pass …',
  'ccx.course.passing.status.updated': 'Pass …',
  'course.persistent_grade_summary.changed': 'Get a grade in …',
  'course.enrollment.created': 'Enrol in …',
  'course.enrollment.changed': 'Enrol in …',
  'certificate.created': 'Get the certificate of …',
  'certificate.changed': 'Get the certificate of …',
  'program.certificate.awarded': 'Get the certificate of a programme',
  'exam.attempt.submitted': 'Hand in an exam of …',
  'exam.attempt.verified': 'Pass the check of an exam of …',
  'forum.thread.created': 'Begin a discussion in …',
  'forum.thread.response.created': 'Answer in a discussion of …',
  'forum.thread.response.comment.created': 'Comment in a discussion of …',
  'student.registration.completed': 'Create an account',
  'auth.session.login.completed': 'Sign in to the LMS',
  'idv_attempt.approved': 'Have your identity confirmed',
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
  { now, nameOf }: { readonly now: Instant; readonly nameOf: (badgeId: string) => string },
): readonly TaskGroup[] {
  const titles = new Map(badge.requirements.map((one) => [one.id, titleOf(one, nameOf)]));
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
          standing: standingOf(requirement, state, { outcome, titles, now }),
        };
      }),
  }));
}

function standingOf(
  { id, after, from, until }: Requirement,
  state: RequirementExplanation['state'],
  known: { readonly outcome: Outcome; readonly titles: ReadonlyMap<string, string>; readonly now: Instant },
): string {
  const { outcome, titles, now } = known;
  if (state === 'fulfilled') return 'Done';
  const first = after === null ? '' : (titles.get(after) ?? after);
  const { counted = 0, needed = 1 } = outcome.requirements[id] ?? {};
  const sum = `${counted} of ${needed} so far`;
  if (until !== null && now > until) return `The time for this ended on ${shownInstant(until).text}`;
  if (from !== null && now < from) return `It counts from ${shownInstant(from).text}`;
  switch (state) {
    case 'in-progress':
      return sum;
    case 'waiting':
      return `What you did came too early: it counts only after this is done: ${first}`;
    case 'reset':
      return 'You had done it, but a later result undid it: it has to be done again';
    default:
      return after !== null && !outcome.requirements[after]?.fulfilled
        ? `Not done yet; this comes first: ${first}`
        : needed > 1
          ? sum
          : 'Not done yet';
  }
}

/** In the author's words where there are some. */
function titleOf(requirement: Requirement, nameOf: (badgeId: string) => string): string {
  const { description, on, where, count, distinct, withinMs } = requirement;
  if (description !== null && description.trim() !== '') return description.trim();
  const within = withinMs === null || count === 1 ? '' : `, all within ${durationText(withinMs)}`;
  if (on.kind === 'badge') {
    return `Earn the badge ${nameOf(on.badge)}${count === 1 ? '' : `, ${count} times`}${within}`;
  }
  const read = readCondition(where);
  const perCourse = distinct !== null && isCourse(distinct);
  const course = read.courses ?? (perCourse && count > 1 ? `${count} different courses` : 'a course');
  const doing = DOINGS[shortEventType(on.type)];
  const does =
    doing?.replace('…', course) ?? `Take part in the LMS (${shortEventType(on.type).replaceAll(/[._]/g, ' ')})`;
  const times =
    count === 1 || (perCourse && read.courses === null)
      ? ''
      : distinct === null
        ? `, ${count} times`
        : `, ${count} different ones`;
  return `${does}${times}${within}${read.isWhole ? '' : ', with further conditions'}`;
}

interface ReadCondition {
  /** In words; null: any course. */
  readonly courses: string | null;
  /** The words say everything that the condition asks for. */
  readonly isWhole: boolean;
}

function readCondition(condition: Condition | null): ReadCondition {
  const parts = condition === null ? [] : condition.kind === 'and' ? condition.operands : [condition];
  let courses: string | null = null;
  let isWhole = true;
  for (const part of parts) {
    const keys = courseKeys(part);
    if (keys !== null && courses === null) courses = list(keys.map(courseText));
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

function list(texts: readonly string[]): string {
  const last = texts.at(-1) ?? '';
  return texts.length > 1 ? `one of ${texts.slice(0, -1).join(', ')} or ${last}` : last;
}
