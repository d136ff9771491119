import { expect } from 'chai';
import sinon from 'sinon';
import {
  ConflictError,
  CredentialsError,
  InputError,
  NotFoundError,
  ProviderError,
  StoreError,
} from '../../../plugin/errors.ts';
import type { AccountEntry } from '../../../plugin/providers/account-entry.ts';
import { aTemplate } from '../../contracts/provider-store.ts';
import { type AccountWorld, accountWorld, HALL_ID } from '../../support/account-world.ts';

const entry: AccountEntry = { slug: 'science', host: 'production', externalId: HALL_ID, secret: 'good-token' };

describe('accounts at providers', () => {
  let world: AccountWorld;
  beforeEach(() => {
    world = accountWorld();
  });

  async function failure(work: Promise<unknown>): Promise<CredentialsError> {
    const error = await work.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).to.be.instanceOf(CredentialsError);
    return error as CredentialsError;
  }

  describe('a new one', () => {
    it('is stored with the name that the provider gives, its secret sealed', async () => {
      world.provider.notes = ['12 credits are left'];
      const account = await world.accounts.add('hall', {
        ...entry,
        slug: ' science ',
        host: '',
        externalId: ` ${HALL_ID}`,
        secret: 'good-token\n',
      });
      expect(await world.store.account(account.id)).to.deep.equal(account);
      expect(account).to.deep.include({
        id: 'a1',
        provider: 'hall',
        slug: 'science',
        name: 'Example University',
        host: 'production',
        externalId: HALL_ID,
        secretExpiresAt: new Date('2026-06-01T00:00:00Z'),
        origin: 'page',
        enabled: true,
        lastCheck: { at: world.clock.now(), ok: true, message: 'works; 12 credits are left' },
        version: 1,
      });
      expect(account.sealedSecret).not.to.contain('good-token');
      expect(await world.secretOf('a1')).to.equal('good-token');
      expect(world.hurried).to.deep.equal(['hall']);
    });

    it('is stored only after the provider has accepted it', async () => {
      const error = await failure(world.accounts.add('hall', { ...entry, secret: 'bad-token' }));
      expect(error).to.include({ code: 'provider.unauthorised', message: 'Hall of Fame refuses the secret' });
      expect(await world.store.accounts()).to.deep.equal([]);
    });

    const problems: readonly (readonly [Partial<AccountEntry>, string])[] = [
      [
        { slug: 'Science Faculty' },
        'Write a short name of small letters, digits and hyphens, at most 40 characters, like "science".',
      ],
      [
        { slug: 'x'.repeat(41) },
        'Write a short name of small letters, digits and hyphens, at most 40 characters, like "science".',
      ],
      [{ host: 'mars' }, 'Choose one of production, sandbox.'],
      [{ externalId: 'nonsense' }, 'This is no hall id. A UUID, on the page "Settings" of the hall.'],
      [{ secret: '' }, 'Enter the authorization token. Made on the page "Tokens" of the hall.'],
      [
        { secret: 'hunter 2' },
        'The authorization token has blanks or other characters that do not belong to it; copy it again.',
      ],
      [
        { secret: 'hünter2' },
        'The authorization token has blanks or other characters that do not belong to it; copy it again.',
      ],
    ];
    for (const [change, message] of problems) {
      it(`is refused before anybody is asked: ${JSON.stringify(change).slice(0, 40)}`, async () => {
        const error = await failure(world.accounts.add('hall', { ...entry, ...change }));
        expect(error).to.be.instanceOf(InputError).and.include({ code: 'input.account', message });
        expect(error.details).to.deep.equal({ field: Object.keys(change)[0] });
        expect(world.provider.asked).to.deep.equal([]);
      });
    }

    it('is refused where the provider has none', async () => {
      for (const provider of ['memory', 'mars']) {
        expect(await failure(world.accounts.add(provider, entry))).to.include({
          code: 'input.account',
          message: `there are no accounts at "${provider}"; providers with accounts: hall`,
        });
      }
    });

    it('is refused where it is there already', async () => {
      await world.accounts.add('hall', entry);
      expect(await failure(world.accounts.add('hall', { ...entry, slug: 'other' }))).to.be.instanceOf(ConflictError);
      expect(await world.store.accounts()).to.have.length(1);
    });
  });

  describe('an existing one', () => {
    let id: string;
    beforeEach(async () => {
      id = (await world.accounts.add('hall', entry)).id;
      world.hurried.length = 0;
    });

    it('gets another secret only if the provider accepts it, and hurries what waits', async () => {
      expect(await failure(world.accounts.replaceSecret(id, 'bad-token'))).to.be.instanceOf(ProviderError);
      expect(await failure(world.accounts.replaceSecret(id, ' '))).to.include({
        message: 'Enter the authorization token. Made on the page "Tokens" of the hall.',
      });
      expect(await world.secretOf(id)).to.equal('good-token');
      expect(world.hurried).to.deep.equal([]);
      world.provider.accepted.set('next-token', null);
      const account = await world.accounts.replaceSecret(id, 'next-token ');
      expect(account.secretExpiresAt).to.equal(null);
      expect(await world.secretOf(id)).to.equal('next-token');
      expect(world.hurried).to.deep.equal(['hall']);
    });

    it('is asked about, and what came of it is written down', async () => {
      world.at('2026-03-02T10:00:00Z');
      expect((await world.accounts.check(id)).facts).to.include({ name: 'Example University' });
      expect((await world.store.account(id))?.lastCheck).to.deep.equal({
        at: new Date('2026-03-02T10:00:00Z'),
        ok: true,
        message: 'works',
      });
      world.provider.accepted.clear();
      expect((await world.accounts.check(id)).facts).to.equal(null);
      expect((await world.store.account(id))?.lastCheck).to.include({
        ok: false,
        message: 'Hall of Fame refuses the secret',
      });
    });

    it('is disabled, enabled and removed with its templates', async () => {
      await world.store.saveTemplate(aTemplate({ provider: 'hall', accountId: id }));
      expect((await world.accounts.setEnabled(id, false)).enabled).to.equal(false);
      expect((await world.accounts.setEnabled(id, true)).enabled).to.equal(true);
      await world.accounts.remove(id);
      expect(await world.store.accounts()).to.deep.equal([]);
      expect(await world.store.templatesById('hall', 't1')).to.deep.equal([]);
      expect(await failure(world.accounts.remove(id))).to.be.instanceOf(NotFoundError);
    });

    it('is renamed here alone: another check leaves the name, and an empty one is that of the provider', async () => {
      const before = await world.store.account(id);
      const renamed = await world.accounts.rename(id, '  Our hall  ');
      expect(renamed).to.deep.include({ name: 'Our hall', providerName: 'Example University', slug: before?.slug, id });
      expect((await world.accounts.check(id)).account).to.deep.include({
        name: 'Our hall',
        providerName: 'Example University',
      });
      expect(await world.accounts.rename(id, '')).to.deep.include({ name: 'Example University', providerName: null });
      await world.accounts.rename(id, 'Our hall');
      expect(await world.accounts.rename(id, 'Example University')).to.deep.include({ providerName: null });
      for (const name of ['x'.repeat(101), 'two\nlines']) {
        const error = await failure(world.accounts.rename(id, name));
        expect(error.message).to.equal('Write a name of at most 100 characters, on one line.');
      }
      const late = await failure(world.accounts.rename(id, 'Mine', 'Another hall'));
      expect(late.message).to.equal('somebody else named it in this moment; look at it again');
      expect(await failure(world.accounts.rename('none', 'x'))).to.be.instanceOf(NotFoundError);
    });

    it('keeps its secret where the settings own it', async () => {
      const account = await world.store.account(id);
      if (account) await world.store.saveAccount({ ...account, origin: 'environment' });
      const message = 'the account "science" comes from LAUREL_PROVIDER_ACCOUNTS; change it there and start again';
      for (const work of [
        world.accounts.replaceSecret(id, 'good-token'),
        world.accounts.rotate(id),
        world.accounts.remove(id),
      ])
        expect(await failure(work)).to.include({ code: 'conflict.account-from-settings', message });
    });
  });

  describe('an exchange of the secret', () => {
    let id: string;
    beforeEach(async () => {
      id = (await world.accounts.add('hall', entry)).id;
      world.hurried.length = 0;
    });
    afterEach(() => sinon.restore());

    it('stores the new one', async () => {
      const account = await world.accounts.rotate(id);
      expect(account.secretExpiresAt).to.deep.equal(new Date('2026-12-01T00:00:00Z'));
      expect(await world.secretOf(id)).to.equal('rotated-1');
      expect(await world.rescue.kept()).to.deep.equal([]);
      expect(world.hurried).to.deep.equal(['hall']);
    });

    it('does not begin where the database does not take a change', async () => {
      sinon.stub(world.store, 'saveAccount').rejects(new StoreError('unavailable', 'away'));
      expect(await failure(world.accounts.rotate(id))).to.be.instanceOf(StoreError);
      expect([...world.provider.accepted.keys()]).to.deep.equal(['good-token']);
    });

    it('outlasts a database that goes away after it has begun', async () => {
      const save = sinon.stub(world.store, 'saveAccount').callThrough();
      save.onCall(1).rejects(new StoreError('unavailable', 'away'));
      save.onCall(2).rejects(new StoreError('unavailable', 'away'));
      await world.accounts.rotate(id);
      expect(world.pauses).to.deep.equal([250, 500]);
      expect(await world.secretOf(id)).to.equal('rotated-1');
    });

    it('outlasts the process: the next one writes down what was kept', async () => {
      const save = sinon.stub(world.store, 'saveAccount').callThrough();
      for (let call = 1; call < 20; call++) save.onCall(call).rejects(new StoreError('unavailable', 'away'));
      expect(await failure(world.accounts.rotate(id))).to.be.instanceOf(StoreError);
      expect(await world.secretOf(id)).to.equal('good-token');
      save.restore();
      const kept = await world.rescue.kept();
      expect(JSON.stringify(kept)).not.to.contain('rotated-1');
      expect(await world.accounts.saveRescued()).to.equal(1);
      expect(await world.secretOf(id)).to.equal('rotated-1');
      expect(await world.rescue.kept()).to.deep.equal([]);
      expect((await world.accounts.check(id)).facts).not.to.equal(null);
    });

    it('is not stopped by a place to keep it that cannot be written to', async () => {
      sinon.stub(world.rescue, 'keep').rejects(new Error('read-only'));
      await world.accounts.rotate(id);
      expect(await world.secretOf(id)).to.equal('rotated-1');
    });

    it('whose answer is lost says what to do', async () => {
      world.provider.rotation = 'lost';
      const message =
        'the answer of Hall of Fame with the new secret was lost, and the old secret is not accepted (Hall of Fame refuses the secret): make a new secret at Hall of Fame and enter it here';
      expect(await failure(world.accounts.rotate(id))).to.include({ code: 'provider.unauthorised', message });
      expect((await world.store.account(id))?.lastCheck).to.include({ ok: false, message });
    });

    it('that is refused leaves the old one in place', async () => {
      world.provider.rotation = 'refused';
      expect(await failure(world.accounts.rotate(id))).to.include({ message: 'Hall of Fame does not rotate' });
      expect(await world.secretOf(id)).to.equal('good-token');
      expect((await world.store.account(id))?.lastCheck).to.include({ ok: true });
    });

    it('is made once by two who want it at the same time', async () => {
      const both = await Promise.allSettled([world.accounts.rotate(id), world.accounts.rotate(id)]);
      expect(both.map(({ status }) => status).sort()).to.deep.equal(['fulfilled', 'rejected']);
      expect(await world.secretOf(id)).to.equal('rotated-1');
    });

    it('does not put what was kept in the place of a secret that works and came later', async () => {
      const keep = () => {
        const sealed = world.secrets.seal('kept', `account:${id}`);
        return world.rescue.keep({ accountId: id, sealed, replaces: 'the one before', expiresAt: null });
      };
      await keep();
      world.provider.away = new ProviderError('unavailable', 'away');
      await world.accounts.saveRescued();
      expect(await world.rescue.kept()).to.have.length(1);
      world.provider.away = null;
      await world.accounts.saveRescued();
      expect(await world.rescue.kept()).to.deep.equal([]);
      expect(await world.secretOf(id)).to.equal('good-token');
      await keep();
      world.provider.accepted.clear();
      await world.accounts.saveRescued();
      expect(await world.secretOf(id)).to.equal('kept');
    });

    it('forgets what was kept for an account that is gone', async () => {
      await world.rescue.keep({ accountId: 'gone', sealed: 'x', replaces: null, expiresAt: null });
      await world.accounts.saveRescued();
      expect(await world.rescue.kept()).to.deep.equal([]);
    });
  });
});
