/** What every CredentialStore does with the credentials themselves. */

import { expect } from 'chai';
import type { Credential, CredentialStore } from '../../plugin/ports/credential-store.ts';
import { aMail, anIssuedCredential, later, T0 } from './credential-facts.ts';

export function issuedCredentialsContract(store: () => CredentialStore): void {
  describe('credentials', () => {
    it('are looked up for many learners at once', async () => {
      const [ada, ben, cleo] = ['ada', 'ben', 'cleo'].map((username, index) =>
        anIssuedCredential({ id: `id-${index}`, verifyId: `verify-${index}`, username }),
      );
      if (!ada || !ben || !cleo) throw new Error('three credentials');
      for (const credential of [ada, ben, cleo]) await store().createCredential(credential);
      await store().updateCredential({ ...ben, status: 'invalidated', holdsPlace: false }, ben.updatedAt);
      await store().createCredential({ ...cleo, id: 'id-9', verifyId: 'verify-9', configurationId: 'configuration-2' });
      const found = await store().liveCredentials('configuration-1', ['cleo', 'nobody', 'ben', 'ada']);
      expect(found.toSorted((a, b) => (a.username < b.username ? -1 : 1))).to.deep.equal([ada, cleo]);
      expect(await store().liveCredentials('configuration-1', [])).to.deep.equal([]);
    });

    const numbered = (number: number, facts: Partial<Credential> = {}) =>
      anIssuedCredential({ id: `id-${number}`, verifyId: `verify-${number}`, ...facts });

    it('L3: are live once per configuration and learner, also when several are made at the same time', async () => {
      const made = await Promise.all([1, 2, 3, 4].map((number) => store().createCredential(numbered(number))));
      expect(made.filter(Boolean)).to.have.length(1);
      const live = await store().liveCredential('configuration-1', 'ada');
      expect(await store().liveCredential('configuration-1', 'ben')).to.equal(null);
      expect(await store().liveCredential('configuration-2', 'ada')).to.equal(null);
      if (!live) throw new Error('the credential is gone');
      expect(
        await store().updateCredential(
          { ...live, status: 'invalidated', holdsPlace: false, updatedAt: later(1) },
          live.updatedAt,
        ),
      ).to.equal(true);
      expect(await store().liveCredential('configuration-1', 'ada')).to.equal(null);
      expect(await store().createCredential(numbered(5))).to.equal(true);
      expect(await store().createCredential(numbered(6, { configurationId: 'configuration-2' }))).to.equal(true);
    });

    it('are found by both of their ids', async () => {
      await store().createCredential(anIssuedCredential());
      expect(await store().credential(anIssuedCredential().id)).to.deep.equal(anIssuedCredential());
      expect(await store().credentialByVerifyId(anIssuedCredential().verifyId)).to.deep.equal(anIssuedCredential());
      expect(await store().credential(anIssuedCredential().verifyId)).to.equal(null);
      expect(await store().credentialByVerifyId(anIssuedCredential().id)).to.equal(null);
    });

    it('change only from the state their author has seen', async () => {
      await store().createCredential(numbered(1));
      const changed = numbered(1, { learnerName: 'Ada King', updatedAt: later(1) });
      expect(await store().updateCredential(changed, T0)).to.equal(true);
      expect(await store().updateCredential(numbered(1, { updatedAt: later(2) }), T0)).to.equal(false);
      expect(await store().credential('id-1')).to.deep.equal(changed);
      expect(await store().updateCredential(numbered(2), T0)).to.equal(false);
    });

    it('are listed newest first, page by page, without gaps or repetitions', async () => {
      for (let number = 1; number <= 7; number++) {
        // three of them at the same instant
        const createdAt = later(Math.min(number, 5));
        await store().createCredential(numbered(number, { username: `learner-${number}`, createdAt }));
      }
      const seen: string[] = [];
      let after: string | undefined;
      do {
        const page = await store().credentials({ limit: 2, ...(after === undefined ? {} : { after }) });
        seen.push(...page.items.map(({ id }) => id));
        after = page.next ?? undefined;
      } while (after !== undefined);
      expect(seen).to.deep.equal(['id-7', 'id-6', 'id-5', 'id-4', 'id-3', 'id-2', 'id-1']);
    });

    it('are filtered by context, status, configuration and run', async () => {
      await store().createCredential(numbered(1));
      await store().createCredential(numbered(2, { username: 'ben', status: 'error', contextKey: 'path-v1:a+b+c+d' }));
      await store().createCredential(
        numbered(3, { username: 'cleo', configurationId: 'configuration-2', runId: 'run-7' }),
      );
      const ids = async (query: Omit<Parameters<CredentialStore['credentials']>[0], 'limit'>) =>
        (await store().credentials({ ...query, limit: 9 })).items.map(({ id }) => id).sort();
      expect(await ids({})).to.deep.equal(['id-1', 'id-2', 'id-3']);
      expect(await ids({ contextKey: 'path-v1:a+b+c+d' })).to.deep.equal(['id-2']);
      expect(await ids({ status: 'error' })).to.deep.equal(['id-2']);
      expect(await ids({ configurationId: 'configuration-2', status: 'available' })).to.deep.equal(['id-3']);
      expect(await ids({ configurationId: 'configuration-2', status: 'error' })).to.deep.equal([]);
      expect(await ids({ runId: 'run-7' })).to.deep.equal(['id-3']);
      expect(await ids({ runId: 'run-7', status: 'error' })).to.deep.equal([]);
    });

    it('are searched by the beginning of username, e-mail or any word of the name in any case, or by a whole id', async () => {
      await store().createCredential(numbered(1));
      await store().createCredential(
        numbered(2, { username: 'ben', learnerName: 'Олена (B.)', email: 'x.y+z@example.com' }),
      );
      const ids = async (search: string) =>
        (await store().credentials({ search, limit: 9 })).items.map(({ id }) => id).sort();
      expect(await ids('AD')).to.deep.equal(['id-1']);
      expect(await ids(' ada lov ')).to.deep.equal(['id-1']);
      expect(await ids('олена (b')).to.deep.equal(['id-2']);
      expect(await ids('x.y+')).to.deep.equal(['id-2']);
      expect(await ids('x_y')).to.deep.equal([]);
      expect(await ids('lovelace')).to.deep.equal(['id-1']);
      expect(await ids('verify-2')).to.deep.equal(['id-2']);
      expect(await ids('id-1')).to.deep.equal(['id-1']);
      expect(await ids('verify-')).to.deep.equal([]);
      expect(await ids('')).to.deep.equal(['id-1', 'id-2']);
    });

    it('are found by the username to the letter, and not by one that begins with it', async () => {
      await store().createCredential(numbered(1));
      await store().createCredential(numbered(2, { username: 'Ada', configurationId: 'configuration-2' }));
      await store().createCredential(numbered(3, { username: 'ada2' }));
      await store().createCredential(numbered(4, { configurationId: 'configuration-2', status: 'error' }));
      const ids = async (username: string) =>
        (await store().credentials({ username, limit: 9 })).items.map(({ id }) => id).sort();
      expect(await ids('ada')).to.deep.equal(['id-1', 'id-4']);
      expect(await ids('Ada')).to.deep.equal(['id-2']);
      expect(await ids('ad')).to.deep.equal([]);
      expect(await ids('')).to.deep.equal([]);
      expect(await store().countCredentials({ username: 'ada', status: 'error' })).to.equal(1);
    });

    it('hold the place of their learner also when they are invalidated, and are live without it', async () => {
      const first = numbered(1, { status: 'invalidated', reissuedAs: 'id-2', holdsPlace: true });
      const second = numbered(2, { reissueOf: 'id-1', holdsPlace: false });
      expect(await store().createCredential(first)).to.equal(true);
      expect(await store().createCredential(numbered(3))).to.equal(false);
      expect(await store().createCredential(second)).to.equal(true);
      expect(await store().createCredential(second)).to.equal(false);
      expect(await store().placeHolder('configuration-1', 'ada')).to.deep.equal(first);
      expect(await store().placeHolder('configuration-1', 'ben')).to.equal(null);
      const ben = numbered(4, { username: 'ben' });
      await store().createCredential(ben);
      await store().createCredential(numbered(5, { username: 'cleo', holdsPlace: false }));
      await store().createCredential(numbered(6, { username: 'dan', configurationId: 'configuration-2' }));
      const holders = await store().placeHolders('configuration-1', ['ada', 'ben', 'cleo', 'dan', 'nobody']);
      expect(holders.toSorted((a, b) => (a.username < b.username ? -1 : 1))).to.deep.equal([first, ben]);
      expect(await store().placeHolders('configuration-1', ['ben'])).to.deep.equal([ben]);
      expect(await store().placeHolders('configuration-1', [])).to.deep.equal([]);
      expect(await store().liveCredential('configuration-1', 'ada')).to.deep.equal(second);
    });

    it('are kept with what is to take their place, and found when its lease has ended', async () => {
      const { credentialType, contextName, lmsUserId, learnerName, email } = anIssuedCredential();
      const mail = aMail();
      const made = {
        ...{ credentialType, contextName, lmsUserId, learnerName, email, mail },
        ...{ sizeBytes: 4, sha256: 'c', generatedAt: later(3), expiresAt: later(9), formerFileKey: 'credential/1/x' },
      };
      const trace = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` };
      const reissue = {
        id: 'new',
        verifyId: 'verify-new',
        fileKey: 'credential/new/x',
        by: 'ann',
        leaseUntil: later(5),
      };
      const begun = numbered(1, { reissue: { ...reissue, made: null, trace } });
      const swapped = numbered(2, { username: 'ben', reissue: { ...reissue, leaseUntil: later(4), made } });
      await store().createCredential(begun);
      await store().createCredential(swapped);
      await store().createCredential(numbered(3, { username: 'cleo' }));
      expect(await store().abandonedReissues(later(3), 9)).to.deep.equal([]);
      expect(await store().abandonedReissues(later(5), 9)).to.deep.equal([swapped, begun]);
      expect(await store().abandonedReissues(later(5), 1)).to.deep.equal([swapped]);
    });

    it('have a mail that becomes due, and are listed and counted by what became of it', async () => {
      await store().createCredential(numbered(1, { mail: aMail({ dueAt: later(2) }), expiresAt: later(8) }));
      await store().createCredential(numbered(2, { username: 'ben', mail: aMail({ dueAt: later(1) }) }));
      const lastError = { code: 'mail.refused', message: 'the mail server refused the message (550)' };
      const trace = { traceparent: `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`, tracestate: 'other=1' };
      const failed = aMail({ trace, state: 'failed', dueAt: null, attempts: 2, messageId: 'x@example.org', lastError });
      await store().createCredential(numbered(3, { username: 'cleo', mail: failed }));
      await store().createCredential(numbered(4, { username: 'dan' }));
      const due = async (ms: number, limit: number) => (await store().dueMails(later(ms), limit)).map(({ id }) => id);
      expect(await due(0, 9)).to.deep.equal([]);
      expect(await due(2, 9)).to.deep.equal(['id-2', 'id-1']);
      expect(await due(2, 1)).to.deep.equal(['id-2']);
      expect((await store().credential('id-3'))?.mail).to.deep.equal(failed);
      const { items } = await store().credentials({ mail: 'failed', limit: 9 });
      expect(items.map(({ id }) => id)).to.deep.equal(['id-3']);
      expect(await store().mailCounts()).to.deep.equal({
        pending: 2,
        sent: 0,
        failed: 1,
        'given-up': 0,
        superseded: 0,
      });
    });

    it('are counted by any filter', async () => {
      await store().createCredential(numbered(1));
      await store().createCredential(numbered(2, { username: 'ben', credentialType: 'Diploma', createdAt: later(5) }));
      expect(await store().countCredentials({})).to.equal(2);
      expect(await store().countCredentials({ credentialType: 'Diploma' })).to.equal(1);
      expect(await store().countCredentials({ createdBefore: later(5) })).to.equal(1);
      expect(await store().countCredentials({ search: 'be', status: 'available' })).to.equal(1);
      expect(await store().countCredentials({ status: 'error' })).to.equal(0);
    });

    it('are counted by status', async () => {
      await store().createCredential(numbered(1));
      await store().createCredential(numbered(2, { username: 'ben' }));
      await store().createCredential(numbered(3, { username: 'cleo', status: 'error' }));
      expect(await store().credentialCounts()).to.deep.equal({ generating: 0, available: 2, error: 1, invalidated: 0 });
    });
  });
}
