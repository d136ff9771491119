import { expect } from 'chai';
import { ConfigurationError } from '../../../plugin/errors.ts';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { type GivenAccount, setUpGivenAccounts } from '../../../plugin/providers/given-accounts.ts';
import { type AccountWorld, accountWorld, HALL_ID } from '../../support/account-world.ts';

const given: GivenAccount = { provider: 'hall', slug: 'science', host: null, credentials: `${HALL_ID}:good-token` };

describe('accounts of the settings', () => {
  let world: AccountWorld;
  let ids: number;
  beforeEach(() => {
    world = accountWorld();
    ids = 0;
  });

  function setUp(...accounts: readonly GivenAccount[]): Promise<void> {
    return setUpGivenAccounts(accounts, {
      ...world,
      logger: silentLogger,
      ids: { uuid: () => `g${++ids}` },
      onNewSecret: async (provider) => void world.hurried.push(provider),
    });
  }

  it('are there from the start, without the provider being asked', async () => {
    await setUp(given);
    expect(await world.store.account('g1')).to.deep.include({
      provider: 'hall',
      slug: 'science',
      name: 'science',
      host: 'production',
      externalId: HALL_ID,
      origin: 'environment',
      lastCheck: null,
      version: 1,
    });
    expect(await world.secretOf('g1')).to.equal('good-token');
    expect(world.provider.asked).to.deep.equal([]);
    expect((await world.accounts.check('g1')).account.name).to.equal('Example University');
  });

  it('stay as they are when nothing has changed, and follow the settings when something has', async () => {
    await setUp(given);
    world.hurried.length = 0;
    await setUp(given);
    expect(await world.store.account('g1')).to.include({ version: 1 });
    expect(world.hurried).to.deep.equal([]);
    await setUp({ ...given, host: 'sandbox', credentials: `${HALL_ID}:with:colon` });
    expect(await world.store.account('g1')).to.include({ version: 2, host: 'sandbox' });
    expect(await world.secretOf('g1')).to.equal('with:colon');
    expect(world.hurried).to.deep.equal(['hall']);
  });

  it('take over an account of the page, and hand it back when they are gone', async () => {
    const { id } = await world.accounts.add('hall', {
      slug: 'science',
      host: 'production',
      externalId: HALL_ID,
      secret: 'good-token',
    });
    await setUp(given);
    expect(await world.store.account(id)).to.deep.include({ origin: 'environment', name: 'Example University' });
    await setUp();
    expect(await world.store.account(id)).to.include({ origin: 'page' });
    expect(await world.secretOf(id)).to.equal('good-token');
  });

  it('leave alone what is there under another name', async () => {
    await setUp(given);
    await setUp(given, { ...given, slug: 'other' });
    expect((await world.store.accounts()).map(({ slug }) => slug)).to.deep.equal(['science']);
  });

  it('are refused with every problem at once and without their secrets', async () => {
    const error = await setUp(
      { ...given, credentials: 'hunter2' },
      { ...given, slug: 'arts', host: 'mars' },
      { ...given, provider: 'memory' },
      { ...given, provider: 'memory' },
    ).then(
      () => null,
      (thrown: unknown) => thrown as ConfigurationError,
    );
    expect(error).to.be.instanceOf(ConfigurationError);
    expect(error?.problems).to.deep.equal([
      'LAUREL_PROVIDER_ACCOUNTS, entry hall/science: This is no hall id. A UUID, on the page "Settings" of the hall.',
      'LAUREL_PROVIDER_ACCOUNTS, entry hall/arts: Choose one of production, sandbox.',
      'LAUREL_PROVIDER_ACCOUNTS names memory/science, but there are no accounts at "memory"',
      'LAUREL_PROVIDER_ACCOUNTS names memory/science twice; keep one',
      'LAUREL_PROVIDER_ACCOUNTS names memory/science, but there are no accounts at "memory"',
    ]);
    expect(await world.store.accounts()).to.deep.equal([]);
  });
});
