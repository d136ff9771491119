import { expect } from 'chai';
import { type Badge, type Contribution, explainCondition, explainOutcome, outcome } from '../../dsl/index.ts';
import {
  aBadge,
  aContribution,
  allOf,
  anEvent,
  anyOf,
  aPenalty,
  aRequirement,
  day,
  differs,
  equals,
  isTrue,
  not,
  onBadge,
  PASSING,
  path,
} from '../support/rule-values.ts';

const DAY_MS = 86_400_000;

describe('explainCondition', () => {
  const event = anEvent({ payload: { is_passing: true, grade: 40, course: { course_key: 'course-v1:O+C+R' } } });
  const grade = path('grade', 'number');

  it('says that it holds', () => {
    expect(explainCondition(isTrue('is_passing'), event)).to.deep.equal({ holds: true, failed: null });
  });

  it('names the first failing part of an and with the value that was there', () => {
    const condition = allOf(isTrue('is_passing'), allOf(differs(grade, 40), equals(grade, 41)), isTrue('absent'));
    expect(explainCondition(condition, event)).to.deep.equal({
      holds: false,
      failed: { text: 'grade != 40', value: 40 },
    });
  });

  it('blames the whole of an or and of a not, with the value where they are about one path', () => {
    expect(explainCondition(anyOf(equals(grade, 1), equals(grade, 2)), event).failed).to.deep.equal({
      text: 'grade = 1 or grade = 2',
      value: 40,
    });
    expect(explainCondition(anyOf(equals(grade, 1), isTrue('absent')), event).failed).to.deep.equal({
      text: 'grade = 1 or absent',
      value: null,
    });
    expect(explainCondition(not(isTrue('is_passing')), event).failed).to.deep.equal({
      text: 'not is_passing',
      value: true,
    });
  });

  it('shows a part of a key, and null for what is absent', () => {
    const org = path('course.course_key', 'string', 'org');
    expect(explainCondition(equals(org, 'X'), event).failed?.value).to.equal('O');
    expect(explainCondition(isTrue('absent'), event).failed?.value).to.equal(null);
  });
});

describe('explainOutcome', () => {
  const explain = (badge: Badge, ...contributions: Contribution[]): (readonly [string, string])[] =>
    explainOutcome(badge, contributions, outcome(badge, contributions)).map(
      ({ state, text }) => [state, text] as const,
    );
  const meets = (n: number, ...requirements: string[]): Contribution =>
    aContribution({ eventId: `e${n}`, at: day(n), requirements });

  it('has one entry per requirement, with its group', () => {
    const badge = aBadge({
      requirements: [aRequirement({ id: 'a', group: 'A' }), aRequirement({ id: 'b', group: 'A' })],
    });
    expect(explainOutcome(badge, [], outcome(badge, []))).to.deep.equal([
      { requirement: 'a', group: 'A', state: 'missing', text: `needs 1 matching event of type ${PASSING}` },
      { requirement: 'b', group: 'A', state: 'missing', text: `needs 1 matching event of type ${PASSING}` },
    ]);
  });

  it('says which events fulfilled it', () => {
    expect(explain(aBadge(), meets(1, 'demo'))).to.deep.equal([
      ['fulfilled', 'fulfilled by event e1 at 2026-03-01T00:00:00Z'],
    ]);
    const many = aBadge({ requirements: [aRequirement({ count: 5 })] });
    expect(explain(many, ...[1, 2, 3, 4, 5].map((n) => meets(n, 'demo')))).to.deep.equal([
      ['fulfilled', 'fulfilled by events e1, e2, e3 and 2 more, the last at 2026-03-05T00:00:00Z'],
    ]);
  });

  it('says how many are missing', () => {
    const badge = aBadge({
      requirements: [aRequirement({ count: 5, distinct: path('course.course_key'), withinMs: 365 * DAY_MS })],
    });
    const values = (value: string): Partial<Contribution> => ({ values: { demo: value } });
    expect(explain(badge)).to.deep.equal([
      ['missing', 'needs 5 different values of course.course_key within 365 days'],
    ]);
    expect(
      explain(badge, { ...meets(1, 'demo'), ...values('s:a') }, { ...meets(2, 'demo'), ...values('s:b') }),
    ).to.deep.equal([
      [
        'in-progress',
        'needs 3 more different values of course.course_key within 365 days; has events e1 and e2, the last at 2026-03-02T00:00:00Z',
      ],
    ]);
  });

  it('says which badge is missing', () => {
    expect(explain(aBadge({ requirements: [aRequirement({ on: onBadge('base') })] }))).to.deep.equal([
      ['missing', 'needs 1 award of badge base'],
    ]);
  });

  it('says what a requirement waits for', () => {
    const badge = aBadge({
      requirements: [aRequirement({ id: 'x' }), aRequirement({ id: 'y', after: 'x' })],
    });
    expect(explain(badge)[1]).to.deep.equal([
      'missing',
      `needs 1 matching event of type ${PASSING} after requirement x is fulfilled`,
    ]);
    expect(explain(badge, meets(1, 'y'))[1]).to.deep.equal([
      'waiting',
      `needs 1 matching event of type ${PASSING} after requirement x is fulfilled; 1 matching event came too early to count`,
    ]);
  });

  it('says which penalty reset it, not one that had nothing to reset', () => {
    const badge = aBadge({ penalties: [aPenalty()] });
    const penalty = (n: number): Contribution => aContribution({ eventId: `p${n}`, at: day(n), penalties: ['failed'] });
    const expected = [
      [
        'reset',
        `reset by penalty failed with event p2 at 2026-03-02T00:00:00Z; needs 1 matching event of type ${PASSING}`,
      ],
    ];
    expect(explain(badge, meets(1, 'demo'), penalty(2), penalty(3))).to.deep.equal(expected);
    expect(explain(badge, penalty(2))).to.deep.equal([['missing', `needs 1 matching event of type ${PASSING}`]]);
  });

  it('speaks of the round in progress only', () => {
    const badge = aBadge({ repeatable: true, maxAwards: 2, requirements: [aRequirement()], penalties: [aPenalty()] });
    expect(explain(badge, meets(1, 'demo'))).to.deep.equal([['missing', `needs 1 matching event of type ${PASSING}`]]);
    expect(explain(badge, meets(1, 'demo'), meets(2, 'demo'))).to.deep.equal([
      ['missing', 'nothing counts any more: the badge was awarded as often as it can be'],
    ]);
  });
});
