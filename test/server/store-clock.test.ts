import { expect } from 'chai';
import sinon from 'sinon';
import { silentLogger } from '../../plugin/ports/runtime.ts';
import { createStoreClock } from '../../server/store-clock.ts';

const NOON = Date.parse('2026-03-01T12:00:00Z');

describe('the clock of the database', () => {
  function aClock({ aheadMs = 0, tookMs = 0 }) {
    const world = { at: NOON, aheadMs, tookMs };
    const warn = sinon.spy();
    const clock = createStoreClock({
      own: { now: () => new Date(world.at + world.aheadMs) },
      ask: async () => {
        world.at += world.tookMs / 2;
        const told = new Date(world.at);
        world.at += world.tookMs / 2;
        return told;
      },
      logger: { ...silentLogger, warn },
    });
    return { world, clock, warn };
  }

  for (const minutes of [5, -5]) {
    it(`X9: is told by a machine that is ${minutes} minutes off, which is warned of once`, async () => {
      const { world, clock, warn } = aClock({ aheadMs: minutes * 60_000, tookMs: 20 });
      await clock.compare();
      await clock.compare();
      world.at = NOON + 90_000;
      expect(clock.now().getTime() - world.at).to.be.within(-20, 20);
      expect(warn.args).to.deep.equal([
        [
          'the clock of this machine differs from that of the database, which counts; set it',
          { aheadMs: minutes * 60_000 },
        ],
      ]);
    });
  }

  it('follows a machine whose clock is set right', async () => {
    const { world, clock } = aClock({ aheadMs: 3_600_000 });
    await clock.compare();
    world.aheadMs = 0;
    await clock.compare();
    expect(clock.now()).to.deep.equal(new Date(world.at));
  });

  it('takes no difference out of an answer that took longer than it, or too long', async () => {
    const small = aClock({ aheadMs: 30, tookMs: 100 });
    await small.clock.compare();
    expect(small.clock.now().getTime()).to.equal(small.world.at + 30);
    const slow = aClock({ aheadMs: 300_000, tookMs: 60_000 });
    await slow.clock.compare();
    expect(slow.clock.now().getTime()).to.equal(slow.world.at + 300_000);
    expect(slow.warn.args).to.deep.equal([]);
  });

  it('is as it was where the database does not answer', async () => {
    const clock = createStoreClock({
      own: { now: () => new Date(NOON) },
      ask: () => Promise.reject(new Error('away')),
      logger: silentLogger,
    });
    expect(await clock.compare().catch((error: Error) => error.message)).to.equal('away');
    expect(clock.now()).to.deep.equal(new Date(NOON));
  });
});
