import { expect } from 'chai';
import fc from 'fast-check';
import { type Condition, compareConditions, compileCondition, type RuleEvent } from '../../../dsl/index.ts';
import { anyConditions, eventsOfEveryKind, everyKind, exactConditions } from '../../support/compare-arbitraries.ts';

const facts = { eventType: everyKind.name, fields: everyKind.fields };

function leavesOf(condition: Condition): number {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.operands.reduce((sum, operand) => sum + leavesOf(operand), 0);
    case 'not':
      return leavesOf(condition.operand);
    default:
      return 1;
  }
}

describe('comparing conditions, against asking them', () => {
  const check = (old: Condition, next: Condition, events: readonly RuleEvent[]): string => {
    const { relation, onlyOld, onlyNew } = compareConditions(old, next, facts);
    const [holdsBefore, holdsAfter] = [compileCondition(old), compileCondition(next)];
    if (onlyOld !== null) expect([holdsBefore(onlyOld), holdsAfter(onlyOld)]).to.deep.equal([true, false]);
    if (onlyNew !== null) expect([holdsBefore(onlyNew), holdsAfter(onlyNew)]).to.deep.equal([false, true]);
    for (const event of events) {
      const [a, b] = [holdsBefore(event), holdsAfter(event)];
      const told = JSON.stringify({ relation, payload: event.payload, id: event.id, time: event.time });
      if (relation === 'equivalent' || relation === 'same') expect(a, told).to.equal(b);
      if (relation === 'narrower') expect(b && !a, told).to.equal(false);
      if (relation === 'wider') expect(a && !b, told).to.equal(false);
      if (relation === 'disjoint') expect(a && b, told).to.equal(false);
    }
    return relation;
  };
  const samples = fc.array(eventsOfEveryKind, { minLength: 30, maxLength: 60 });

  it('never claims what an event contradicts, and every example is one', () => {
    fc.assert(
      fc.property(anyConditions, anyConditions, samples, (old, next, events) => {
        check(old, next, events);
      }),
      { numRuns: 400 },
    );
  });

  it('always decides where no texts are matched', () => {
    fc.assert(
      fc.property(exactConditions, exactConditions, samples, (old, next, events) => {
        expect(check(old, next, events)).not.to.equal('undecided');
      }),
      { numRuns: 400 },
    );
  });

  it('sees through every other way of writing the same', () => {
    const rewritten = (condition: Condition): Condition => {
      switch (condition.kind) {
        case 'and':
        case 'or':
          return {
            kind: 'not',
            operand: {
              kind: condition.kind === 'and' ? 'or' : 'and',
              operands: condition.operands
                .map((operand): Condition => ({ kind: 'not', operand: rewritten(operand) }))
                .reverse(),
            },
          };
        case 'not':
          return { kind: 'not', operand: rewritten(condition.operand) };
        default:
          return { kind: 'not', operand: { kind: 'not', operand: condition } };
      }
    };
    fc.assert(
      fc.property(anyConditions, (condition) => {
        const { relation } = compareConditions(condition, rewritten(condition), facts);
        // of many comparisons there may be too much to try, which is said
        expect(relation).to.be.oneOf(leavesOf(condition) > 12 ? ['equivalent', 'undecided'] : ['equivalent']);
      }),
      { numRuns: 300 },
    );
  });

  it('finds a narrowing and a widening', () => {
    fc.assert(
      fc.property(exactConditions, exactConditions, samples, (a, b, events) => {
        expect(check(a, { kind: 'and', operands: [a, b] }, events)).to.be.oneOf(['narrower', 'equivalent']);
        expect(check(a, { kind: 'or', operands: [a, b] }, events)).to.be.oneOf(['wider', 'equivalent']);
        expect(check(a, { kind: 'not', operand: a }, events)).to.be.oneOf(['disjoint', 'narrower', 'wider']);
      }),
      { numRuns: 200 },
    );
  });
});
