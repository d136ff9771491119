/** What every DeadLetterStore must do; run on the twin and on MongoDB. */

import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { DeadLetterStore, DeadMessage, Replay } from '../../plugin/ports/dead-letters.ts';

const noon = new Date('2026-11-24T12:00:00.000Z');
const later = (ms: number) => new Date(noon.getTime() + ms);
const PASSING = 'org.openedx.learning.course.passing.status.updated.v1';

export function aDeadMessage(facts: Partial<DeadMessage> = {}): DeadMessage {
  return {
    id: randomUUID(),
    reason: { code: 'event.malformed', message: 'the message body is not JSON in UTF-8' },
    eventType: PASSING,
    eventId: 'e1',
    source: 'openedx/lms/web',
    exchange: 'learning-badges-lifecycle',
    routingKey: PASSING,
    queue: 'laurel.events',
    contentType: 'application/json',
    messageId: 'e1',
    headers: { ce_id: 'e1', 'odd.$name': { nested: [1, 'two', null] } },
    body: Buffer.from([0x7b, 0x00, 0xff]),
    bodyBytes: 3,
    attempts: 1,
    firstErrorAt: noon,
    diedAt: noon,
    ...facts,
  };
}

const aReplay = (facts: Partial<Replay> = {}): Replay => ({
  at: later(5),
  by: 'Ada',
  outcome: 'applied',
  code: null,
  message: null,
  ...facts,
});

