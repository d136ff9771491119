/** A quick sample of what `npm run fuzz` does with a million texts. */

import { expect } from 'chai';
import fc from 'fast-check';
import { checkExpression } from '../../dsl/index.ts';
import { HOSTILE_SIZE, hostileShapes } from '../fuzz/hostile.ts';
import { inputOf, pairCount } from '../fuzz/inputs.ts';
import { minimise } from '../fuzz/minimise.ts';
import { tryText } from '../fuzz/violations.ts';
import { passed } from '../support/dsl-harness.ts';

/** Long enough for a machine that is busy with other things. */
const GENEROUS_MS = 60_000;

function survive(text: string, what: string): void {
  const { violation } = tryText(text);
  expect(violation, `${what}: ${JSON.stringify(text.slice(0, 2_000))}`).to.equal(null);
}

describe('any text', () => {
  it('is survived: one token or two, in every place', function () {
    this.timeout(GENEROUS_MS);
    // A prime step goes through all tokens and all places.
    for (let number = 0; number < pairCount; number += 23) survive(inputOf(1, number).text, `text ${number}`);
  });

  it('is survived: more tokens, valid files with pieces cut out or put in, bytes at random', function () {
    this.timeout(GENEROUS_MS);
    for (let number = pairCount; number < pairCount + 600; number++) {
      const { kind, text } = inputOf(2, number);
      if (kind !== 'hostile') survive(text, `text ${number}`);
    }
  });

  it('is survived as an expression by itself', function () {
    this.timeout(GENEROUS_MS);
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ maxLength: 60 })), (text) => {
        checkExpression(text, passed.fields);
      }),
      { numRuns: 200 },
    );
  });

  it('of 64 KiB is survived, and is that long', function () {
    this.timeout(GENEROUS_MS);
    const shapes = hostileShapes();
    for (let at = 0; at < shapes.length; at += 23) {
      const [name, make] = shapes[at] as (typeof shapes)[number];
      const text = make();
      expect(text.length, name).to.be.within(HOSTILE_SIZE * 0.8, HOSTILE_SIZE);
      survive(text, name);
    }
  });
});

describe('minimise', () => {
  it('leaves what is needed to break a promise, and nothing else', () => {
    const breaks = (text: string): boolean => text.includes('x') && text.includes('yy');
    expect(minimise(`${'a'.repeat(100)}x${'b'.repeat(77)}yyy#`, breaks)).to.equal('xyy');
    expect(minimise('', () => true)).to.equal('');
  });
});
