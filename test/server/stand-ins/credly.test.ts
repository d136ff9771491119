import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { addExamples, EXAMPLE_ORGANIZATION } from '../../../server/stand-ins/credly/example.ts';
import { CredlyStandIn } from '../../../server/stand-ins/credly/server.ts';

const { id: ORGANIZATION, token: TOKEN } = EXAMPLE_ORGANIZATION;
const TEMPLATE = '43aaea02-0000-4000-8000-000000000002';

/** Whatever JSON: what is not there fails the assertion. */
// biome-ignore lint/suspicious/noExplicitAny: the tests look into answers of every shape
type Json = any;

describe('the stand-in for Credly', () => {
  let credly: CredlyStandIn;
  beforeEach(async () => {
    credly = new CredlyStandIn({ webhooks: { firstPauseMs: 1 } });
    addExamples(credly);
    await credly.open();
  });
  afterEach(() => credly.close());

  async function ask(method: string, path: string, body?: object, authorization = basic(TOKEN)) {
    const answer = await fetch(`${credly.url}${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: (text.startsWith('{') ? JSON.parse(text) : text) as Json };
  }

  const below = `/v1/organizations/${ORGANIZATION}`;
  const badge = {
    recipient_email: 'ada@example.com',
    issued_to_first_name: 'Ada',
    issued_to_last_name: 'Lovelace',
    badge_template_id: TEMPLATE,
    issued_at: '2026-02-03 10:00:00 +0100',
    issuer_earner_id: 'l1',
  };

  it('wants the token with its colon, in time, and of the right organization', async () => {
    expect((await ask('GET', below)).status).to.equal(200);
    expect(await ask('GET', below, undefined, `Basic ${btoa(TOKEN)}`)).to.deep.equal({
      status: 401,
      body: 'HTTP Basic: Access denied.\n',
    });
    expect((await ask('GET', '/v1/organizations/6f0c0f6e-0000-4000-8000-000000000002')).status).to.equal(404);
    await ask('POST', `/stand-in/organizations/${ORGANIZATION}/expire`);
    expect((await ask('GET', below)).status).to.equal(401);
  });

  it('links to pages elsewhere and without the filter', async () => {
    for (let number = 0; number < 60; number++) credly.addTemplate(ORGANIZATION, { name: `T${number}` });
    const first = await ask('GET', `${below}/badge_templates?filter=state::active`);
    expect(first.body.data).to.have.length(50);
    expect(first.body.metadata).to.deep.include({ total_count: 63, total_pages: 2, previous_page_url: null });
    const next = first.body.metadata.next_page_url as string;
    expect(next).to.equal(`${credly.url}/api${below}/badge_templates?page=2`);
    const second = await ask('GET', next.slice(credly.url.length));
    expect(second.body.metadata.total_count).to.equal(65);
  });

  it('says what is wrong with a badge', async () => {
    for (const [change, message] of [
      [{ issued_to_last_name: ' ' }, "Validation failed: Issued to last name can't be blank"],
      [{ recipient_email: 'x' }, 'Validation failed: Recipient email is invalid'],
      [{ issued_at: 'soon' }, 'Validation failed: Issued at is not a valid date'],
      [{ locale: 'xx' }, 'Validation failed: Locale is not included in the list'],
      [{ badge_template_id: 'x' }, 'Invalid or missing Badge Template ID: x'],
    ] as const) {
      const answer = await ask('POST', `${below}/badges`, { ...badge, ...change });
      expect([answer.status, answer.body.data.message]).to.deep.equal([422, message]);
    }
    expect((await ask('POST', `${below}/badges`, badge)).body.data.issued_at).to.equal('2026-02-03T09:00:00.000Z');
    const again = await ask('POST', `${below}/badges`, badge);
    expect([again.status, again.body.data.message]).to.deep.equal([
      422,
      'Validation failed: User already has this badge',
    ]);
  });

  it('replaces a duplicate, or adds it, when it is asked to', async () => {
    const first = await ask('POST', `${below}/badges`, badge);
    const second = await ask('POST', `${below}/badges`, { ...badge, duplicate_behavior: 'replace' });
    expect(second.body.data.replaces_badge_id).to.equal(first.body.data.id);
    const third = await ask('POST', `${below}/badges`, { ...badge, duplicate_behavior: 'allow' });
    expect([third.status, third.body.data.replaces_badge_id]).to.deep.equal([201, null]);
    const refused = await ask('PUT', `${below}/badges/${first.body.data.id}/revoke`, { reason: 'x' });
    expect([refused.status, refused.body.metadata.current_badge_id]).to.deep.equal([422, second.body.data.id]);
    expect((await ask('PUT', `${below}/badges/${second.body.data.id}/revoke`, {})).status).to.equal(422);
    expect((await ask('DELETE', `${below}/badges/${second.body.data.id}`)).status).to.equal(403);
  });

  it('gives OAuth tokens that open the same', async () => {
    const organization = credly.organizations.get(ORGANIZATION)!;
    const form = { client_id: organization.clientId, client_secret: organization.clientSecret };
    expect((await ask('POST', '/oauth/token', { ...form, grant_type: 'password' })).status).to.equal(400);
    const granted = await ask('POST', '/oauth/token', { ...form, grant_type: 'client_credentials' });
    const bearer = `Bearer ${granted.body.access_token}`;
    expect((await ask('GET', `${below}/events`, undefined, bearer)).body.data[0].event_type).to.equal(
      'badge_template.created',
    );
  });

  it('tells a webhook what happened until it answers exactly 200', async () => {
    const heard: Json[] = [];
    const answers = [500, 204, 200];
    const hook = createServer((request, response) => {
      request.setEncoding('utf8').once('data', (text: string) => heard.push(JSON.parse(text)));
      request.on('end', () => response.writeHead(answers[heard.length - 1] ?? 200).end());
    });
    await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/x`;
    await ask('POST', `/stand-in/organizations/${ORGANIZATION}/webhook`, { url });
    const issued = await ask('POST', `${below}/badges`, badge);
    while (credly.webhooks.deliveries[0]?.delivered !== true) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => hook.close(resolve));
    expect(heard).to.have.length(3);
    expect(Object.keys(heard[2]).sort()).to.deep.equal(['event_type', 'id', 'occurred_at', 'organization_id']);
    const event = await ask('GET', `${below}/events/${heard[0].id}`);
    expect(event.body.data).to.deep.include({ event_type: 'badge.created', organization_id: ORGANIZATION });
    expect(event.body.data.badge.id).to.equal(issued.body.data.id);
  });

  it('fails on command, before or after it did what it was asked', async () => {
    await ask('POST', '/stand-in/faults', { match: '/badges', kind: 'html', status: 502, when: 'after' });
    expect((await ask('POST', `${below}/badges`, badge)).status).to.equal(502);
    expect(credly.badges.size).to.equal(1);
    await ask('POST', '/stand-in/faults', { kind: 'status', status: 503, times: 5 });
    expect((await ask('GET', below)).status).to.equal(503);
    await ask('DELETE', '/stand-in/faults');
    expect((await ask('GET', below)).status).to.equal(200);
  });

  it('limits requests where it is told to', async () => {
    const busy = new CredlyStandIn({ requestsPerMinute: 1 });
    addExamples(busy);
    await busy.open();
    const statuses = [];
    for (let call = 0; call < 2; call++)
      statuses.push((await fetch(`${busy.url}${below}`, { headers: { authorization: basic(TOKEN) } })).status);
    await busy.close();
    expect(statuses).to.deep.equal([200, 429]);
  });

  it('lets a learner accept, an issuer archive, and shows what it holds', async () => {
    const { body } = await ask('POST', `${below}/badges`, badge);
    await ask('POST', `/stand-in/badges/${body.data.id}/accept`);
    await ask('POST', `/stand-in/templates/${TEMPLATE}/archive`);
    const state = (await ask('GET', '/stand-in/state')).body;
    expect(state.badges[0].state).to.equal('accepted');
    expect(state.templates.find(({ id }: { id: string }) => id === TEMPLATE).state).to.equal('archived');
    expect((await ask('POST', '/stand-in/badges/none/accept')).status).to.equal(404);
    expect((await ask('GET', `/stand-in/images/${TEMPLATE}.svg`)).body).to.contain('<svg');
  });
});

function basic(token: string): string {
  return `Basic ${btoa(`${token}:`)}`;
}
