import { expect } from 'chai';
import { CredentialsError, ProviderError } from '../../../plugin/errors.ts';
import type { AwardRequest, ProviderTemplate } from '../../../plugin/ports/badge-provider.ts';
import { type AccredibleParts, AccredibleProvider } from '../../../providers/accredible/provider.ts';
import { createHttpClient } from '../../../providers/http/create-client.ts';
import {
  AccredibleStandIn,
  type AccredibleStandInOptions,
  DEMO_KEY,
} from '../../../server/stand-ins/accredible/server.ts';
import { badgeProviderContract } from '../../contracts/badge-provider.ts';
import { anAccount, aTemplate, type FixedDirectory, fixedDirectory } from '../../support/account-directory.ts';
import { day } from '../../support/rule-values.ts';

const GROUP = 12472;
const account = anAccount({ secret: DEMO_KEY });
const NOW = new Date('2026-06-01T12:00:00Z');

let running: AccredibleStandIn[] = [];
afterEach(async () => {
  await Promise.all(running.map((one) => one.close()));
  running = [];
});

async function setUp(
  options: AccredibleStandInOptions = {},
  parts: Partial<AccredibleParts> = {},
): Promise<{ accredible: AccredibleStandIn; provider: AccredibleProvider; accounts: FixedDirectory }> {
  const accredible = new AccredibleStandIn({ groups: [{ id: GROUP }], now: () => NOW.getTime(), ...options });
  await accredible.open();
  running.push(accredible);
  const accounts = fixedDirectory([account], [aTemplate('accredible', String(GROUP)), aTemplate('accredible', 'abc')]);
  const { host } = new URL(accredible.url);
  const provider = new AccredibleProvider({
    accounts,
    createClient: (one) => createHttpClient(one, { internalHosts: [host], sleep: async () => {} }),
    hosts: { production: accredible.url },
    clock: { now: () => NOW },
    pause: async () => {},
    ...parts,
  });
  return { accredible, provider, accounts };
}

function request(overrides: Partial<AwardRequest> = {}): AwardRequest {
  return {
    uuid: '7d9f1c0a-2f43-4a57-9d3e-0a1f0c1f5a11',
    templateId: String(GROUP),
    badgeName: 'Demo',
    awardedAt: day(1),
    recipient: { learnerId: 'l1', username: 'ada', name: 'Ada', email: 'Ada@Example.com' },
    provenance: null,
    ...overrides,
  };
}

/** @returns what it threw */
async function failureOf(work: Promise<unknown>): Promise<CredentialsError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof CredentialsError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

async function all<Item>(items: AsyncIterable<Item> | undefined): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items ?? []) found.push(item);
  return found;
}

badgeProviderContract('Accredible', async () => {
  const { accredible, provider } = await setUp();
  return { provider, account, templateId: String(GROUP), countIssued: async () => accredible.world.credentials.length };
});

