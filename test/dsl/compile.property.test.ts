import { expect } from 'chai';
import fc from 'fast-check';
import { compileCondition } from '../../dsl/index.ts';
import { holds } from '../support/reference-interpreter.ts';
import { conditions, events } from '../support/rule-arbitraries.ts';

/** Thousands of cases take a second or two, and longer where other work shares the machine. */
const GENEROUS_MS = 60_000;

describe('compileCondition, on generated conditions and events', () => {
  it('holds exactly when the reference interpreter says so', function () {
    this.timeout(GENEROUS_MS);
    fc.assert(
      fc.property(conditions, events, (condition, event) => {
        expect(compileCondition(condition)(event)).to.equal(holds(condition, event));
      }),
      { numRuns: 5_000 },
    );
  });

  it('never throws, whatever the payload is', function () {
    this.timeout(GENEROUS_MS);
    fc.assert(
      fc.property(conditions, events, fc.anything(), (condition, event, payload) => {
        const odd = { ...event, payload: payload as Record<string, unknown> };
        expect(compileCondition(condition)(odd)).to.be.a('boolean');
      }),
      { numRuns: 2_000 },
    );
  });
});
