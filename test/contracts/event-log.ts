/** What every event log promises. */

import { expect } from 'chai';
import { instantFromDate } from '../../dsl/index.ts';
import { InputError } from '../../plugin/errors.ts';
import type { LmsEvent } from '../../plugin/events/event.ts';
import type {
  EventEntry,
  EventLog,
  EventOutcome,
  EventQuery,
  EventScan,
  LearnerIdentity,
} from '../../plugin/ports/event-log.ts';
import { aLearner, anEntry, PASSING } from '../support/event-entries.ts';

export function eventLogContract(name: string, makeLog: () => Promise<EventLog>): void {
  describe(`${name} as an event log`, () => {
    let log: EventLog;
    beforeEach(async () => {
      log = await makeLog();
    });

    it('gives back what was recorded, whatever became of it', async () => {
      const outcomes: EventOutcome[] = [
        { kind: 'matched', badgeIds: ['b', 'a'] },
        { kind: 'ignored', reason: 'no-match' },
        { kind: 'failed', code: 'bug.invariant', message: 'it broke' },
        { kind: 'dead', code: 'store.contention', message: 'it kept changing' },
      ];
      const entries = outcomes.map((outcome, n) =>
        anEntry(n, { outcome, learnerId: outcome.kind === 'matched' ? 'l1' : null, door: n % 2 ? 'amqp' : 'file' }),
      );
      expect(await log.record(entries)).to.deep.equal({ added: 4, completed: 0, otherSource: [] });
      for (const entry of entries) expect(await log.get(entry.event.id)).to.deep.equal(entry);
      expect(await log.get('e9')).to.equal(null);
    });

    it('keeps the trace of an event that has one', async () => {
      const traceparent = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`;
      const entries = [
        anEntry(1, {}, { trace: { traceparent, tracestate: 'other=1' } }),
        anEntry(2, {}, { trace: { traceparent } }),
      ];
      await log.record(entries);
      for (const entry of entries) expect(await log.get(entry.event.id)).to.deep.equal(entry);
    });

    it('keeps payloads whose names no document could hold, nanoseconds, and events about nobody', async () => {
      const payload = { 'a.b': 1, $set: { $in: [null, 1.5, '\u0000'] }, '\u0000': '', 'naïve 名': { deep: [{}] } };
      const time = '2026-03-01T10:00:00.123456789Z' as LmsEvent['time'];
      const entry = anEntry(1, { outcome: { kind: 'ignored', reason: 'no-learner' } }, { payload, time, user: null });
      await log.record([entry]);
      expect(await log.get('e1')).to.deep.equal(entry);
    });

    it('keeps one entry of an event that comes again, alone, in a batch with others and twice in one batch', async () => {
      const first = anEntry(1);
      await log.record([first]);
      const again = anEntry(1, { receivedAt: at(50), door: 'http', ruleRevision: 9 }, { payload: { other: true } });
      expect(await log.record([again])).to.deep.equal({ added: 0, completed: 0, otherSource: [] });
      const mixed = await log.record([anEntry(2), again, anEntry(3), anEntry(3)]);
      expect(mixed).to.deep.equal({ added: 2, completed: 0, otherSource: [] });
      expect(await log.get('e1')).to.deep.equal(first);
      expect((await log.list({ limit: 9 })).items).to.have.length(3);
      expect(await log.record([])).to.deep.equal({ added: 0, completed: 0, otherSource: [] });
    });

    it('takes one id for one event, and names an id that comes from another source', async () => {
      await log.record([anEntry(1)]);
      const other = anEntry(1, {}, { source: '/openedx/cms/web' });
      expect(await log.record([other])).to.deep.equal({ added: 0, completed: 0, otherSource: ['e1'] });
      expect((await log.get('e1'))?.event.source).to.equal(anEntry(1).event.source);
    });

    it('completes an outcome by one that says more, and never takes back what is known', async () => {
      const steps: [EventOutcome, Partial<EventEntry>, EventOutcome['kind']][] = [
        [{ kind: 'failed', code: 'x', message: 'm' }, {}, 'failed'],
        [{ kind: 'dead', code: 'x', message: 'm' }, {}, 'dead'],
        [{ kind: 'failed', code: 'y', message: 'm' }, {}, 'dead'],
        [{ kind: 'ignored', reason: 'no-match' }, {}, 'ignored'],
        [{ kind: 'matched', badgeIds: ['b'] }, { learnerId: 'l1', ruleRevision: 7 }, 'matched'],
        [{ kind: 'ignored', reason: 'badges-disabled' }, {}, 'matched'],
        [{ kind: 'failed', code: 'z', message: 'm' }, {}, 'matched'],
      ];
      for (const [outcome, more, expected] of steps) {
        await log.record([anEntry(1, { outcome, receivedAt: at(50), ...more })]);
        expect((await log.get('e1'))?.outcome.kind, JSON.stringify(outcome)).to.equal(expected);
      }
      expect(await log.get('e1')).to.deep.equal(
        anEntry(1, {
          receivedAt: at(50),
          outcome: { kind: 'matched', badgeIds: ['b'] },
          learnerId: 'l1',
          ruleRevision: 7,
        }),
      );
      expect(await idsOf(log.ofLearner(aLearner({ id: 'l1', username: 'renamed', lmsUserId: null })))).to.deep.equal([
        'e1',
      ]);
    });

    it('ends with one entry that says the most when many record the same event at the same time', async () => {
      const outcomes: EventOutcome[] = [
        { kind: 'failed', code: 'x', message: 'm' },
        { kind: 'matched', badgeIds: ['b'] },
        { kind: 'ignored', reason: 'no-match' },
      ];
      const results = await Promise.all(outcomes.map((outcome) => log.record([anEntry(1, { outcome })])));
      expect(results.reduce((sum, { added }) => sum + added, 0)).to.equal(1);
      expect((await log.get('e1'))?.outcome).to.deep.equal({ kind: 'matched', badgeIds: ['b'] });
    });

    it('finds the events of a learner by record, LMS id or username, in the order of their times', async () => {
      const user = anEntry(0).event.user as NonNullable<LmsEvent['user']>;
      const named = (n: number, change: object) => anEntry(n, {}, { user: { ...user, ...change } });
      await log.record([
        named(5, { username: 'ann', lmsUserId: null }),
        named(4, { username: 'formerly', lmsUserId: 7 }),
        anEntry(3, { learnerId: 'l1', outcome: { kind: 'matched', badgeIds: ['b'] } }),
        named(2, { username: 'ann', lmsUserId: 8 }),
        named(1, { username: 'bob', lmsUserId: null }),
        anEntry(6, { learnerId: 'l2' }),
        anEntry(7, {}, { user: null }),
      ]);
      const ann = aLearner({ id: 'l1', username: 'ann', lmsUserId: 7 });
      expect(await idsOf(log.ofLearner(ann))).to.deep.equal(['e3', 'e4', 'e5']);
      expect(await idsOf(log.ofLearner(ann, { from: timeOf(4), to: timeOf(5) }))).to.deep.equal(['e4']);
      expect(await idsOf(log.ofLearner(ann, { types: ['another'] }))).to.deep.equal([]);
      expect(await idsOf(log.ofLearner(ann, { types: [PASSING] }))).to.deep.equal(['e3', 'e4', 'e5']);
      expect((await log.list({ learners: [ann], limit: 2 })).items.map(idOf)).to.deep.equal(['e5', 'e4']);
      expect((await log.list({ username: 'bob', limit: 2 })).items.map(idOf)).to.deep.equal(['e1']);
    });

    it('scans in the order of time and id, filtered, and goes on behind any cursor', async () => {
      const order = [7, 3, 1, 0, 2, 6, 5, 4];
      // pairs of events at the same time
      await log.record(
        order.map((n) => anEntry(n, { receivedAt: at(n) }, { time: timeOf(n >> 1), type: n % 3 ? 'a' : 'b' })),
      );
      const scanned = async (query: EventScan, after?: string) => {
        const found: { id: string; cursor: string }[] = [];
        for await (const { entry, cursor } of log.scan(query, after)) found.push({ id: entry.event.id, cursor });
        return found;
      };
      const whole = await scanned({});
      expect(whole.map(({ id }) => id)).to.deep.equal(['e0', 'e1', 'e2', 'e3', 'e4', 'e5', 'e6', 'e7']);
      for (const [n, { cursor }] of whole.entries())
        expect(await scanned({}, cursor)).to.deep.equal(whole.slice(n + 1));
      const ids = async (query: EventScan) => (await scanned(query)).map(({ id }) => id);
      expect(await ids({ types: ['b'] })).to.deep.equal(['e0', 'e3', 'e6']);
      expect(await ids({ types: [] })).to.deep.equal([]);
      expect(await ids({ from: timeOf(1), to: timeOf(3) })).to.deep.equal(['e2', 'e3', 'e4', 'e5']);
      expect(await ids({ receivedFrom: at(2), receivedTo: at(4), types: ['a'] })).to.deep.equal(['e2']);
      expect(await ids({ learner: aLearner({ username: 'nobody', lmsUserId: 99 }) })).to.deep.equal([]);
    });

    it('scans more than a page holds, each event once, while others are recorded', async () => {
      const many = Array.from({ length: 1_203 }, (_, n) => anEntry(n));
      await log.record(many);
      const seen: string[] = [];
      for await (const { entry } of log.scan({})) {
        if (seen.push(entry.event.id) === 600) await log.record([anEntry(5_000)]);
      }
      expect(seen.filter((id) => id !== 'e5000')).to.deep.equal(many.map(idOf));
    });

    it('lists what came in last first, page by page, without a gap or a repetition', async () => {
      await log.record([3, 1, 3, 2, 3, 1].map((minute, n) => anEntry(n, { receivedAt: at(minute) })));
      const seen: string[] = [];
      for (let after: string | null | undefined; after !== null; ) {
        const page = await log.list({ limit: 2, ...(after === undefined ? {} : { after }) });
        seen.push(...page.items.map(idOf));
        after = page.next;
      }
      expect(seen).to.deep.equal(['e4', 'e2', 'e0', 'e3', 'e5', 'e1']);
    });

    it('lists by id, type, outcome, learner and time of receipt, and by all of them', async () => {
      await log.record([
        anEntry(1, { learnerId: 'l1', outcome: { kind: 'matched', badgeIds: [] } }),
        anEntry(2, {}, { type: 'b' }),
        anEntry(3, { outcome: { kind: 'failed', code: 'x', message: '' } }, { type: 'b', user: null }),
      ]);
      const ids = async (query: Omit<EventQuery, 'limit'>) => (await log.list({ ...query, limit: 9 })).items.map(idOf);
      expect(await ids({})).to.deep.equal(['e3', 'e2', 'e1']);
      expect(await ids({ id: 'e2' })).to.deep.equal(['e2']);
      expect(await ids({ id: 'none' })).to.deep.equal([]);
      expect(await ids({ type: 'b' })).to.deep.equal(['e3', 'e2']);
      expect(await ids({ outcome: 'ignored' })).to.deep.equal(['e2']);
      expect(await ids({ learners: [aLearner({ id: 'l1' })] })).to.deep.equal(['e2', 'e1']);
      expect(await ids({ learners: [] })).to.deep.equal([]);
      expect(await ids({ username: 'ann' })).to.deep.equal(['e2', 'e1']);
      expect(await ids({ receivedFrom: at(2), receivedTo: at(3) })).to.deep.equal(['e2']);
      const everything = {
        id: 'e2',
        type: 'b',
        outcome: 'ignored',
        learners: [aLearner()],
        receivedFrom: at(2),
      } as const;
      expect(await ids(everything)).to.deep.equal(['e2']);
    });

    it('gives the latest events of a type', async () => {
      await log.record([1, 2, 3, 4].map((n) => anEntry(n, {}, { type: n === 3 ? 'b' : 'a' })));
      expect((await log.latest('a', 2)).map(idOf)).to.deep.equal(['e4', 'e2']);
      expect(await log.latest('c', 2)).to.deep.equal([]);
    });

    it('refuses a place that it never gave out', async () => {
      const places = [
        'nonsense',
        Buffer.from('{}').toString('base64url'),
        Buffer.from('["x","y"]').toString('base64url'),
      ];
      for (const after of places) {
        for (const refused of [log.list({ limit: 2, after }), idsOf(entriesOf(log.scan({}, after)))]) {
          const error = await (refused as Promise<unknown>).catch((reason: unknown) => reason);
          expect(error).to.be.instanceOf(InputError);
          expect((error as Error).message).to.equal('the list has no such page; start again at its beginning');
        }
      }
    });

    it('counts by type, outcome and reason in a range of receipt', async () => {
      expect(await log.counts()).to.deep.equal([]);
      await log.record([
        anEntry(1, { outcome: { kind: 'matched', badgeIds: ['b'] } }, { type: 'a' }),
        anEntry(2, {}, { type: 'a' }),
        anEntry(3, {}, { type: 'a' }),
        anEntry(4, { outcome: { kind: 'ignored', reason: 'badges-disabled' } }, { type: 'a' }),
        anEntry(5, { outcome: { kind: 'failed', code: 'x', message: '' } }, { type: 'b' }),
      ]);
      expect(await log.counts()).to.deep.equal([
        { type: 'a', outcome: 'ignored', why: 'badges-disabled', count: 1 },
        { type: 'a', outcome: 'ignored', why: 'no-match', count: 2 },
        { type: 'a', outcome: 'matched', why: null, count: 1 },
        { type: 'b', outcome: 'failed', why: 'x', count: 1 },
      ]);
      expect(await log.counts({ receivedFrom: at(3), receivedTo: at(4) })).to.deep.equal([
        { type: 'a', outcome: 'ignored', why: 'no-match', count: 1 },
      ]);
    });

    it('forgets a learner and nobody else', async () => {
      const user = anEntry(0).event.user as NonNullable<LmsEvent['user']>;
      await log.record([
        anEntry(1, { learnerId: 'l1' }),
        anEntry(2),
        anEntry(3, {}, { user: { ...user, username: 'bob', lmsUserId: 8 } }),
        anEntry(4, {}, { user: null }),
      ]);
      const ann: LearnerIdentity = aLearner({ id: 'l1' });
      expect(await log.forget(ann)).to.equal(2);
      expect(await log.forget(ann)).to.equal(0);
      expect((await log.list({ limit: 9 })).items.map(idOf)).to.deep.equal(['e4', 'e3']);
    });
  });
}

function at(minute: number): Date {
  return new Date(Date.UTC(2026, 5, 1, 0, minute));
}

function timeOf(minute: number): LmsEvent['time'] {
  return instantFromDate(at(minute));
}

function idOf({ event }: EventEntry): string {
  return event.id;
}

async function idsOf(entries: AsyncIterable<EventEntry>): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const entry of entries) ids.push(idOf(entry));
  return ids;
}

async function* entriesOf(scan: AsyncIterable<{ readonly entry: EventEntry }>): AsyncIterable<EventEntry> {
  for await (const { entry } of scan) yield entry;
}
