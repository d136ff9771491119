import { expect } from 'chai';
import { ProviderError } from '../../../plugin/errors.ts';
import { MemoryIssuerStore } from '../../../plugin/ports/memory-issuer-store.ts';
import { badgeProviderContract } from '../../contracts/badge-provider.ts';
import { aRequest, aTemplate, issuerWorld, UUID } from '../../support/issuer-world.ts';

badgeProviderContract('Open Badges', async () => {
  const { provider, store } = issuerWorld();
  return {
    provider,
    templateId: 'course-completer',
    countIssued: async () => (await store.badges({ limit: 10 })).items.length,
  };
});

describe('issuing Open Badges', () => {
  const other = UUID.replace('7d', '8d');

  async function refusal(work: Promise<unknown>): Promise<string> {
    const error = await work.catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(ProviderError);
    return `${(error as ProviderError).code}: ${(error as ProviderError).message}`;
  }

  it('says where the badge is found', async () => {
    expect(await issuerWorld().provider.award(aRequest())).to.deep.equal({
      externalId: UUID,
      state: 'issued',
      url: `https://badges.example.edu/open-badges/${UUID}`,
    });
  });

  it('looks for another place when one is taken, and gives none twice', async () => {
    const indexes = [5, 5, 5, 7];
    const { provider, store } = issuerWorld({ randomIndex: () => indexes.shift() ?? 0 });
    await provider.award(aRequest());
    await provider.award(aRequest({ uuid: other }));
    expect((await store.badge(UUID))?.index).to.equal(5);
    expect((await store.badge(other))?.index).to.equal(7);
    expect(JSON.parse((await store.badge(other))?.content ?? '').credentialStatus.statusListIndex).to.equal('7');
  });

  it('gives random places of the whole list', async () => {
    const { provider, store } = issuerWorld();
    for (let n = 0; n < 20; n++) await provider.award(aRequest({ uuid: UUID.replace('7d9f1c', `0000${10 + n}`) }));
    const places = (await store.badges({ limit: 50 })).items.map(({ index }) => index);
    expect(new Set(places).size).to.equal(20);
    expect(Math.max(...places)).to.be.greaterThan(20);
  });

  it('begins a new list when four fifths of one are given away', async () => {
    const store = new MemoryIssuerStore();
    const asked: number[] = [];
    store.takePlace = async (most) => asked.push(most);
    await issuerWorld({ store }).provider.award(aRequest());
    expect(asked).to.deep.equal([104_857]);
  });

  it('leaves one badge with one place when two processes issue it at the same time', async () => {
    const store = new MemoryIssuerStore();
    const awards = [1, 2, 3].map(() => issuerWorld({ store }).provider.award(aRequest()));
    expect(new Set((await Promise.all(awards)).map(({ externalId }) => externalId)).size).to.equal(1);
    expect((await store.badges({ limit: 9 })).items).to.have.length(1);
  });

  it('leaves neither a second badge nor a shared place when it is killed at any step and repeated', async () => {
    const steps = ['badge', 'keys', 'addKey', 'profile', 'takePlace', 'addBadge'] as const;
    for (const step of steps) {
      for (const when of ['before', 'after'] as const) {
        const store = new MemoryIssuerStore();
        const dying = Object.assign(Object.create(store) as MemoryIssuerStore, {
          [step]: async (...given: never[]) => {
            if (when === 'after') await (store[step] as (...all: never[]) => Promise<unknown>).apply(store, given);
            throw new Error('killed');
          },
        });
        for (const method of ['badge', 'keys', 'addKey', 'profile', 'takePlace', 'addBadge', 'resealKey'] as const)
          if (method !== step) Object.assign(dying, { [method]: (store[method] as () => unknown).bind(store) });
        await issuerWorld({ store: dying })
          .provider.award(aRequest())
          .catch(() => {});
        const { provider, signed } = issuerWorld({ store, randomIndex: () => 3 });
        await provider.award(aRequest());
        await issuerWorld({ store }).provider.award(aRequest({ uuid: other }));
        const { items } = await store.badges({ limit: 9 });
        expect(items.map(({ uuid }) => uuid).sort(), `${step} ${when}`).to.deep.equal([UUID, other]);
        expect(new Set(items.map(({ list, index }) => `${list}/${index}`)).size).to.equal(2);
        expect(await store.keys()).to.have.length(1);
        expect(await signed()).to.have.property('proof');
      }
    }
  });

  it('keeps what was true when it was issued, whatever becomes of the template', async () => {
    const { provider, templates, signed } = issuerWorld();
    await provider.award(aRequest());
    templates.set('course-completer', aTemplate({ name: 'Something else', state: 'retired' }));
    expect(await signed()).to.have.property('name', 'Course completer');
    expect((await provider.award(aRequest())).state).to.equal('issued');
    expect((await provider.template('course-completer'))?.name).to.equal('Something else');
  });

  it('refuses templates that are not there or not active, and learners without an address, and says what to do', async () => {
    const { provider, templates, store } = issuerWorld();
    templates.set('draft', aTemplate({ templateId: 'draft', state: 'draft' }));
    expect(await refusal(provider.award(aRequest({ templateId: 'nothing' })))).to.equal(
      'provider.refused: there is no badge template "nothing" here; create it with this id, or name another in the rule, then retry',
    );
    expect(await refusal(provider.award(aRequest({ templateId: 'draft' })))).to.equal(
      'provider.refused: the badge template "draft" is not active; activate it, then retry',
    );
    const recipient = { ...aRequest().recipient, email: ' ' };
    expect(await refusal(provider.award(aRequest({ recipient })))).to.equal(
      'provider.refused: the learner has no e-mail address on record, and a badge is made out to one; retry once an event has brought it',
    );
    const unknown = { uuid: UUID, templateId: 'x', externalId: UUID, reason: 'x' };
    expect(await refusal(provider.revoke(unknown))).to.equal(
      'provider.refused: Laurel never issued this badge, so it cannot be taken back',
    );
    expect((await store.badges({ limit: 1 })).items).to.deep.equal([]);
    expect(await provider.template('nothing')).to.equal(null);
    expect(await provider.issuedState(unknown)).to.equal(null);
  });

  it('lists everything it has issued, page after page, and whether it stands', async () => {
    const { provider } = issuerWorld();
    for (let n = 0; n < 205; n++)
      await provider.award(aRequest({ uuid: UUID.replace('7d9f1c0a', String(10_000_000 + n)) }));
    await provider.revoke({
      uuid: UUID.replace('7d9f1c0a', '10000000'),
      templateId: 'x',
      externalId: 'x',
      reason: 'x',
    });
    const listed = [];
    for await (const badge of provider.listIssued()) listed.push(badge);
    expect(new Set(listed.map(({ uuid }) => uuid)).size).to.equal(205);
    expect(listed.filter(({ stands }) => !stands).map(({ state }) => state)).to.deep.equal(['revoked']);
    expect(listed[0]).to.include({ learnerId: 'l1', recipientEmail: null, templateId: 'course-completer' });
  });
});
