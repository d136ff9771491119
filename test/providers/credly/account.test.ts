import { expect } from 'chai';
import { closeCredlyWorlds, credlyWorld, rejection } from '../../support/credly-world.ts';

afterEach(closeCredlyWorlds);

describe('a Credly organization as an account', () => {
  it('is proved by its own answer, with the end of its token', async () => {
    const { credly, provider, account } = await credlyWorld();
    const facts = await provider.checkAccount(account);
    expect(facts).to.deep.equal({
      name: 'Example University',
      secretExpiresAt: credly.tokens[0]!.expiresAt,
      notes: [],
    });
  });

  it('says that a token cannot issue', async () => {
    const { credly, provider, account } = await credlyWorld();
    Object.assign(credly.tokens[0]!, { writes: false });
    expect((await provider.checkAccount(account)).notes).to.deep.equal([
      'The token may only read: badges cannot be issued with it.',
    ]);
  });

  it('is fine when its token may not list tokens', async () => {
    const { credly, provider, account } = await credlyWorld();
    credly.fail({ match: '/authorization_tokens', kind: 'status', status: 403 });
    expect(await provider.checkAccount(account)).to.deep.equal({
      name: 'Example University',
      secretExpiresAt: null,
      notes: ['Credly does not say how long the token lives: tokens end 180 days after they were made.'],
    });
  });

  it('is refused where the token is of another organization', async () => {
    const { provider, account } = await credlyWorld();
    const error = await rejection(
      provider.checkAccount({ ...account, externalId: '43aaea02-0000-4000-8000-0000000000ff' }),
    );
    expect(error.message).to.equal(
      'Credly shows this token no organization with this id; check that both are of the same organization, and that ' +
        'the host is right: the sandbox knows nothing of the real Credly',
    );
  });

  it('gets a new token, and knows when the answer with it was lost', async () => {
    const { credly, provider, account } = await credlyWorld();
    const { secret, expiresAt } = await provider.rotateSecret(account);
    expect([secret, expiresAt]).to.deep.equal([credly.tokens[0]!.token, credly.tokens[0]!.expiresAt]);
    const renewed = { ...account, secret };

    credly.fail({ match: 'POST', kind: 'drop' });
    const untouched = await rejection(provider.rotateSecret(renewed));
    expect(untouched.code).to.equal('provider.unavailable');
    expect(credly.tokens[0]!.token).to.equal(secret);

    credly.fail({ match: 'POST', kind: 'drop', when: 'after' });
    const lost = await rejection(provider.rotateSecret(renewed));
    expect(lost.code).to.equal('provider.unauthorised');
    expect(lost.message).to.equal(
      'Credly has replaced the token of "Example University", but the answer with the new one was lost; ' +
        "make a new one in Credly and enter it on the account's page",
    );
  });

  it('keeps the token out of every error (U8)', async () => {
    const { credly, provider, account } = await credlyWorld();
    for (const status of [401, 403, 404, 422, 500]) {
      credly.fail({ kind: 'status', status, body: { data: { message: account.secret } }, times: 3 });
      const error = await rejection(provider.checkAccount(account));
      credly.recover();
      expect(JSON.stringify([error.message, error.details, String(error.cause), error.stack])).to.not.contain(
        account.secret,
      );
    }
  });
});
