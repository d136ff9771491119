import { expect } from 'chai';
import { describeChange } from '../../../plugin/badges/describe-change.ts';
import { aBadge, aPenalty, aRequirement, onBadge, passed } from '../../support/rule-values.ts';

describe('what a change of a badge means', () => {
  const before = aBadge({
    requirements: [aRequirement({ id: 'one' }), aRequirement({ id: 'two' }), aRequirement({ id: 'gone' })],
    penalties: [aPenalty({ id: 'late', resets: ['one'] })],
  });

  it('is told by part', () => {
    const after = {
      ...before,
      name: 'Another name',
      repeatable: true,
      maxAwards: Number.POSITIVE_INFINITY,
      requirements: [
        aRequirement({ id: 'one', where: passed, count: 3 }),
        aRequirement({ id: 'two' }),
        aRequirement({ id: 'fresh', on: onBadge('x') }),
      ],
      penalties: [aPenalty({ id: 'late', resets: ['one', 'two'] })],
    };
    expect(describeChange(before, after)).to.deep.equal([
      'name changed',
      'repeatable changed',
      'requirement one: condition, count changed',
      'requirement fresh added',
      'requirement gone removed',
      'penalty late: resets changed',
    ]);
  });

  it('tells limits of awards apart, where JSON would not', () => {
    const often = { ...before, repeatable: true, maxAwards: 3 };
    expect(describeChange(often, { ...often, maxAwards: Number.POSITIVE_INFINITY })).to.deep.equal([
      'repeatable changed',
    ]);
  });

  it('may be nothing', () => {
    expect(describeChange(before, before)).to.deep.equal(['the same meaning: only comments, order or tests changed']);
    expect(describeChange(null, before)).to.deep.equal(['the text in force could not be read any more']);
  });
});
