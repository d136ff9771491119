import { expect } from 'chai';
import type { LaneState } from '../../../../plugin/badges/dispatcher.ts';
import { MemoryActivityStore } from '../../../../plugin/ports/memory-activity-store.ts';
import { readHealth, shownHealth } from '../../../../server/http/providers/provider-health.ts';
import { sourceTranslator } from '../../../../server/i18n/translator.ts';

const now = new Date('2026-06-02T09:30:00Z');
const HOUR_MS = 3_600_000;
const ago = (hours: number): Date => new Date(now.getTime() - hours * HOUR_MS);

describe('the health of a provider', () => {
  let activity: MemoryActivityStore;
  let lane: LaneState;
  beforeEach(() => {
    activity = new MemoryActivityStore();
    lane = { lane: 'credly', state: 'closed', failures: 0, until: null };
  });

  async function called(at: Date, calls: number, failures: number): Promise<void> {
    const succeededAt = failures < calls ? at : null;
    await activity.add(at, {}, new Map([['credly', { calls, failures, succeededAt }]]));
  }

  async function said(): Promise<string> {
    const health = await readHealth({ activity, lanes: () => [lane], clock: { now: () => now } }, ['hall', 'credly']);
    const ofCredly = health.get('credly');
    if (ofCredly === undefined) return 'unknown';
    const sentences = shownHealth(ofCredly, sourceTranslator());
    return sentences.map((parts) => parts.map(({ text }) => text).join('')).join(' ');
  }

  it('is not known before the first call', async () => {
    expect(await said()).to.equal('No call in the last 30 days.');
  });

  it('is its last success and how many of the calls of the last 24 hours failed', async () => {
    await called(ago(23), 100, 2);
    await called(ago(1), 40, 0);
    expect(await said()).to.equal('Last success 2 Jun 2026, 08:30 UTC. 2 of 140 calls failed in the last 24 hours.');
  });

  it('is said in a sentence of its own where none failed, or where there is one call', async () => {
    await called(ago(1), 1, 0);
    expect(await said()).to.equal(
      'Last success 2 Jun 2026, 08:30 UTC. 1 call in the last 24 hours, which did not fail.',
    );
    await called(ago(0), 1_200, 0);
    expect(await said()).to.equal(
      'Last success 2 Jun 2026, 09:30 UTC. 1,201 calls in the last 24 hours, none of which failed.',
    );
  });

  it('says so when nothing has succeeded', async () => {
    await called(ago(1), 1, 1);
    expect(await said()).to.equal(
      'No call has succeeded in the last 30 days. 1 of 1 call failed in the last 24 hours.',
    );
  });

  it('knows a last success that is long ago, and does not look for one before that', async () => {
    await called(ago(24 * 31), 5, 1);
    expect(await said()).to.equal('No call in the last 30 days.');
    await called(ago(24 * 20), 5, 1);
    expect(await said()).to.equal('Last success 13 May 2026, 09:30 UTC. No calls in the last 24 hours.');
  });

  it('says until when this process leaves it alone, and when it tries again', async () => {
    await called(ago(1), 5, 5);
    const rate = 'No call has succeeded in the last 30 days. 5 of 5 calls failed in the last 24 hours.';
    lane = { lane: 'credly', state: 'open', failures: 5, until: new Date('2026-06-02T10:32:00Z') };
    expect(await said()).to.equal(`${rate} Left alone until 2 Jun 2026, 10:32 UTC, because it failed repeatedly.`);
    lane = { lane: 'credly', state: 'half-open', failures: 5, until: null };
    expect(await said()).to.equal(`${rate} It failed repeatedly and is being tried again.`);
  });
});
