import { expect } from 'chai';
import { CredlyProvider } from '../../../providers/credly/provider.ts';
import { badgeProviderContract } from '../../contracts/badge-provider.ts';
import { closeCredlyWorlds, credlyWorld, rejection } from '../../support/credly-world.ts';

afterEach(closeCredlyWorlds);

badgeProviderContract('Credly', async () => {
  const { credly, provider, templateId } = await credlyWorld();
  return { provider, templateId, countIssued: async () => credly.badges.size };
});

describe('the Credly provider', () => {
  it('knows no host but those it was given', async () => {
    const { account } = await credlyWorld();
    const provider = new CredlyProvider({
      accounts: {} as never,
      connect: () => {
        throw new Error('no call is made');
      },
    });
    const error = await rejection(provider.checkAccount({ ...account, host: 'elsewhere' }));
    expect(error.message).to.equal('Credly has no host "elsewhere"; choose another one on the account\'s page');
  });
});
