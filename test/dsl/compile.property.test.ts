import { expect } from 'chai';
import fc from 'fast-check';
import { compileCondition } from '../../dsl/index.ts';
import { holds } from '../support/reference-interpreter.ts';
import { conditions, events } from '../support/rule-arbitraries.ts';

describe('compileCondition, on generated conditions and events', () => {
  it('holds exactly when the reference interpreter says so', () => {
    fc.assert(
      fc.property(conditions, events, (condition, event) => {
        expect(compileCondition(condition)(event)).to.equal(holds(condition, event));
      }),
      { numRuns: 10_000 },
    );
  });

  it('never throws, whatever the payload is', () => {
    fc.assert(
      fc.property(conditions, events, fc.anything(), (condition, event, payload) => {
        const odd = { ...event, payload: payload as Record<string, unknown> };
        expect(compileCondition(condition)(odd)).to.be.a('boolean');
      }),
      { numRuns: 3_000 },
    );
  });
});
