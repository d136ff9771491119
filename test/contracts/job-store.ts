/** What every job store promises. */

import { expect } from 'chai';
import type { Job, JobStore } from '../../plugin/ports/job-store.ts';
import { counts, words } from '../../plugin/words.ts';

const at = (minute: number): Date => new Date(Date.UTC(2026, 2, 1, 10, minute));

export function job(changes: Partial<Job> = {}): Job {
  return {
    id: 'j1',
    kind: 'count',
    title: 'Count to three',
    parameters: { 'a.b': ['$x', null, 1.5, true] },
    requestedBy: 'ada',
    reason: null,
    state: 'waiting',
    cursor: null,
    done: 0,
    total: null,
    counts: {},
    result: null,
    error: null,
    attempts: 0,
    cancelRequested: false,
    fence: 0,
    dueAt: at(0),
    createdAt: at(0),
    startedAt: null,
    finishedAt: null,
    ...changes,
  };
}

export function jobStoreContract(name: string, makeStore: () => Promise<JobStore>): void {
  describe(`${name} as a job store`, () => {
    let store: JobStore;
    beforeEach(async () => {
      store = await makeStore();
    });

    it('gives back what was put in, whatever the names in it', async () => {
      const all = job({
        cursor: { 'learner.$id': ['a', { b: null }] },
        counts: { 'kept.as$is': 2 },
        result: { sample: [{ constructor: 1 }] },
        error: { code: 'store.unavailable', message: 'away' },
        reason: 'because',
        total: 7,
        trace: { traceparent: `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`, tracestate: 'other=1' },
      });
      await store.create(all);
      expect(await store.get('j1')).to.deep.equal(all);
      expect(await store.get('j2')).to.equal(null);
    });

    it('tells how many open jobs put off a step that fails, and since when the longest does', async () => {
      expect(await store.postponed()).to.deep.equal({ count: 0, since: null });
      const failing = { state: 'running', attempts: 3, dueAt: at(9) } as const;
      await store.create(job({ id: 'late', ...failing, failingSince: at(5) }));
      await store.create(job({ id: 'early', ...failing, failingSince: at(2) }));
      await store.create(job({ id: 'old', ...failing, startedAt: at(4) }));
      await store.create(job({ id: 'fine', state: 'running' }));
      await store.create(job({ id: 'failed', ...failing, state: 'failed', failingSince: at(1) }));
      expect(await store.postponed()).to.deep.equal({ count: 3, since: at(2) });
      await store.checkpoint('early', 0, { attempts: 0, failingSince: null });
      expect(await store.postponed()).to.deep.equal({ count: 2, since: at(4) });
      const again = await store.resume('failed', at(8));
      expect(again).to.deep.include({ attempts: 0, failingSince: null });
    });

    it('lists the newest first, page by page, by kind and state', async () => {
      for (let n = 0; n < 5; n++)
        await store.create(job({ id: `j${n}`, createdAt: at(n >> 1), kind: n === 4 ? 'other' : 'count' }));
      const first = await store.list({ limit: 2 });
      expect(first.items.map(({ id }) => id)).to.deep.equal(['j4', 'j3']);
      const second = await store.list({ limit: 2, after: first.next ?? '' });
      expect(second.items.map(({ id }) => id)).to.deep.equal(['j2', 'j1']);
      const third = await store.list({ limit: 2, after: second.next ?? '' });
      expect(third).to.deep.include({ next: null });
      expect(third.items.map(({ id }) => id)).to.deep.equal(['j0']);
      expect((await store.list({ limit: 9, kind: 'other' })).items.map(({ id }) => id)).to.deep.equal(['j4']);
      expect((await store.list({ limit: 9, state: 'done' })).items).to.deep.equal([]);
    });

    it('gives each due job to one taker only, the longest due first', async () => {
      await store.create(job({ id: 'late', dueAt: at(2) }));
      await store.create(job({ id: 'early', dueAt: at(1) }));
      await store.create(job({ id: 'other', kind: 'unknown here' }));
      await store.create(job({ id: 'future', dueAt: at(9) }));
      const taken = await Promise.all(Array.from({ length: 6 }, () => store.claim(['count'], at(5), at(6))));
      expect(taken.flatMap((one) => one?.id ?? []).sort()).to.deep.equal(['early', 'late']);
      expect(await store.get('early')).to.deep.include({ state: 'running', fence: 1, dueAt: at(6), startedAt: at(5) });
    });

    it('keeps the words of a title', async () => {
      const said = counts(2, '{count} badge of {who}', '{count} badges of {who}', { who: words('nobody') });
      await store.create(job({ said }));
      expect(await store.get('j1')).to.deep.equal(job({ said }));
      expect((await store.list({ limit: 1 })).items).to.deep.equal([job({ said })]);
    });

    it('keeps the first of two with the same id', async () => {
      expect(await store.create(job({ title: 'first' }))).to.equal(true);
      expect(await store.create(job({ title: 'second' }))).to.equal(false);
      expect(await store.get('j1')).to.include({ title: 'first' });
    });

    it('gives the one asked for, if it is due', async () => {
      await store.create(job({ id: 'early', dueAt: at(1) }));
      await store.create(job({ id: 'late', dueAt: at(2) }));
      expect(await store.claim(['count'], at(1), at(6), 'late')).to.equal(null);
      expect(await store.claim(['count'], at(5), at(6), 'late')).to.include({ id: 'late' });
      expect(await store.claim(['count'], at(5), at(6), 'late')).to.equal(null);
    });

    it('lets a waiting job begin before its time, and no other', async () => {
      await store.create(job({ dueAt: at(9) }));
      await store.hasten('j1', at(1));
      expect(await store.claim(['count'], at(1), at(20))).to.include({ id: 'j1' });
      await store.hasten('j1', at(2));
      expect(await store.get('j1')).to.deep.include({ dueAt: at(20) });
      await store.hasten('nothing', at(2));
    });

    it('gives a running job away when its lease has ended, and refuses its former holder', async () => {
      await store.create(job());
      await store.claim(['count'], at(1), at(2));
      expect(await store.claim(['count'], at(1), at(2))).to.equal(null);
      const again = await store.claim(['count'], at(3), at(4));
      expect(again).to.deep.include({ id: 'j1', fence: 2, startedAt: at(1) });
      expect(await store.checkpoint('j1', 1, { done: 99 })).to.equal(null);
      expect(await store.checkpoint('j1', 2, { done: 1, cursor: 'x', counts: { changed: 1 } })).to.deep.include({
        done: 1,
        cursor: 'x',
        counts: { changed: 1 },
      });
      expect(await store.checkpoint('j1', 2, { state: 'done', finishedAt: at(4) })).to.deep.include({ state: 'done' });
      expect(await store.checkpoint('j1', 2, { done: 5 })).to.equal(null);
      expect(await store.claim(['count'], at(9), at(10))).to.equal(null);
    });

    it('cancels a waiting job at once and asks a running one to end', async () => {
      await store.create(job());
      expect(await store.requestCancel('j1', at(1))).to.deep.include({ state: 'cancelled', finishedAt: at(1) });
      expect(await store.requestCancel('j1', at(1))).to.equal(null);
      await store.create(job({ id: 'j2' }));
      await store.claim(['count'], at(1), at(2));
      expect(await store.requestCancel('j2', at(1))).to.deep.include({ state: 'running', cancelRequested: true });
      expect(await store.checkpoint('j2', 1, { done: 1 })).to.deep.include({ cancelRequested: true });
      expect(await store.requestCancel('nothing', at(1))).to.equal(null);
    });

    it('resumes a failed or cancelled job where it stopped', async () => {
      await store.create(job({ cursor: 'here', done: 4 }));
      expect(await store.resume('j1', at(1))).to.equal(null);
      await store.claim(['count'], at(1), at(2));
      await store.checkpoint('j1', 1, {
        state: 'failed',
        finishedAt: at(2),
        attempts: 3,
        error: { code: 'bug.unexpected', message: 'no' },
      });
      expect(await store.resume('j1', at(3))).to.deep.include({
        state: 'waiting',
        cursor: 'here',
        done: 4,
        attempts: 0,
        error: null,
        finishedAt: null,
        dueAt: at(3),
      });
      expect(await store.claim(['count'], at(3), at(4))).to.deep.include({ id: 'j1', fence: 2 });
      expect(await store.resume('nothing', at(3))).to.equal(null);
    });
  });
}
