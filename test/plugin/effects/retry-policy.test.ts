import { expect } from 'chai';
import fc from 'fast-check';
import { defaultRetryPolicy, retryDelayMs } from '../../../plugin/effects/retry-policy.ts';

const HOUR_MS = 3_600_000;

describe('the retry policy', () => {
  const longest = (attempts: number) => retryDelayMs(attempts, null, defaultRetryPolicy, 1);

  it('doubles the longest delay up to an hour', () => {
    expect([1, 2, 3, 10, 11, 12, 1_000].map(longest)).to.deep.equal([
      2_000,
      4_000,
      8_000,
      1_024_000,
      2_048_000,
      HOUR_MS,
      HOUR_MS,
    ]);
  });

  it('spreads delays over the whole range, and never retries at once', () => {
    expect(retryDelayMs(3, null, defaultRetryPolicy, 0.5)).to.equal(4_000);
    expect(retryDelayMs(3, null, defaultRetryPolicy, 0)).to.equal(100);
  });

  it('waits as long as the other side asks, up to a day', () => {
    expect(retryDelayMs(1, 7 * HOUR_MS, defaultRetryPolicy, 0)).to.equal(7 * HOUR_MS);
    expect(retryDelayMs(12, 1_000, defaultRetryPolicy, 1)).to.equal(HOUR_MS);
    expect(retryDelayMs(1, 1e12, defaultRetryPolicy, 1)).to.equal(24 * HOUR_MS);
  });

  it('never leaves its bounds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempts, random) => {
        expect(retryDelayMs(attempts, null, defaultRetryPolicy, random)).to.be.within(100, HOUR_MS);
      }),
    );
  });
});
