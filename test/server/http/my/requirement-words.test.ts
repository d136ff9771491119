import { expect } from 'chai';
import type { Contribution } from '../../../../dsl/index.ts';
import { explainOutcome, instantFromDate, outcome } from '../../../../dsl/index.ts';
import { createRuleReader } from '../../../../plugin/badges/rule-reader.ts';
import { ruleEnvironment } from '../../../../plugin/events/environment.ts';
import { courseText, taskGroups } from '../../../../server/http/my/requirement-words.ts';
import { createTranslator } from '../../../../server/i18n/translator.ts';

const t = createTranslator('en', new Map(), 'UTC');
const PASSING = 'org.openedx.learning.course.passing.status.updated.v1';
const readRules = createRuleReader(ruleEnvironment({ enabledEventTypes: null, providers: [] }));

function groupsOf(
  requirements: string,
  contributions: readonly Contribution[] = [],
  now = '2026-06-01T00:00:00Z',
): ReturnType<typeof taskGroups> {
  const source = `badge "b" {\n${requirements}\n}`;
  const badge = readRules({ source, hash: source });
  if (badge === null) throw new Error('the rules are sound');
  const reached = outcome(badge, contributions);
  return taskGroups(badge, reached, explainOutcome(badge, contributions, reached), {
    now: instantFromDate(new Date(now)),
    nameOf: (id) => (id === 'base' ? 'The base' : id),
    t,
  });
}

const titleOf = (body: string): string | undefined => groupsOf(`requirement r {\n${body}\n}`)[0]?.tasks[0]?.title;

const contribution = (
  at: string,
  requirements: readonly string[],
  penalties: readonly string[] = [],
): Contribution => ({
  ...{ eventId: at, at: instantFromDate(new Date(at)), order: 0, badge: null, values: {} },
  requirements,
  penalties,
});

describe('what a badge asks of a learner, in words', () => {
  for (const [rule, words] of [
    [`description "Passes the exam." on ${PASSING} where course.course_key.org = "X"`, 'Passes the exam.'],
    [
      `on ${PASSING} where is_passing = true and course.course_key = "course-v1:Acme+CS1+2026"`,
      'Pass CS1 (Acme, 2026)',
    ],
    [`on ${PASSING} where is_passing`, 'Pass a course'],
    [`on ${PASSING}`, 'Pass a course'],
    [
      `on ${PASSING} where is_passing and course.course_key in ["course-v1:A+B+C", "course-v1:D+E+F", "odd"]`,
      'Pass B (A, C), E (D, F) or odd',
    ],
    [`on ${PASSING} where is_passing and course.course_key.org = "Acme"`, 'Pass a course, with further conditions'],
    [`on ${PASSING} where is_passing = false`, 'Pass a course, with further conditions'],
    [
      `on ${PASSING} where is_passing or course.course_key = "course-v1:A+B+C"`,
      'Pass a course, with further conditions',
    ],
    [
      `on ${PASSING} where is_passing count 3 distinct course.course_key within 30 days`,
      'Pass 3 different courses, all within 30 days',
    ],
    [`on ${PASSING} where is_passing and course.course_key = "course-v1:A+B+C" count 2`, 'Pass B (A, C), 2 times'],
    ['on badge "base" awarded', 'Earn the badge The base'],
    ['on badge "base" awarded count 2', 'Earn the badge The base, 2 times'],
    ['on org.openedx.learning.course.enrollment.created.v1', 'Enrol in a course'],
    ['on org.openedx.learning.cohort_membership.changed.v1', 'Take part in the LMS (cohort membership changed)'],
  ] as const)
    it(`"${rule}" is "${words}"`, () => {
      expect(titleOf(rule)).to.equal(words);
    });

  const rules = `
  requirement first in group A {
    description "First"
    on ${PASSING}
    count 2
  }
  requirement second in group B {
    description "Second"
    on ${PASSING}
    after first
  }
  requirement other in group B {
    description "Other"
    on ${PASSING}
  }
  penalty undone {
    on ${PASSING}
    resets other
  }`;
  const standing = (...contributions: readonly Contribution[]) =>
    groupsOf(rules, contributions).map(({ done, tasks }) => [done, ...tasks.map((task) => task.standing)]);

  it('says how each stands, and that one of a group is enough', () => {
    expect(standing()).to.deep.equal([
      [false, '0 of 2 so far'],
      [false, 'Not done yet; this comes first: First', 'Not done yet'],
    ]);
    expect(standing(contribution('2026-01-01T00:00:00Z', ['first', 'second', 'other']))).to.deep.equal([
      [false, '1 of 2 so far'],
      [true, 'What you did came too early: it counts only after this is done: First', 'Done'],
    ]);
    expect(
      standing(
        contribution('2026-01-01T00:00:00Z', ['other']),
        contribution('2026-01-02T00:00:00Z', [], ['undone']),
        contribution('2026-01-03T00:00:00Z', ['first']),
        contribution('2026-01-04T00:00:00Z', ['first']),
      ),
    ).to.deep.equal([
      [true, 'Done'],
      [false, 'Not done yet', 'You had done it, but a later result undid it: it has to be done again'],
    ]);
  });

  it('says when the time for it begins and has ended', () => {
    const timed = `requirement r {\n on ${PASSING}\n from 2026-03-01 until 2026-05-01\n}`;
    const at = (now: string) => groupsOf(timed, [], now)[0]?.tasks[0]?.standing;
    expect(at('2026-02-01T00:00:00Z')).to.equal('It counts from 1 Mar 2026, 00:00 UTC');
    expect(at('2026-04-01T00:00:00Z')).to.equal('Not done yet');
    expect(at('2026-06-01T00:00:00Z')).to.match(/^The time for this ended on \d/);
  });

  it('names courses as people know them', () => {
    expect(courseText('course-v1:Acme+CS1+2026')).to.equal('CS1 (Acme, 2026)');
    expect(courseText('ccx-v1:Acme+CS1+2026+ccx@3')).to.equal('CS1 (Acme, 2026)');
    expect(courseText('path-v1:Acme+DS+2026+main')).to.equal('path-v1:Acme+DS+2026+main');
  });
});