describe('an award at Accredible', () => {
  it('says who, what and on which day: the day of the completing event, not of the template (UD6)', async () => {
    const { accredible, provider } = await setUp();
    const issued = await provider.award(request());
    const [credential] = accredible.world.credentials;
    expect(issued).to.deep.equal({
      externalId: String(credential?.id),
      state: 'accepted',
      url: `https://www.credential.net/${credential?.id}`,
    });
    expect(accredible.calls).to.deep.equal([
      {
        method: 'POST',
        path: '/v1/credentials',
        query: '',
        authorization: `Token token=${DEMO_KEY}`,
        traceparent: null,
        body: {
          credential: {
            id: request().uuid,
            group_id: GROUP,
            recipient: { name: 'Ada', email: 'ada@example.com', id: 'l1' },
            issued_on: '2026-03-01',
            meta_data: { laurel_badge: request().uuid },
          },
        },
      },
    ]);
  });

  it('names somebody without a name by the username', async () => {
    const { accredible, provider } = await setUp();
    await provider.award(request({ recipient: { ...request().recipient, name: '' } }));
    expect(accredible.world.credentials[0]?.recipient.name).to.equal('ada');
  });

  it('is refused here for a learner without an address, and for a template that is no group', async () => {
    const { accredible, provider } = await setUp();
    const nowhere = await failureOf(provider.award(request({ recipient: { ...request().recipient, email: '' } })));
    expect([nowhere.code, nowhere.message]).to.deep.equal([
      'provider.refused',
      'Accredible issues to e-mail addresses, and none is known of this learner; retry when an event has told it',
    ]);
    const nothing = await failureOf(provider.award(request({ templateId: 'abc' })));
    expect(nothing.message).to.equal(
      'the groups of Accredible have numbers for ids, and the template of the rule has none; write the number of the group',
    );
    expect(accredible.calls).to.have.length(0);
  });

  it('is not done while Accredible keeps it unpublished, and is published when there are credits (UD2)', async () => {
    const { accredible, provider, accounts } = await setUp({ credits: 0 });
    const error = await failureOf(provider.award(request()));
    expect([error.code, error.retry]).to.deep.equal(['provider.unpublished', 'later']);
    expect(error.message).to.equal(
      'Accredible keeps the credential unpublished: most likely the account has no credits left; buy some, and it is published by itself',
    );
    expect((error as ProviderError).retryAfterMs).to.equal(900_000);
    expect(accounts.reports).to.deep.equal([{ accountId: 'account-1', ok: false, message: error.message }]);
    expect((await failureOf(provider.findIssued(request()))).code).to.equal('provider.unpublished');
    accredible.world.credits = 1;
    expect((await provider.findIssued(request()))?.state).to.equal('accepted');
    expect(accredible.world.credentials).to.have.length(1);
    expect(accredible.world.credits).to.equal(0);
  });

  it('takes over what the recipient has already, also when the index is late', async () => {
    const { accredible, provider } = await setUp();
    const first = await provider.award(request());
    const second = await provider.award(request({ uuid: '11111111-2f43-4a57-9d3e-0a1f0c1f5a11' }));
    expect(second.externalId).to.equal(first.externalId);
    expect(accredible.world.credentials).to.have.length(1);
    accredible.indexLagMs = 60_000;
    let looks = 0;
    const late = await setUp(
      {},
      {
        pause: async () => {
          if (++looks === 2) late.accredible.indexLagMs = 0;
        },
      },
    );
    late.accredible.indexLagMs = 60_000;
    await late.provider.award(request());
    const again = await late.provider.award(request({ uuid: '22222222-2f43-4a57-9d3e-0a1f0c1f5a11' }));
    expect(again.externalId).to.equal(String(late.accredible.world.credentials[0]?.id));
    expect(looks).to.equal(2);
  });

  it('brings back what was let expire when it is earned again', async () => {
    const { accredible, provider } = await setUp();
    const { externalId } = await provider.award(request());
    await provider.revoke({ uuid: request().uuid, templateId: String(GROUP), externalId, reason: 'test' });
    const again = await provider.award(request({ uuid: '33333333-2f43-4a57-9d3e-0a1f0c1f5a11', awardedAt: day(20) }));
    expect(again).to.deep.include({ externalId, state: 'accepted' });
    expect(accredible.world.credentials[0]).to.deep.include({ expiredOn: null, issuedOn: '2026-03-20' });
    const found = await provider.findIssued(request({ uuid: '33333333-2f43-4a57-9d3e-0a1f0c1f5a11' }));
    expect(found).to.deep.include({ externalId, state: 'accepted' });
  });

  it('tells why it was refused, without names and addresses', async () => {
    const { accredible, provider } = await setUp({ groups: [{ id: GROUP, course_name: null }] });
    const refused = await failureOf(provider.award(request()));
    expect(refused.message).to.equal(
      "Accredible refused the award (422: course_name can't be blank); put it right there or in the rule, then retry",
    );
    accredible.fail({
      kind: 'status',
      status: 422,
      body: { errors: { 'recipient.email': ['ADA@example.com of Ada is odd <x>'] } },
    });
    const personal = await failureOf(provider.award(request()));
    expect(personal.message).to.equal(
      'Accredible refused the award (422: recipient.email … of … is odd <x>); put it right there or in the rule, then retry',
    );
  });

  it('is refused where the key does not see the group', async () => {
    const { provider } = await setUp({ groups: [] });
    const error = await failureOf(provider.award(request()));
    expect([error.code, error.message]).to.deep.equal([
      'provider.refused',
      'Accredible refused the award (404: Group does not exist); put it right there or in the rule, then retry',
    ]);
  });

  it('is asked for again after a lost answer, and found (U3)', async () => {
    const { accredible, provider } = await setUp();
    accredible.fail({ match: 'POST /v1/credentials', kind: 'drop', when: 'after' });
    const error = (await failureOf(provider.award(request()))) as ProviderError;
    expect([error.code, error.ambiguous]).to.deep.equal(['provider.unavailable', true]);
    const found = await provider.findIssued(request());
    expect(found?.externalId).to.equal(String(accredible.world.credentials[0]?.id));
    expect(accredible.world.credentials).to.have.length(1);
  });

  it('is found by our key where Accredible has given it another id', async () => {
    const { accredible, provider } = await setUp();
    accredible.world.create(
      { group_id: GROUP, recipient: { name: 'Ada', email: 'ada@example.com' }, meta_data: { laurel_badge: 'other' } },
      null,
    );
    expect(await provider.findIssued(request())).to.equal(null);
    accredible.world.credentials[0] = {
      ...(accredible.world.credentials[0] as (typeof accredible.world.credentials)[0]),
      metaData: { laurel_badge: request().uuid },
    };
    expect((await provider.findIssued(request()))?.state).to.equal('accepted');
  });

  it('is found also when its group has been retired since', async () => {
    const { provider, accounts } = await setUp();
    const issued = await provider.award(request());
    accounts.resolve = () => Promise.reject(new ProviderError('refused', 'the template is retired'));
    expect((await provider.findIssued(request()))?.externalId).to.equal(issued.externalId);
  });

  it('does not fail for good when Accredible is away for a while (UD2, U2)', async () => {
    const { accredible, provider } = await setUp();
    accredible.fail({ kind: 'status', status: 503, body: 'down' });
    expect((await failureOf(provider.award(request()))).retry).to.equal('later');
    accredible.fail({ kind: 'status', status: 429, body: '' });
    expect((await failureOf(provider.award(request()))).retry).to.equal('later');
    expect((await provider.award(request())).state).to.equal('accepted');
  });

  for (const body of ['HTTP Token: Access denied.', { success: false, data: 'Not enough or too many segments' }]) {
    it(`waits for a new key when Accredible says ${typeof body === 'string' ? body : body.data} (U8)`, async () => {
      const { accredible, provider, accounts } = await setUp();
      accredible.fail({ kind: 'status', status: 401, body });
      const error = await failureOf(provider.award(request()));
      expect([error.code, error.retry]).to.deep.equal(['provider.unauthorised', 'later']);
      expect(accounts.reports.map(({ accountId, ok }) => [accountId, ok])).to.deep.equal([['account-1', false]]);
      expect(JSON.stringify([error.message, error.details, error.stack, accounts.reports])).not.to.include(DEMO_KEY);
    });
  }

  for (const [what, body] of [
    ['a page of somebody else', '<html>hello</html>'],
    ['no credential', { credential: null }],
    ['an id that is a path', { credential: { id: '../issuer', approve: true } }],
  ] as const) {
    it(`does not believe ${what}`, async () => {
      const { accredible, provider } = await setUp();
      accredible.fail({ kind: 'status', status: 200, body });
      const error = (await failureOf(provider.award(request()))) as ProviderError;
      expect([error.code, error.ambiguous]).to.deep.equal(['provider.unexpected-reply', true]);
      expect(error.message).to.equal(
        'Accredible answered to an award with something that is no such answer; see whether the host is the right one',
      );
    });
  }

  it('shows no address but one of https', async () => {
    const { accredible, provider } = await setUp();
    const credential = { id: 77, approve: true, encoded_id: 'abc', url: 'javascript:alert(1)' };
    accredible.fail({ kind: 'status', status: 200, body: { credential } });
    expect((await provider.award(request())).url).to.equal('https://www.credential.net/abc');
  });
});

