import { expect } from 'chai';
import { assertMayBelong } from '../../../server/organisations/references.ts';
import { storedTemplate } from '../../support/credly-world.ts';
import { anAccount } from '../../support/provider-accounts.ts';
import { makeSite } from '../../support/web.ts';

describe('what names what', () => {
  const world = async (template: string) => {
    const { services } = makeSite();
    for (const slug of ['a', 'b']) {
      await services.providerStore.saveAccount(anAccount(slug));
      await services.providerStore.saveTemplate(storedTemplate({ accountId: `id-${slug}`, templateId: 'both' }));
    }
    const badge = { id: 'shared', name: 'Shared', active: true, source: '', updatedAt: new Date(), updatedBy: 'ada' };
    await services.badges.save({ ...badge, template }, 0);
    return async (id: string): Promise<string> =>
      assertMayBelong(services, { kind: 'provider-account', id }, 'Acme').then(
        () => 'may',
        (error: Error) => error.message,
      );
  };
  const refused = (name: string) =>
    `shared names ${name}: that must belong to the same organisation, or be shared by all`;

  it('is every account that has the template of a rule', async () => {
    const give = await world('credly:both');
    expect([await give('id-a'), await give('id-b')]).to.deep.equal([refused('A'), refused('B')]);
  });

  it('is the one account that a rule names, whether another has the template too or this one has it not yet', async () => {
    const give = await world('credly:a/both');
    expect([await give('id-a'), await give('id-b')]).to.deep.equal([refused('A'), 'may']);
    expect(await (await world('credly:b/new'))('id-b')).to.equal(refused('B'));
  });
});
