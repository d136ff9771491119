/** What every AccessStore must do; run on the twin and on MongoDB. */

import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import {
  type AccessStore,
  type Account,
  type ApiToken,
  type AuditEntry,
  isAbleAdministrator,
} from '../../server/http/people/access-store.ts';

const noon = new Date('2026-11-24T12:00:00.000Z');

function later(ms: number): Date {
  return new Date(noon.getTime() + ms);
}

function anAccount(facts: Partial<Account> = {}): Account {
  return {
    id: randomUUID(),
    name: 'Ada',
    role: 'administrator',
    passwordHash: '$scrypt$ln=1,r=1,p=1$c2FsdA$aGFzaA',
    lmsUsername: null,
    disabledAt: null,
    createdAt: noon,
    ...facts,
  };
}

function aToken(facts: Partial<ApiToken> = {}): ApiToken {
  return {
    id: randomUUID(),
    tokenHash: randomUUID(),
    label: 'course site',
    scopes: ['badges:read'],
    createdAt: noon,
    createdBy: 'Ada',
    expiresAt: null,
    lastUsedAt: null,
    revokedAt: null,
    ...facts,
  };
}

function anEntry(facts: Partial<AuditEntry> = {}): AuditEntry {
  return {
    id: randomUUID(),
    at: noon,
    actor: 'Ada',
    action: 'badge.saved',
    object: 'badge:demo',
    details: { version: 2, active: true, note: null },
    ...facts,
  };
}