describe('taking a badge back at Accredible', () => {
  it('lets it expire yesterday, and leaves it alone when it has expired already', async () => {
    const { accredible, provider } = await setUp();
    const { externalId } = await provider.award(request());
    const reference = { uuid: request().uuid, templateId: String(GROUP), externalId };
    expect((await provider.revoke({ ...reference, reason: 'test' })).state).to.equal('expired');
    expect(accredible.world.credentials[0]?.expiredOn).to.equal('2026-05-31');
    const before = accredible.calls.length;
    await provider.revoke({ ...reference, reason: 'test' });
    expect(accredible.calls.slice(before).map(({ method, path }) => `${method} ${path}`)).to.deep.equal([
      `GET /v1/credentials/${externalId}`,
    ]);
    expect((await provider.issuedState(reference))?.state).to.equal('expired');
  });

  it('lets nothing end before it begins', async () => {
    const { accredible, provider } = await setUp({}, { clock: { now: () => new Date('2026-03-01T09:00:00Z') } });
    const { externalId } = await provider.award(request());
    const taken = await provider.revoke({
      ...{ uuid: request().uuid, templateId: String(GROUP), externalId },
      reason: 'test',
    });
    expect(accredible.world.credentials[0]?.expiredOn).to.equal('2026-03-01');
    expect(taken.state).to.equal('expired');
  });

  it('deletes it where that is wanted, as often as it is asked', async () => {
    const { accredible, provider } = await setUp({}, { revocation: 'delete' });
    expect(provider.capabilities.revocation).to.equal('delete');
    const { externalId } = await provider.award(request());
    const reference = { uuid: request().uuid, templateId: String(GROUP), externalId };
    const taken = await provider.revoke({ ...reference, reason: 'test' });
    expect(taken).to.deep.equal({ externalId, state: 'deleted', url: null });
    expect(await provider.revoke({ ...reference, reason: 'test' })).to.deep.equal(taken);
    expect(accredible.world.credentials).to.have.length(0);
    expect(await provider.issuedState(reference)).to.equal(null);
  });

  it('is done when somebody has deleted it there', async () => {
    const { accredible, provider } = await setUp();
    const { externalId } = await provider.award(request());
    accredible.world.credentials.length = 0;
    const reference = { uuid: request().uuid, templateId: String(GROUP), externalId };
    expect(await provider.revoke({ ...reference, reason: 'test' })).to.deep.equal({
      externalId,
      state: 'deleted',
      url: null,
    });
  });
});

