/** What every counter of calls promises. */

import { expect } from 'chai';
import type { RateLimits } from '../../plugin/ports/rate-limits.ts';

const limit = { calls: 3, periodMs: 1_000 };
const at = (ms: number): Date => new Date(Date.UTC(2026, 5, 1) + ms);

/** @param make several that share their counts, as processes do */
export function rateLimitsContract(name: string, make: () => Promise<readonly [RateLimits, RateLimits]>): void {
  describe(`${name} as rate limits`, () => {
    let one: RateLimits;
    let other: RateLimits;
    beforeEach(async () => {
      [one, other] = await make();
    });

    it('lets as many calls through as the period allows, whoever asks, and says when the next begins', async () => {
      expect(await one.take('a', limit, at(0))).to.equal(null);
      expect(await other.take('a', limit, at(10))).to.equal(null);
      expect(await one.take('a', limit, at(999))).to.equal(null);
      expect(await one.take('a', limit, at(999))).to.deep.equal(at(1_000));
      expect(await other.take('a', limit, at(500))).to.deep.equal(at(1_000));
      expect(await other.take('a', limit, at(1_000))).to.equal(null);
    });

    it('counts for each that is called by itself', async () => {
      for (let call = 0; call < 3; call++) await one.take('a', limit, at(0));
      expect(await one.take('b', limit, at(0))).to.equal(null);
      expect(await one.take('a', limit, at(0))).not.to.equal(null);
    });

    it('counts a call no more that was given back, and nothing for one that was never made', async () => {
      await one.giveBack('a', limit, at(0));
      for (let call = 0; call < 3; call++) await one.take('a', limit, at(0));
      await other.giveBack('a', limit, at(0));
      expect(await one.take('a', limit, at(0))).to.equal(null);
      expect(await one.take('a', limit, at(0))).not.to.equal(null);
    });

    it('lets no more through when many ask at the same time', async () => {
      const asked = Array.from({ length: 20 }, (_, number) => (number % 2 ? one : other).take('a', limit, at(0)));
      const answers = await Promise.all(asked);
      expect(answers.filter((answer) => answer === null)).to.have.length(3);
    });
  });
}