export function accessStoreContract(name: string, makeStore: () => Promise<AccessStore>): void {
  describe(`AccessStore: ${name}`, () => {
    let store: AccessStore;
    beforeEach(async () => {
      store = await makeStore();
    });

    it('keeps accounts and finds them by id and by name, whatever the case', async () => {
      const ada = anAccount();
      expect(await store.createAccount(ada)).to.equal(true);
      expect(await store.account(ada.id)).to.deep.equal({ ...ada, generation: 0 });
      expect(await store.accountByName('aDA')).to.deep.equal({ ...ada, generation: 0 });
      expect(await store.account(randomUUID())).to.equal(null);
      expect(await store.accountByName('Grace')).to.equal(null);
    });

    it('gives a name to one account only, also when two ask at once', async () => {
      const made = await Promise.all([
        store.createAccount(anAccount()),
        store.createAccount(anAccount({ name: 'ADA' })),
      ]);
      expect(made.filter(Boolean)).to.have.length(1);
      expect(await store.accounts()).to.have.length(1);
    });

    it('keeps an account without a password, and gives a username of the LMS to one account only', async () => {
      const ada = anAccount({ passwordHash: null, lmsUsername: 'ada' });
      expect(await store.createAccount(ada)).to.equal(true);
      expect(await store.account(ada.id)).to.deep.equal({ ...ada, generation: 0 });
      expect(await store.createAccount(anAccount({ name: 'Grace', lmsUsername: 'ada' }))).to.equal(false);
      for (const name of ['Edsger', 'Barbara']) expect(await store.createAccount(anAccount({ name }))).to.equal(true);
    });

    it('lists accounts by name', async () => {
      for (const name of ['grace', 'Ada', 'Edsger']) await store.createAccount(anAccount({ name }));
      expect((await store.accounts()).map((account) => account.name)).to.deep.equal(['Ada', 'Edsger', 'grace']);
    });

    it('changes a role, shuts out and lets in again', async () => {
      await store.createAccount(anAccount());
      const grace = anAccount({ name: 'Grace', role: 'editor' });
      await store.createAccount(grace);
      expect(await store.changeAccount(grace.id, { role: 'administrator' }, noon)).to.equal('changed');
      expect(await store.changeAccount(grace.id, { role: 'operator' }, noon)).to.equal('changed');
      expect(await store.changeAccount(grace.id, { disabledAt: noon }, noon)).to.equal('changed');
      // Whoever is shut out has no sessions left when let in again.
      const shut = { ...grace, role: 'operator', disabledAt: noon, generation: 1 };
      expect(await store.account(grace.id)).to.deep.equal(shut);
      expect(await store.changeAccount(grace.id, { disabledAt: null }, noon)).to.equal('changed');
      expect(await store.account(grace.id)).to.deep.equal({ ...shut, disabledAt: null });
      expect(await store.changeAccount(randomUUID(), { role: 'viewer' }, noon)).to.equal('unknown');
    });

    it('keeps the last administrator who can sign in', async () => {
      const ada = anAccount();
      await store.createAccount(ada);
      const others = [
        anAccount({ name: 'disabled', disabledAt: noon }),
        anAccount({ name: 'invited', passwordHash: null }),
        anAccount({ name: 'editor', role: 'editor' }),
      ];
      for (const other of others) await store.createAccount(other);
      for (const change of [{ role: 'viewer' }, { disabledAt: noon }] as const)
        expect(await store.changeAccount(ada.id, change, noon)).to.equal('last-administrator');
      expect(await store.account(ada.id)).to.deep.equal({ ...ada, generation: 0 });
      await store.createAccount(anAccount({ name: 'from the LMS', passwordHash: null, lmsUsername: 'grace' }));
      expect(await store.changeAccount(ada.id, { role: 'viewer' }, noon)).to.equal('changed');
    });

    it('keeps one administrator also when all of them are taken away at the same time', async () => {
      const all = ['a', 'b', 'c', 'd'].map((name) => anAccount({ name }));
      for (const account of all) await store.createAccount(account);
      const outcomes = await Promise.all(
        all.map(({ id }, index) =>
          store.changeAccount(id, index % 2 ? { role: 'editor' } : { disabledAt: noon }, later(index)),
        ),
      );
      const left = (await store.accounts()).filter(isAbleAdministrator);
      expect(left.length).to.be.greaterThan(0);
      expect(outcomes.filter((outcome) => outcome === 'last-administrator')).to.have.length(left.length);
    });

    it('are linked with one user of the LMS each, and never left without a way in', async () => {
      const first = anAccount({ name: 'one' });
      const second = anAccount({ name: 'two', passwordHash: null, lmsUsername: 'two' });
      for (const one of [first, second]) expect(await store.createAccount(one)).to.equal(true);
      expect(await store.linkAccount(first.id, 'one', null)).to.equal('changed');
      expect(await store.linkAccount(first.id, 'one', 'one')).to.equal('changed');
      expect(await store.linkAccount(first.id, 'two', 'one')).to.equal('taken');
      for (const expected of [null, 'another'])
        for (const wanted of ['three', null])
          expect(await store.linkAccount(first.id, wanted, expected)).to.equal('stale');
      expect((await store.account(first.id))?.lmsUsername).to.equal('one');
      expect(await store.linkAccount(second.id, null, 'two')).to.equal('no-password');
      expect(await store.linkAccount(second.id, 'other', 'two')).to.equal('changed');
      expect(await store.linkAccount(first.id, null, 'one')).to.equal('changed');
      expect(await store.account(first.id)).to.deep.equal({ ...first, generation: 0 });
      expect(await store.linkAccount(second.id, 'one', 'other')).to.equal('changed');
      for (const username of ['x', null])
        expect(await store.linkAccount(randomUUID(), username, null)).to.equal('unknown');
    });

    it('get another role only if they still have the one that was expected', async () => {
      const ada = anAccount({ role: 'editor' });
      await store.createAccount(ada);
      expect(await store.changeAccount(ada.id, { role: 'viewer' }, noon, { role: 'publisher' })).to.equal('stale');
      expect(await store.account(ada.id)).to.include({ role: 'editor' });
      expect(await store.changeAccount(ada.id, { role: 'viewer' }, noon, { role: 'editor' })).to.equal('changed');
      expect(await store.account(ada.id)).to.include({ role: 'viewer' });
    });

    it('limits accounts and tokens to organisations, if they still are limited as was expected', async () => {
      await store.createAccount(anAccount());
      const grace = anAccount({ name: 'Grace', role: 'editor', organisations: ['Acme', 'Lab'] });
      await store.createAccount(grace);
      expect(await store.account(grace.id)).to.deep.equal({ ...grace, generation: 0 });
      const limit = (organisations: readonly string[], from: readonly string[]) =>
        store.changeAccount(grace.id, { organisations }, noon, { organisations: from });
      expect(await limit(['Uni'], ['Acme'])).to.equal('stale');
      expect(await limit(['Uni'], ['Acme', 'Lab'])).to.equal('changed');
      expect((await store.account(grace.id))?.organisations).to.deep.equal(['Uni']);
      expect(await store.changeAccount(grace.id, { role: 'viewer' }, noon, { organisations: [] })).to.equal('stale');
      expect(await limit([], ['Uni'])).to.equal('changed');
      expect((await store.account(grace.id))?.organisations ?? []).to.deep.equal([]);
      const token = aToken({ organisations: ['Acme'] });
      await store.createApiToken(token);
      expect(await store.apiTokens()).to.deep.equal([token]);
    });

    it('takes nobody for an administrator who is limited to organisations', async () => {
      const ada = anAccount();
      await store.createAccount(ada);
      const limited = anAccount({ name: 'limited', organisations: ['Acme'] });
      await store.createAccount(limited);
      for (const change of [{ role: 'viewer' }, { organisations: ['Acme'] }, { disabledAt: noon }] as const)
        expect(await store.changeAccount(ada.id, change, noon)).to.equal('last-administrator');
      expect(await store.changeAccount(limited.id, { organisations: [] }, noon)).to.equal('changed');
      expect(await store.changeAccount(ada.id, { organisations: ['Acme'] }, noon)).to.equal('changed');
      expect(await store.changeAccount(limited.id, { role: 'viewer' }, noon)).to.equal('last-administrator');
    });

    it('ends all sessions by a number, and with every new password', async () => {
      const ada = anAccount();
      await store.createAccount(ada);
      expect(await store.endSessions(ada.id)).to.deep.equal({ ...ada, generation: 1 });
      expect(await store.setPassword(ada.id, 'another hash')).to.include({
        passwordHash: 'another hash',
        generation: 2,
      });
      expect(await store.account(ada.id)).to.include({ passwordHash: 'another hash', generation: 2 });
      expect(await store.endSessions(randomUUID())).to.equal(null);
      expect(await store.setPassword(randomUUID(), 'hash')).to.equal(null);
    });

    it('shows a one-time sign-in without using it up, and makes those before it for the same account worth nothing', async () => {
      const link = (tokenHash: string, accountId: string | null) => ({
        ...{ tokenHash, accountId },
        ...{ createdAt: noon, expiresAt: later(1000) },
      });
      for (const [hash, account] of [
        ['first', 'ada'],
        ['other', 'grace'],
        ['free', null],
      ] as const)
        await store.saveOneTimeSignIn(link(hash, account));
      await store.saveOneTimeSignIn(link('second', 'ada'));
      await store.saveOneTimeSignIn(link('freer', null));
      expect(await store.oneTimeSignIn('second', noon)).to.deep.equal(link('second', 'ada'));
      expect(await store.oneTimeSignIn('second', later(1000))).to.equal(null);
      expect(await store.oneTimeSignIn('first', noon)).to.equal(null);
      for (const hash of ['other', 'free', 'freer', 'second'])
        expect(await store.consumeOneTimeSignIn(hash, noon), hash).to.equal(true);
      expect(await store.consumeOneTimeSignIn('first', noon)).to.equal(false);
      expect(await store.oneTimeSignIn('second', noon)).to.equal(null);
    });

    it('knows an API token that has expired, and does not note its use', async () => {
      const token = aToken({ expiresAt: later(1000), scopes: null });
      await store.createApiToken(token);
      expect(await store.useApiToken(token.tokenHash, later(999))).to.deep.include({ lastUsedAt: later(999) });
      const expired = await store.useApiToken(token.tokenHash, later(120_000));
      expect(expired).to.deep.equal({ ...token, lastUsedAt: later(999) });
    });

    it('lets a one-time sign-in be used once, also when many try at once', async () => {
      await store.saveOneTimeSignIn({ tokenHash: 'once', accountId: null, createdAt: noon, expiresAt: later(1000) });
      const uses = await Promise.all([1, 2, 3, 4, 5].map(() => store.consumeOneTimeSignIn('once', later(10))));
      expect(uses.filter(Boolean)).to.have.length(1);
      expect(await store.consumeOneTimeSignIn('once', later(20))).to.equal(false);
    });

    it('refuses a one-time sign-in that has expired or never was', async () => {
      await store.saveOneTimeSignIn({ tokenHash: 'late', accountId: null, createdAt: noon, expiresAt: later(1000) });
      expect(await store.consumeOneTimeSignIn('late', later(1000))).to.equal(false);
      expect(await store.consumeOneTimeSignIn('never', noon)).to.equal(false);
    });

    it('recognises an API token and notes to the minute when it was used', async () => {
      const token = aToken();
      await store.createApiToken(token);
      expect(await store.useApiToken(token.tokenHash, noon)).to.deep.equal({ ...token, lastUsedAt: noon });
      expect((await store.useApiToken(token.tokenHash, later(59_999)))?.lastUsedAt).to.deep.equal(noon);
      await store.useApiToken(token.tokenHash, later(60_000));
      expect((await store.apiTokens())[0]?.lastUsedAt).to.deep.equal(later(60_000));
      expect(await store.useApiToken('unknown', noon)).to.equal(null);
    });

    it('knows a revoked API token no more, and revokes it once', async () => {
      const token = aToken();
      await store.createApiToken(token);
      expect(await store.revokeApiToken(token.id, later(5))).to.equal(true);
      expect(await store.revokeApiToken(token.id, later(9))).to.equal(false);
      expect(await store.useApiToken(token.tokenHash, later(10))).to.equal(null);
      expect((await store.apiTokens())[0]?.revokedAt).to.deep.equal(later(5));
    });

    it('lists API tokens newest first', async () => {
      await store.createApiToken(aToken({ label: 'older' }));
      await store.createApiToken(aToken({ label: 'newer', createdAt: later(1) }));
      expect((await store.apiTokens()).map((token) => token.label)).to.deep.equal(['newer', 'older']);
    });

    it('gives the audit back as it was recorded', async () => {
      const entry = anEntry();
      await store.recordAudit(entry);
      expect(await store.audit({ limit: 10 })).to.deep.equal({ items: [entry], next: null });
    });

    it('pages through the audit newest first without losing or repeating entries of one instant', async () => {
      const entries = Array.from({ length: 7 }, (_, index) => anEntry({ at: later(Math.floor(index / 3)) }));
      for (const entry of entries) await store.recordAudit(entry);
      const seen: AuditEntry[] = [];
      let cursor: string | null | undefined;
      do {
        const page = await store.audit({ limit: 2, ...(cursor ? { after: cursor } : {}) });
        seen.push(...page.items);
        cursor = page.next;
      } while (cursor !== null);
      expect(seen.map(({ id }) => id)).to.have.members(entries.map(({ id }) => id));
      expect(seen.map(({ id }) => id)).to.have.length(7);
      const times = seen.map(({ at }) => at.getTime());
      expect(times).to.deep.equal([...times].sort((a, b) => b - a));
    });

    it('filters the audit by who and by what', async () => {
      await store.recordAudit(anEntry());
      await store.recordAudit(anEntry({ actor: 'Grace', object: 'badge:other' }));
      expect((await store.audit({ actor: 'Grace', limit: 10 })).items.map(({ object }) => object)).to.deep.equal([
        'badge:other',
      ]);
      expect((await store.audit({ object: 'badge:demo', limit: 10 })).items.map(({ actor }) => actor)).to.deep.equal([
        'Ada',
      ]);
    });

    it('starts from the top when the cursor is not one of its own', async () => {
      await store.recordAudit(anEntry());
      expect((await store.audit({ limit: 10, after: 'nonsense' })).items).to.have.length(1);
    });
  });
}