describe('the groups of Accredible', () => {
  it('are read to the last page, whatever the page numbers say, and only those of the key (UD7, U7)', async () => {
    const groups = Array.from({ length: 120 }, (_, at) => ({ id: at + 1, department_id: at === 119 ? 2 : 1 }));
    const { provider } = await setUp({ groups, keys: { [DEMO_KEY]: 1 } });
    const listed = await all<ProviderTemplate>(provider.listTemplates(account));
    expect(listed.map(({ id }) => id)).to.deep.equal(groups.slice(0, 119).map(({ id }) => String(id)));
  });

  it('have the picture of their design, and none where there is no design (UD7)', async () => {
    const groups = [
      { id: 1, primary_design_id: 23, badge_design_id: 24 },
      { id: 2, badge_design_id: 24 },
      { id: 3 },
      { id: 4, certificate_design_id: 500 },
      { id: 5, certificate_design_id: 900 },
      { id: 6, primary_design_id: 23 },
    ];
    const { accredible, provider } = await setUp({ groups });
    const listed = await all<ProviderTemplate>(provider.listTemplates(account));
    expect(listed.map(({ imageUrl }) => imageUrl)).to.deep.equal([
      'https://images.example.edu/designs/23.png',
      'https://images.example.edu/designs/24.png',
      null,
      null,
      null,
      'https://images.example.edu/designs/23.png',
    ]);
    expect(accredible.calls.filter(({ path }) => path === '/v1/designs/23')).to.have.length(1);
    expect(listed[2]).to.deep.equal({
      id: '3',
      name: 'Course 3',
      description: 'What course 3 is about',
      imageUrl: null,
      state: 'active',
      dashboardUrl: null,
      details: { internalName: 'internal-3', department: null },
    });
  });

  it('are not taken for all when the list fails half way or leads in a circle', async () => {
    const groups = Array.from({ length: 60 }, (_, at) => ({ id: at + 1 }));
    const { accredible, provider } = await setUp({ groups });
    accredible.fail({ kind: 'status', status: 200, body: { groups: [{ id: 1 }], meta: { next_page: 1 } } });
    const circle = await failureOf(all(provider.listTemplates(account)));
    expect([circle.code, circle.message]).to.deep.equal([
      'provider.unexpected-reply',
      'the list of groups at Accredible leads back to where it began; try again, and ask Accredible if it stays so',
    ]);
    accredible.fail({ kind: 'status', status: 200, body: { groups: [] } });
    expect((await failureOf(all(provider.listTemplates(account)))).code).to.equal('provider.unexpected-reply');
  });
});

