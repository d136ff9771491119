/** What every issuer store promises. */

import { expect } from 'chai';
import type { IssuedOpenBadge, IssuerKey, IssuerProfile, IssuerStore } from '../../plugin/ports/issuer-store.ts';

const at = (minute: number): Date => new Date(Date.UTC(2026, 2, 1, 10, minute));

const profile: IssuerProfile = {
  name: 'Example University',
  url: 'https://example.edu',
  email: 'badges@example.edu',
  image: null,
  version: 0,
  updatedAt: at(0),
};

function key(number: number, changes: Partial<IssuerKey> = {}): IssuerKey {
  return {
    number,
    publicKey: `z6Mk${number}`,
    sealedSecret: `sealed ${number}`,
    createdAt: at(number),
    distrustedAt: null,
    ...changes,
  };
}

function badge(number: number, changes: Partial<IssuedOpenBadge> = {}): IssuedOpenBadge {
  return {
    uuid: `00000000-0000-4000-8000-00000000000${number}`,
    templateId: 'course-completer',
    learnerId: 'l1',
    list: 1,
    index: number,
    content: '{"$a.b":["©"]}',
    issuedAt: at(number),
    signed: null,
    revokedAt: null,
    revocationReason: null,
    ...changes,
  };
}

export function issuerStoreContract(name: string, makeStore: () => Promise<IssuerStore>): void {
  describe(`${name} as an issuer store`, () => {
    let store: IssuerStore;
    beforeEach(async () => {
      store = await makeStore();
    });

    it('keeps one profile, and lets nobody overwrite what they have not seen', async () => {
      expect(await store.profile()).to.equal(null);
      expect(await store.saveProfile({ ...profile, version: 1 })).to.equal(false);
      expect(await store.saveProfile(profile)).to.equal(true);
      expect(await store.saveProfile(profile)).to.equal(false);
      expect(await store.profile()).to.deep.equal({ ...profile, version: 1 });
      expect(await store.saveProfile({ ...profile, name: 'New', image: 'a.png', version: 1 })).to.equal(true);
      expect(await store.profile()).to.deep.equal({ ...profile, name: 'New', image: 'a.png', version: 2 });
    });

    it('gives each number to one key only', async () => {
      const added = await Promise.all([1, 2, 3, 4].map((n) => store.addKey(key(1, { publicKey: `z${n}` }))));
      expect(added.filter(Boolean)).to.have.length(1);
      expect(await store.keys()).to.have.length(1);
    });

    it('lists keys by number, and distrusts one once', async () => {
      await store.addKey(key(2));
      await store.addKey(key(1));
      expect(await store.distrustKey(1, at(9))).to.equal(true);
      expect(await store.distrustKey(1, at(10))).to.equal(false);
      expect(await store.distrustKey(3, at(10))).to.equal(false);
      await store.resealKey(2, 'sealed anew');
      expect(await store.keys()).to.deep.equal([
        key(1, { distrustedAt: at(9) }),
        key(2, { sealedSecret: 'sealed anew' }),
      ]);
    });

    it('gives away no more places of a list than it may, however many ask at once', async () => {
      expect(await store.lastList()).to.equal(0);
      const lists = await Promise.all(Array.from({ length: 7 }, () => store.takePlace(3)));
      expect([...lists].sort()).to.deep.equal([1, 1, 1, 2, 2, 2, 3]);
      expect(await store.lastList()).to.equal(3);
    });

    it('adds a badge once, and gives its place to no other', async () => {
      expect(await store.addBadge(badge(1))).to.equal('added');
      expect(await store.addBadge(badge(1, { index: 7, content: '{}' }))).to.equal('exists');
      expect(await store.addBadge(badge(2, { index: 1 }))).to.equal('taken');
      expect(await store.addBadge(badge(2, { list: 2, index: 1 }))).to.equal('added');
      expect(await store.badge(badge(1).uuid)).to.deep.equal(badge(1));
      expect(await store.badge(badge(3).uuid)).to.equal(null);
    });

    it('gives a place to one of several badges that want it at the same time', async () => {
      const answers = await Promise.all([1, 2, 3, 4].map((n) => store.addBadge(badge(n, { index: 5 }))));
      expect([...answers].sort()).to.deep.equal(['added', 'taken', 'taken', 'taken']);
    });

    it('keeps the first signature, and replaces it only for who has seen which key made it', async () => {
      const { uuid } = badge(1);
      await store.addBadge(badge(1));
      expect(await store.saveSigned(uuid, { document: '{"a":1}', key: 1 }, null)).to.equal(true);
      expect(await store.saveSigned(uuid, { document: '{"a":2}', key: 1 }, null)).to.equal(false);
      expect((await store.badge(uuid))?.signed).to.deep.equal({ document: '{"a":1}', key: 1 });
      expect(await store.saveSigned(uuid, { document: '{"a":3}', key: 3 }, 2)).to.equal(false);
      expect(await store.saveSigned(uuid, { document: '{"a":3}', key: 2 }, 1)).to.equal(true);
      expect((await store.badge(uuid))?.signed).to.deep.equal({ document: '{"a":3}', key: 2 });
      expect(await store.saveSigned(badge(2).uuid, { document: '{}', key: 1 }, null)).to.equal(false);
    });

    it('revokes for good, with the day and reason of the first time', async () => {
      for (const n of [3, 1, 2]) await store.addBadge(badge(n));
      await store.addBadge(badge(4, { list: 2 }));
      expect(await store.revokedIndexes(1)).to.deep.equal([]);
      const revoked = badge(3, { revokedAt: at(8), revocationReason: 'regraded' });
      expect(await store.revokeBadge(badge(3).uuid, at(8), 'regraded')).to.deep.equal(revoked);
      expect(await store.revokeBadge(badge(3).uuid, at(9), 'again')).to.deep.equal(revoked);
      await store.revokeBadge(badge(1).uuid, at(9), 'x');
      await store.revokeBadge(badge(4).uuid, at(9), 'x');
      expect(await store.revokeBadge(badge(5).uuid, at(9), 'x')).to.equal(null);
      expect(await store.revokedIndexes(1)).to.deep.equal([1, 3]);
      expect(await store.revokedCount(1)).to.equal(2);
    });

    it('lists badges, the latest first, page by page, and counts them by template', async () => {
      for (const n of [1, 2, 3]) await store.addBadge(badge(n, n === 2 ? { templateId: 'other' } : {}));
      const first = await store.badges({ limit: 2 });
      expect(first.items).to.deep.equal([badge(3), badge(2, { templateId: 'other' })]);
      expect(await store.badges({ limit: 2, after: first.next ?? '' })).to.deep.equal({
        items: [badge(1)],
        next: null,
      });
      expect((await store.badges({ limit: 9, templateId: 'other' })).items).to.have.length(1);
      const counts = await store.badgeCounts(['course-completer', 'other', 'never-issued']);
      expect([...counts].sort()).to.deep.equal([
        ['course-completer', 2],
        ['other', 1],
      ]);
      expect([...(await store.badgeCounts(['other']))]).to.deep.equal([['other', 1]]);
      expect([...(await store.badgeCounts([]))]).to.deep.equal([]);
    });
  });
}
