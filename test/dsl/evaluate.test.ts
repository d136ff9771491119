import { expect } from 'chai';
import { createRuleIndex, evaluate } from '../../dsl/index.ts';
import {
  aBadge,
  allOf,
  aPenalty,
  aRequirement,
  courseEvent,
  day,
  equals,
  not,
  onBadge,
  passed,
  passedCourse,
  path,
  summary,
} from '../support/rule-values.ts';

const base = aBadge({
  id: 'base',
  reAward: 'allowed',
  requirements: [aRequirement({ where: passedCourse('demo') })],
  penalties: [aPenalty({ where: allOf(not(passed), equals(path('course.course_key'), 'demo')) })],
});
const explorer = aBadge({
  id: 'explorer',
  requirements: [
    aRequirement({ id: 'base', on: onBadge('base') }),
    aRequirement({ id: 'more', where: passed, count: 2, distinct: path('course.course_key'), after: 'base' }),
  ],
  penalties: [aPenalty({ id: 'lost', on: onBadge('base', 'revoked'), resets: ['more'] })],
});
const story = [
  courseEvent('e1', day(1), 'other'),
  courseEvent('e2', day(2), 'demo'),
  courseEvent('e3', day(3), 'third'),
  courseEvent('e4', day(4), 'fourth'),
];

describe('evaluate', () => {
  it('answers for every badge, also where no event concerns it', () => {
    const results = evaluate([explorer, base], []);
    expect([...results].map(([id, { outcome }]) => [id, outcome.status])).to.deep.equal([
      ['explorer', 'none'],
      ['base', 'none'],
    ]);
  });

  it('carries awards and revocations on to the badges that wait for them, in whatever order they are given', () => {
    for (const badges of [
      [base, explorer],
      [explorer, base],
    ]) {
      const awarded = evaluate(badges, story).get('explorer');
      expect(awarded && summary(awarded.outcome)).to.deep.equal({
        status: 'awarded',
        progress: 1,
        fulfilled: ['base', 'more'],
        awards: 1,
        awardedAt: day(4),
      });
      expect(awarded?.contributions.map(({ eventId, order, badge }) => [eventId, order, badge])).to.deep.equal([
        ['e1', 0, null],
        ['e2', 0, null],
        ['e2', 1, 'base'],
        ['e3', 0, null],
        ['e4', 0, null],
      ]);
      const failing = [...story, courseEvent('e5', day(5), 'demo', false)];
      expect(evaluate(badges, failing).get('explorer')?.outcome.history[0]).to.deep.include({
        revokedAt: day(5),
        revokedBy: 'e5',
      });
    }
  });

  it('collapses events of one id and takes the earliest of contradicting ones', () => {
    const once = evaluate([base, explorer], story);
    expect(evaluate([base, explorer], [...story, ...story.toReversed()])).to.deep.equal(once);
    const later = courseEvent('e2', day(9), 'demo');
    expect(evaluate([base], [later, ...story]).get('base')?.outcome.awardedAt).to.equal(day(2));
    expect(evaluate([base], [...story, later]).get('base')?.outcome.awardedAt).to.equal(day(2));
  });

  it('takes an index that is already built', () => {
    expect(evaluate(createRuleIndex([base, explorer]), story)).to.deep.equal(evaluate([base, explorer], story));
  });

  it('ends on a cycle of badges that slipped past the checker', () => {
    const snake = aBadge({ id: 'snake', requirements: [aRequirement({ on: onBadge('snake') })] });
    expect(evaluate([snake], story).get('snake')?.outcome.status).to.equal('none');
  });
});
