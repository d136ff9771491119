import { expect } from 'chai';
import fc from 'fast-check';
import { createRuleIndex, explainEvent } from '../../dsl/index.ts';
import { badges, events } from '../support/rule-arbitraries.ts';
import { allOf, anEvent, aPenalty, aRequirement, day, isTrue, onBadge, PASSING, path } from '../support/rule-values.ts';

describe('explainEvent', () => {
  const event = anEvent({ payload: { is_passing: false, secret: 'not asked for' } });

  it('says that it matches', () => {
    expect(explainEvent(aRequirement(), event)).to.deep.equal({
      eventId: 'e1',
      at: '2026-03-01T00:00:00Z',
      matches: true,
      reason: null,
      failed: null,
      distance: 0,
      text: 'matches',
    });
  });

  it('names what failed first, counts what failed, and shows nothing that was not asked for', () => {
    const where = allOf(isTrue('is_passing'), isTrue('is_late'));
    const explained = explainEvent(aPenalty({ where }), event);
    expect(explained).to.deep.include({ matches: false, reason: 'condition', distance: 2 });
    expect(explained.text).to.equal('does not count: is_passing is false, but must be true');
    expect(JSON.stringify(explained)).not.to.contain('not asked for');
  });

  it('says that it is of another type, too early, too late, or without the value to count', () => {
    const texts = [
      explainEvent(aRequirement({ on: { kind: 'event', type: 'a.b.v1' } }), event),
      explainEvent(aRequirement({ on: onBadge('base') }), event),
      explainEvent(aRequirement({ from: day(2) }), event),
      explainEvent(aRequirement({ until: day(1) }), event),
      explainEvent(aRequirement({ distinct: path('course.course_key') }), event),
    ].map(({ reason, text }) => `${reason}: ${text}`);
    expect(texts).to.deep.equal([
      `other-trigger: does not count: it is of type ${PASSING}, but asked for is events of type a.b.v1`,
      `other-trigger: does not count: it is of type ${PASSING}, but asked for is badge base being awarded`,
      'before-from: does not count: it is before 2026-03-02T00:00:00Z',
      'after-until: does not count: it is not before 2026-03-01T00:00:00Z',
      'no-value: does not count: it has no value at course.course_key, of which different ones are counted',
    ]);
  });

  it('agrees with the index on every event', () => {
    fc.assert(
      fc.property(badges, events, (badge, one) => {
        const match = createRuleIndex([badge]).match(one)[0]?.contribution;
        const matching = [...(match?.requirements ?? []), ...(match?.penalties ?? [])];
        const explained = [...badge.requirements, ...badge.penalties].filter((rule) => explainEvent(rule, one).matches);
        expect(explained.map(({ id }) => id)).to.deep.equal(matching);
      }),
      { numRuns: 300 },
    );
  });
});