export function deadLetterStoreContract(name: string, makeStore: () => Promise<DeadLetterStore>): void {
  describe(`DeadLetterStore: ${name}`, () => {
    let store: DeadLetterStore;
    beforeEach(async () => {
      store = await makeStore();
    });

    it('gives a message back as it was taken in, bytes and headers included', async () => {
      const message = aDeadMessage({
        eventType: null,
        eventId: null,
        source: null,
        messageId: null,
        contentType: null,
      });
      expect(await store.add(message)).to.equal('new');
      const { body, ...rest } = (await store.letter(message.id)) ?? expect.fail('it is there');
      expect(Buffer.from(body)).to.deep.equal(message.body);
      const { body: _, ...taken } = message;
      const fresh = { state: 'open', deaths: 1, replays: 0, lastReplay: null, settled: null };
      expect(rest).to.deep.equal({ ...taken, ...fresh });
      expect(await store.letter('nobody')).to.equal(null);
    });

    it('keeps an empty body', async () => {
      const message = aDeadMessage({ body: new Uint8Array(), bodyBytes: 0 });
      await store.add(message);
      expect((await store.letter(message.id))?.body.length).to.equal(0);
    });

    it('takes the same death once, however often and at once it is handed in', async () => {
      const message = aDeadMessage();
      const answers = await Promise.all([1, 2, 3, 4].map(() => store.add(message)));
      expect(answers.filter((answer) => answer === 'new')).to.have.length(1);
      expect(answers.filter((answer) => answer === 'known')).to.have.length(3);
      expect(await store.letter(message.id)).to.include({ deaths: 1, state: 'open' });
    });

    it('opens a settled letter again when its message dies again, and not for the death it knows', async () => {
      const message = aDeadMessage();
      await store.add(message);
      await store.discard({ ids: [message.id] }, { at: later(1), by: 'Ada', note: 'a test' });
      expect(await store.add(message)).to.equal('known');
      expect(await store.letter(message.id)).to.include({ state: 'discarded' });
      const reason = { code: 'bug.unexpected', message: 'handling failed' };
      expect(await store.add({ ...message, reason, attempts: 4, diedAt: later(9) })).to.equal('again');
      const letter = await store.letter(message.id);
      expect(letter).to.include({ state: 'open', deaths: 2, attempts: 4, settled: null });
      expect(letter).to.deep.include({ reason, firstErrorAt: noon, diedAt: later(9) });
    });

    it('settles a letter by a replay, unless it failed, and only while it is open', async () => {
      const message = aDeadMessage();
      await store.add(message);
      const failed = aReplay({ outcome: 'failed', code: 'event.no-user', message: 'the event names no learner' });
      expect(await store.recordReplay(message.id, failed)).to.equal(true);
      expect(await store.letter(message.id)).to.deep.include({ state: 'open', replays: 1, lastReplay: failed });
      const done = aReplay({ at: later(7) });
      expect(await store.recordReplay(message.id, done)).to.equal(true);
      expect(await store.letter(message.id)).to.deep.include({
        state: 'replayed',
        replays: 2,
        lastReplay: done,
        settled: { at: later(7), by: 'Ada', note: null },
      });
      expect(await store.recordReplay(message.id, done)).to.equal(false);
      expect(await store.recordReplay('nobody', done)).to.equal(false);
    });

    it('discards the open letters that match, and says how many', async () => {
      const settlement = { at: later(1), by: 'Ada', note: 'sent by mistake' };
      const [first, second, third] = [aDeadMessage(), aDeadMessage(), aDeadMessage({ diedAt: later(10) })];
      for (const message of [first, second, third]) await store.add(message);
      await store.recordReplay(second.id, aReplay());
      expect(await store.discard({ diedUntil: later(5) }, settlement)).to.equal(1);
      expect(await store.letter(first.id)).to.deep.include({ state: 'discarded', settled: settlement });
      expect((await store.letter(second.id))?.state).to.equal('replayed');
      expect((await store.letter(third.id))?.state).to.equal('open');
    });

    it('pages through the letters, the latest death first, without losing or repeating any', async () => {
      const messages = Array.from({ length: 7 }, (_, n) => aDeadMessage({ diedAt: later(Math.floor(n / 3)) }));
      for (const message of messages) await store.add(message);
      const seen: { id: string; diedAt: Date }[] = [];
      let after: string | undefined;
      do {
        const page = await store.letters({ limit: 2, after });
        seen.push(...page.items);
        after = page.next ?? undefined;
      } while (after !== undefined);
      expect(seen.map(({ id }) => id)).to.have.members(messages.map(({ id }) => id));
      expect(seen).to.have.length(7);
      const times = seen.map(({ diedAt }) => diedAt.getTime());
      expect(times).to.deep.equal([...times].sort((a, b) => b - a));
      expect(seen[0]).to.not.have.any.keys('body', 'headers');
      expect((await store.letters({ limit: 10, after: 'nonsense' })).items).to.have.length(7);
    });

    it('filters by state, reason, type, age and id, in lists, counts and ids alike', async () => {
      const old = aDeadMessage({ id: 'b' });
      const young = aDeadMessage({ id: 'a', diedAt: later(10) });
      const other = aDeadMessage({ id: 'c', eventType: null, reason: { code: 'event.no-user', message: '' } });
      for (const message of [old, young, other]) await store.add(message);
      await store.recordReplay('a', aReplay());
      const cases = [
        [{}, ['a', 'b', 'c']],
        [{ state: 'open' }, ['b', 'c']],
        [{ reason: 'event.malformed' }, ['a', 'b']],
        [{ eventType: PASSING }, ['a', 'b']],
        [{ diedUntil: noon }, ['b', 'c']],
        [{ ids: ['a', 'c', 'x'] }, ['a', 'c']],
        [{ ids: [] }, []],
        [{ state: 'open', ids: ['a', 'b'] }, ['b']],
      ] as const;
      for (const [filter, ids] of cases) {
        expect((await store.letters({ ...filter, limit: 10 })).items.map(({ id }) => id).sort()).to.deep.equal(ids);
        expect(await store.count(filter)).to.equal(ids.length);
        expect(await store.idsAfter(filter, '', 10)).to.deep.equal(ids);
      }
      expect(await store.idsAfter({}, 'a', 1)).to.deep.equal(['b']);
      expect(await store.idsAfter({ ids: ['a', 'c'] }, 'a', 5)).to.deep.equal(['c']);
    });

    it('counts the open letters by reason and type, the most frequent first', async () => {
      const noUser = { code: 'event.no-user', message: '' };
      for (const facts of [{}, { reason: noUser }, { reason: noUser }, { reason: noUser, eventType: null }])
        await store.add(aDeadMessage(facts));
      await store.discard({ reason: 'event.malformed' }, { at: noon, by: 'Ada', note: 'x' });
      expect(await store.openCounts()).to.deep.equal([
        { reason: 'event.no-user', eventType: PASSING, count: 2 },
        { reason: 'event.no-user', eventType: null, count: 1 },
      ]);
    });
  });
}
