import { expect } from 'chai';
import { describeChange } from '../../../plugin/badges/describe-change.ts';
import { environment } from '../../support/dsl-harness.ts';
import { aBadge, aPenalty, aRequirement, onBadge, passed } from '../../support/rule-values.ts';

describe('what a change of a badge means', () => {
  const { eventTypes } = environment;
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
    expect(describeChange(before, after, eventTypes)).to.deep.equal([
      'name is now "Another name"',
      'repeatable is without a limit, it was no',
      'requirement one: the condition is narrower: it takes some of the events that it took, and no other',
      '  - (every event of the type)',
      '  + is_passing',
      '    no longer: {"is_passing":false}',
      'requirement one: count is 3, it was 1',
      '+ requirement fresh is added: on badge "x" awarded',
      '- requirement gone is removed: on org.openedx.learning.course.passing.status.updated.v1',
      'penalty late: resets is one, two, it was one',
    ]);
  });

  it('tells limits of awards apart, where JSON would not', () => {
    const often = { ...before, repeatable: true, maxAwards: 3 };
    expect(describeChange(often, { ...often, maxAwards: Number.POSITIVE_INFINITY }, eventTypes)).to.deep.equal([
      'repeatable is without a limit, it was up to 3 times',
    ]);
  });

  it('may be nothing', () => {
    expect(describeChange(before, before, eventTypes)).to.deep.equal([
      'the same meaning: only comments, order or tests changed',
    ]);
    expect(describeChange(null, before, eventTypes)).to.deep.equal(['the text in force could not be read any more']);
  });
});
