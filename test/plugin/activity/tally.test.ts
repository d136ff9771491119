import { expect } from 'chai';
import { createActivityTally } from '../../../plugin/activity/tally.ts';
import { StoreError } from '../../../plugin/errors.ts';
import { MemoryActivityStore } from '../../../plugin/ports/memory-activity-store.ts';
import type { IssuedBadge, Progress } from '../../../plugin/ports/progress-store.ts';
import { activityStoreContract } from '../../contracts/activity-store.ts';

activityStoreContract('memory', async () => new MemoryActivityStore());

const now = new Date('2026-06-01T09:30:00Z');
const clock = { now: () => now };
const day = { from: new Date('2026-06-01'), to: new Date('2026-06-02') };

function progressWith(...revokedAts: readonly (string | null)[]): Progress {
  return { issued: revokedAts.map((revokedAt) => ({ revokedAt }) as IssuedBadge) } as Partial<Progress> as Progress;
}

describe('activity tally', () => {
  let store: MemoryActivityStore;
  beforeEach(() => {
    store = new MemoryActivityStore();
  });

  async function stored() {
    return (await store.between(day.from, day.to)).map(({ counts }) => counts);
  }

  it('counts events by their outcome, badges given and taken back, and calls that failed', async () => {
    const tally = createActivityTally({ store, clock });
    for (const outcome of ['matched', 'ignored', 'failed', 'dead'] as const) tally.event(outcome);
    tally.progress(null, progressWith(null));
    tally.progress(progressWith(null), progressWith('2026-06-01T09:00:00Z', null));
    tally.progress(progressWith(null), progressWith(null));
    tally.failedCall();
    await tally.flush();
    expect(await stored()).to.deep.equal([{ events: 4, matches: 1, awards: 2, revocations: 1, failures: 3 }]);
  });

  it('counts calls by the provider that they went to, and none to the bus', async () => {
    const tally = createActivityTally({ store, clock });
    for (const hasSucceeded of [true, false, true]) tally.call('credly', hasSucceeded);
    tally.call('hall', false);
    tally.call('(event bus)', true);
    await tally.flush();
    expect(Object.fromEntries(await store.callsBetween(day.from, day.to))).to.deep.equal({
      credly: { calls: 3, failures: 1, succeededAt: now },
      hall: { calls: 1, failures: 1, succeededAt: null },
    });
  });

  it('writes once for everything since the last time, and nothing when nothing happened', async () => {
    let writes = 0;
    const tally = createActivityTally({ store: { add: async () => void writes++ }, clock });
    await tally.flush();
    for (let event = 0; event < 1_000; event++) tally.event('ignored');
    await tally.flush();
    await tally.flush();
    expect(writes).to.equal(1);
  });

  it('keeps what could not be written for the next time, with what came meanwhile', async () => {
    let away = true;
    const failing = {
      add: async (...call: Parameters<MemoryActivityStore['add']>) => {
        if (away) throw new StoreError('unavailable', 'away');
        await store.add(...call);
      },
    };
    const tally = createActivityTally({ store: failing, clock });
    tally.event('matched');
    tally.call('credly', true);
    let refused: unknown;
    const flushing = tally.flush().catch((error: unknown) => {
      refused = error;
    });
    tally.event('matched');
    tally.call('credly', false);
    await flushing;
    expect(refused).to.be.instanceOf(StoreError);
    away = false;
    await tally.flush();
    expect(await stored()).to.deep.equal([{ events: 2, matches: 2, awards: 0, revocations: 0, failures: 0 }]);
    expect((await store.callsBetween(day.from, day.to)).get('credly')).to.deep.equal({
      calls: 2,
      failures: 1,
      succeededAt: now,
    });
  });
});