describe('an account at Accredible', () => {
  it('is proved by its key, and warns before its credits run out; keys do not expire (U21)', async () => {
    const { provider } = await setUp({ credits: 12 });
    expect(await provider.checkAccount(account)).to.deep.equal({
      name: 'Example University',
      secretExpiresAt: null,
      notes: ['12 credits are left: buy more before they run out.'],
    });
    const { provider: empty } = await setUp({ credits: 0 });
    expect((await empty.checkAccount(account)).notes).to.deep.equal([
      'No credits are left: what is awarded now stays unpublished until some are bought.',
    ]);
    const { provider: rich } = await setUp({ credits: 100_000 });
    expect((await rich.checkAccount(account)).notes).to.deep.equal(['100000 credits are left.']);
  });

  it('of the EU is asked for at the host of the EU, where other keys are known', async () => {
    const { accredible: elsewhere, provider: _ } = await setUp();
    const eu = await setUp({ keys: { 'eu-key': null } });
    const hosts = { production: elsewhere.url, eu: eu.accredible.url };
    const provider = new AccredibleProvider({
      accounts: eu.accounts,
      createClient: (one) =>
        createHttpClient(one, { internalHosts: Object.values(hosts).map((url) => new URL(url).host) }),
      hosts,
    });
    const facts = await provider.checkAccount(anAccount({ host: 'eu', secret: 'eu-key' }));
    expect(facts.name).to.equal('Example University');
    expect((await failureOf(provider.checkAccount(anAccount({ host: 'production', secret: 'eu-key' })))).code).to.equal(
      'provider.unauthorised',
    );
  });

  it('lists everything it has issued, page by page, also beyond what can be come by without a cursor', async () => {
    const { accredible, provider } = await setUp({
      groups: [{ id: GROUP, allow_duplicate_credentials: true }],
      searchableByOffset: 100,
    });
    for (let at = 0; at < 169; at++) {
      accredible.world.create({ group_id: GROUP, recipient: { name: 'A', email: `a${at}@example.com` } }, null);
    }
    await provider.award(request());
    const listed = await all(provider.listIssued(account));
    expect(listed).to.have.length(170);
    const last = accredible.world.credentials.at(-1);
    expect(listed.at(-1)).to.deep.equal({
      externalId: String(last?.id),
      state: 'accepted',
      url: `https://www.credential.net/${last?.encodedId}`,
      templateId: String(GROUP),
      uuid: request().uuid,
      learnerId: 'l1',
      recipientEmail: 'ada@example.com',
      issuedAt: new Date('2026-03-01'),
      stands: true,
    });
    expect(listed[0]).to.deep.include({ uuid: null, learnerId: null });
  });

  it('has no webhooks and so none that could be forged (U6, UD11)', async () => {
    const { provider } = await setUp();
    expect(provider.capabilities.webhooks).to.equal(false);
    expect('readWebhook' in provider).to.equal(false);
  });
});
