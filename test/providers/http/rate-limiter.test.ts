import { expect } from 'chai';
import { ProviderError, StoreError } from '../../../plugin/errors.ts';
import { MemoryRateLimits, type RateLimits } from '../../../plugin/ports/rate-limits.ts';
import { accredibleLimit } from '../../../providers/accredible/limits.ts';
import { createRateLimiter } from '../../../providers/http/rate-limiter.ts';
import { rateLimitsContract } from '../../contracts/rate-limits.ts';
import { StandingClock } from '../../support/badge-world.ts';

rateLimitsContract('memory', async () => {
  const limits = new MemoryRateLimits();
  return [limits, limits];
});

describe('the rate limiter', () => {
  const base = { key: 'https://api.example.org/', peer: 'Example', random: () => 0.5 };

  function makeLimiter(
    limits: Pick<RateLimits, 'take'> = new MemoryRateLimits(),
    limit = { calls: 2, periodMs: 1_000 },
    longestWaitMs = 5_000,
  ) {
    const clock = new StandingClock();
    const waits: number[] = [];
    const pause = async (ms: number) => {
      waits.push(ms);
      clock.advance(ms);
    };
    return { clock, waits, limiter: createRateLimiter({ ...base, limits, limit, clock, pause, longestWaitMs }) };
  }

  it('waits for the next period when this one is full, and not all at once', async () => {
    const { limiter, waits } = makeLimiter();
    for (let call = 0; call < 5; call++) await limiter.take();
    expect(waits).to.deep.equal([1_125, 1_000]);
  });

  it('gives up a wait that is too long, in a way that is tried again', async () => {
    const limits = { take: async (_key: string, _limit: object, now: Date) => new Date(now.getTime() + 1_000) };
    const { limiter, waits } = makeLimiter(limits);
    const error = await limiter.take().catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(ProviderError);
    const { code, message, retryAfterMs, ambiguous } = error as ProviderError;
    expect({ code, retryAfterMs, ambiguous }).to.deep.equal({
      code: 'provider.unavailable',
      retryAfterMs: 5_000,
      ambiguous: false,
    });
    expect(message).to.equal(
      'Example limits how often it may be called, and more is waiting than can be sent now; it is tried again by itself',
    );
    expect(waits.reduce((sum, ms) => sum + ms, 0)).to.be.at.most(5_000);
  });

  it('ends when it is no longer wanted', async () => {
    const limits = { take: async (_key: string, _limit: object, now: Date) => new Date(now.getTime() + 60_000) };
    const signal = AbortSignal.timeout(20);
    const limiter = createRateLimiter({ ...base, limits, limit: { calls: 1, periodMs: 60_000 }, longestWaitMs: 1e6 });
    const error = await limiter.take(signal).catch((thrown: unknown) => thrown);
    expect((error as ProviderError).message).to.equal('the call to Example was ended before its turn came');
  });

  it('lets no call through when the store is away', async () => {
    const limits = { take: () => Promise.reject(new StoreError('unavailable', 'the database does not answer')) };
    const { limiter } = makeLimiter(limits);
    const error = await limiter.take().catch((thrown: unknown) => thrown);
    expect((error as StoreError).code).to.equal('store.unavailable');
  });

  it('keeps below what Accredible allows in any thirty seconds, and near it', async () => {
    const { limiter, clock } = makeLimiter(new MemoryRateLimits(), accredibleLimit, 60_000);
    const times: number[] = [];
    for (let call = 0; call < 2_000; call++) {
      await limiter.take();
      times.push(clock.now().getTime());
    }
    for (const [at, from] of times.entries()) {
      const within = times.slice(at).filter((time) => time < from + 30_000).length;
      expect(within).to.be.at.most(200);
    }
    const lasted = (times.at(-1) ?? 0) - (times[0] ?? 0);
    expect(lasted).to.be.at.least(300_000);
    expect(lasted).to.be.at.most(450_000);
  });
});
