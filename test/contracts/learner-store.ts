/** What every learner store promises. */

import { expect } from 'chai';
import fc from 'fast-check';
import type { EventUser } from '../../plugin/events/event.ts';
import type { LearnerStore } from '../../plugin/ports/learner-store.ts';
import { day } from '../support/rule-values.ts';

export function learnerStoreContract(name: string, makeStore: () => Promise<LearnerStore>): void {
  describe(`${name} as a learner store`, () => {
    let store: LearnerStore;
    beforeEach(async () => {
      store = await makeStore();
    });

    it('makes a record of a new learner and finds it again', async () => {
      const made = await store.resolve(user(), day(1));
      expect(made).to.deep.include({ ...user(), asOf: day(1) });
      expect(await store.findById(made.id)).to.deep.equal(made);
      expect(await store.findByUsername('ada')).to.deep.equal(made);
      expect(await store.findManyByIds([made.id, 'nobody'])).to.deep.equal([made]);
      expect(await store.resolve(user(), day(1))).to.deep.equal(made);
      expect(await store.count()).to.equal(1);
    });

    it('finds whom an event would resolve to, by the LMS user id first, and makes nobody', async () => {
      const ada = await store.resolve(user(), day(1));
      const grace = await store.resolve(user({ username: 'grace', lmsUserId: 8 }), day(1));
      expect(await store.find({ lmsUserId: 7, username: 'grace' })).to.deep.equal(ada);
      expect(await store.find({ lmsUserId: null, username: 'grace' })).to.deep.equal(grace);
      expect(await store.find({ lmsUserId: 9, username: 'grace' })).to.deep.equal(grace);
      expect(await store.find({ lmsUserId: 9, username: 'nobody' })).to.equal(null);
      expect(await store.count()).to.equal(2);
    });

    it('keeps the language somebody reads in, whatever events say of them later', async () => {
      const { id } = await store.resolve(user(), day(1));
      expect(await store.languageOf('ada')).to.equal(null);
      await store.rememberLanguage(id, 'es');
      await store.rememberLanguage(id, 'fr');
      await store.rememberLanguage('nobody', 'de');
      await store.resolve(user({ username: 'lady', name: 'Augusta' }), day(2));
      expect(await store.languageOf('lady')).to.equal('fr');
      expect(await store.languageOf('ada')).to.equal(null);
      expect(await store.languageOf('nobody')).to.equal(null);
    });

    it('knows nobody whom no event has named', async () => {
      expect(await store.findById('nobody')).to.equal(null);
      expect(await store.findByUsername('nobody')).to.equal(null);
      expect(await store.findManyByIds([])).to.deep.equal([]);
    });

    it('UD12: makes one record of a learner who comes from many sides at once', async () => {
      const made = await Promise.all(Array.from({ length: 12 }, (_, n) => store.resolve(user(), day(1 + (n % 3)))));
      expect(new Set(made.map(({ id }) => id)).size).to.equal(1);
      expect(await store.count()).to.equal(1);
    });

    it('UD12: keeps the record through a rename', async () => {
      const before = await store.resolve(user(), day(1));
      const after = await store.resolve(user({ username: 'ada-lovelace' }), day(2));
      expect(after.id).to.equal(before.id);
      expect(await store.findByUsername('ada')).to.equal(null);
      expect((await store.findByUsername('ada-lovelace'))?.id).to.equal(before.id);
    });

    it('takes the details of the latest event, not of the last to arrive', async () => {
      await store.resolve(user({ name: 'New', username: 'new' }), day(3));
      await store.resolve(user({ name: 'Old', username: 'old' }), day(1));
      const between = await store.resolve(user({ name: 'Between', username: 'between' }), day(2));
      expect(between).to.deep.include({ name: 'New', username: 'new', asOf: day(3) });
    });

    it('remembers the latest event also when it changed nothing', async () => {
      await store.resolve(user(), day(1));
      await store.resolve(user(), day(3));
      expect(await store.resolve(user({ name: 'Stale' }), day(2))).to.deep.include({ name: 'Ada', asOf: day(3) });
    });

    it('finds a learner without an LMS user id by username and learns the id later', async () => {
      const made = await store.resolve(user({ lmsUserId: null }), day(2));
      expect(made.lmsUserId).to.equal(null);
      const known = await store.resolve(user(), day(1));
      expect(known).to.deep.include({ id: made.id, lmsUserId: 7, asOf: day(2) });
      expect((await store.resolve(user({ username: 'renamed' }), day(3))).id).to.equal(made.id);
    });

    it('keeps any number of learners without an LMS user id apart', async () => {
      await store.resolve(user({ lmsUserId: null, username: 'a' }), day(1));
      await store.resolve(user({ lmsUserId: null, username: 'b' }), day(1));
      expect(await store.count()).to.equal(2);
    });

    it('passes a username on to whom the later event gives it', async () => {
      const first = await store.resolve(user({ lmsUserId: 1, username: 'ada' }), day(1));
      const second = await store.resolve(user({ lmsUserId: 2, username: 'bob' }), day(1));
      await store.resolve(user({ lmsUserId: 2, username: 'ada' }), day(2));
      expect((await store.findByUsername('ada'))?.id).to.equal(second.id);
      expect((await store.findById(first.id))?.username).to.equal(`ada~${first.id.slice(0, 8)}`);
      await store.resolve(user({ lmsUserId: 1, username: 'eve' }), day(3));
      expect((await store.findByUsername('eve'))?.id).to.equal(first.id);
    });

    it('leaves a username with its holder when the event that gives it away is the older one', async () => {
      const holder = await store.resolve(user({ lmsUserId: 1, username: 'ada' }), day(5));
      const other = await store.resolve(user({ lmsUserId: 2, username: 'bob' }), day(1));
      await store.resolve(user({ lmsUserId: 2, username: 'ada' }), day(2));
      expect((await store.findByUsername('ada'))?.id).to.equal(holder.id);
      expect((await store.findById(other.id))?.username).to.equal('bob');
    });

    it('ends with the same details whatever the order of arrival', async () => {
      const events = [1, 2, 3, 4].map((n) => ({ user: user({ username: `u${n}`, name: `N${n}` }), at: day(n) }));
      const order = fc.shuffledSubarray(events, { minLength: 4 });
      await fc.assert(
        fc.asyncProperty(order, async (shuffled) => {
          const fresh = await makeStore();
          for (const { user, at } of shuffled) await fresh.resolve(user, at);
          expect(await fresh.findByUsername('u4')).to.deep.include({ name: 'N4', asOf: day(4) });
          expect(await fresh.count()).to.equal(1);
        }),
        { numRuns: 8 },
      );
    });

    it('lists by username, page by page', async () => {
      for (const [n, username] of ['carol', 'ada', 'Zoe', 'bob', 'Ωmega'].entries()) {
        await store.resolve(user({ lmsUserId: n + 1, username, email: `${username}@x.org` }), day(1));
      }
      const first = await store.list({ limit: 3 });
      expect(first.items.map(({ username }) => username)).to.deep.equal(['Zoe', 'ada', 'bob']);
      const second = await store.list({ limit: 3, after: first.next ?? '' });
      expect(second.items.map(({ username }) => username)).to.deep.equal(['carol', 'Ωmega']);
      expect(second.next).to.equal(null);
      expect((await store.list({ limit: 5 })).next).to.equal(null);
    });

    it('searches the beginning of username and e-mail address, in any case and without patterns', async () => {
      await store.resolve(user({ lmsUserId: 1, username: 'Ada', email: 'First@example.com' }), day(1));
      await store.resolve(user({ lmsUserId: 2, username: 'a.b', email: 'second@example.com' }), day(1));
      const found = async (search: string) =>
        (await store.list({ search, limit: 9 })).items.map(({ username }) => username);
      expect(await found('aD')).to.deep.equal(['Ada']);
      expect(await found('fIRST@')).to.deep.equal(['Ada']);
      expect(await found('a.')).to.deep.equal(['a.b']);
      expect(await found('.*')).to.deep.equal([]);
      expect(await found('(')).to.deep.equal([]);
      expect(await found('example')).to.deep.equal([]);
    });

    it('searches the whole LMS user id', async () => {
      await store.resolve(user({ lmsUserId: 41, username: 'ada', email: 'ada@example.com' }), day(1));
      await store.resolve(user({ lmsUserId: 4, username: '41st', email: 'first@example.com' }), day(1));
      await store.resolve(user({ lmsUserId: null, username: 'none', email: 'none@example.com' }), day(1));
      const found = async (search: string) =>
        (await store.list({ search, limit: 9 })).items.map(({ username }) => username);
      expect(await found('41')).to.deep.equal(['41st', 'ada']);
      expect(await found('4')).to.deep.equal(['41st']);
      expect(await found('null')).to.deep.equal([]);
      expect(await found('041')).to.deep.equal([]);
    });
  });
}

function user(overrides: Partial<EventUser> = {}): EventUser {
  return { lmsUserId: 7, username: 'ada', email: 'ada@example.com', name: 'Ada', isActive: true, ...overrides };
}
