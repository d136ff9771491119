import { expect } from 'chai';
import supertest from 'supertest';
import { createApiToken } from '../../../../server/http/people/tokens.ts';
import { passingEvent, seed } from '../../../support/seed.ts';
import { type Browser, makeSite, type Site, submit, textOf } from '../../../support/web.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

describe('the page of API tokens', () => {
  let site: Site;
  let browser: Browser;
  beforeEach(async () => {
    site = makeSite();
    await seed(site);
    browser = await site.signIn('administrator');
  });
  const make = (fields: Readonly<Record<string, string>>) => submit(browser, '/tokens/new', '/tokens/new', fields);
  const day = (days: number) =>
    new Date(site.services.clock.now().getTime() + days * DAY_MS).toISOString().slice(0, 10);

  it('makes a token that is shown once and opens what was ticked', async () => {
    const answer = await make({ label: ' course site ', scope: 'badges:read', expires: day(30) });
    const [token = ''] = /laurel_[\w-]{43}/.exec(answer.text) ?? [];
    expect(textOf(answer.text)).to.include('Copy it now: it is not shown again.');
    const call = (path: string) => supertest(site.app).get(path).set('Authorization', `Bearer ${token}`);
    expect((await call('/api/laurel/v1/badges')).status).to.equal(200);
    expect((await call('/api/learning_credentials/v1/configured/course-v1:a+b+c/')).status).to.equal(403);
    const list = await browser.get('/tokens');
    expect(list.text).not.to.include(token);
    expect(textOf(list.text)).to.match(/course site badges:read Valid .* by administrator/);
    const [entry] = (await site.services.access.audit({ limit: 1 })).items;
    expect(entry).to.deep.include({ actor: 'administrator', action: 'token.created' });
    expect(entry?.details).to.deep.include({ label: 'course site', scopes: 'badges:read' });
    expect(JSON.stringify(entry)).not.to.include(token);
  });

  it('says what is missing, keeps what was typed and makes nothing', async () => {
    for (const [fields, message] of [
      [{ label: '', scope: 'badges:read' }, 'Say what the token is for.'],
      [{ label: 'x'.repeat(121), scope: 'badges:read' }, 'The label may have at most 120 characters.'],
      [{ label: 'a', scope: 'all' }, 'Choose at least one thing that the token may do.'],
      [
        { label: 'a', scope: 'badges:read', expires: '2027-02-30' },
        'Enter the last day as year, month and day, such as',
      ],
      [{ label: 'a', scope: 'badges:read', expires: day(-1) }, 'This day is over: enter one that lies ahead, or none.'],
    ] as const) {
      const answer = await make(fields);
      expect(answer.status, message).to.equal(422);
      expect(textOf(answer.text)).to.include(message);
      expect(answer.text).to.include(`value="${fields.label}"`);
    }
    expect(await site.services.access.apiTokens()).to.deep.equal([]);
  });

  it('warns of tokens that expire within 14 days, and of no others', async () => {
    const expiring = (label: string, days: number) =>
      createApiToken(site.services, label, 'cli', {
        expiresAt: new Date(site.services.clock.now().getTime() + days * DAY_MS),
      });
    await expiring('soon', 13.9);
    await expiring('later', 14.1);
    await expiring('over', -1);
    const revoked = await expiring('gone', 2);
    await site.services.access.revokeApiToken(revoked.id, site.services.clock.now());
    const text = textOf((await browser.get('/tokens')).text);
    expect([...text.matchAll(/in place of (\w+),/g)].map(([, label]) => label)).to.deep.equal(['soon']);
    expect(text).to.include(', give it to whoever uses that one, then revoke it: it expires on ');
    expect(text)
      .to.match(/over .*? Expired/)
      .and.match(/gone .*? Revoked/);
  });

  it('makes tokens for sending events too, which open the door where no token is in the settings', async () => {
    const shut = makeSite({ settings: { ingestToken: null } });
    const { token } = await createApiToken(shut.services, 'lms', 'cli', { scopes: ['events:write'] });
    const event = passingEvent({ user: 'ada', at: '2026-03-02T10:15:00Z' });
    const answer = await supertest(shut.app).post('/events').set('Authorization', `Bearer ${token}`).send(event);
    expect([answer.status, answer.body]).to.deep.equal([202, { accepted: 1 }]);
    expect((await shut.services.access.apiTokens())[0]?.lastUsedAt).to.be.instanceOf(Date);
  });
});
