import { expect } from 'chai';
import supertest from 'supertest';
import { createApiToken } from '../../../server/http/people/tokens.ts';
import { passingEvent, seed } from '../../support/seed.ts';
import { makeSite, type Site, submit, textOf } from '../../support/web.ts';

describe('retiring a learner on the pages', () => {
  let site: Site;
  let path: string;
  before(async () => {
    site = makeSite();
    await seed(site);
    path = `/learners/${(await site.services.learners.findByUsername('ada'))?.id}`;
  });

  it('says what follows, and what taking badges back does at each provider', async () => {
    const administrator = await site.signIn('administrator');
    expect((await administrator.get(path)).text).to.include(`href="${path}/retire"`);
    const text = textOf((await administrator.get(`${path}/retire`)).text);
    expect(text).to.include('Username, name and e-mail address are removed from everything that is kept here.');
    expect(text).to.match(/Memory: \d+ ?\. A badge that is taken back is revoked there; its page says so/);
  });

  it('wants the username typed, and a reason that does not name the learner', async () => {
    const administrator = await site.signIn('administrator');
    const send = (fields: Record<string, string>) => submit(administrator, `${path}/retire`, `${path}/retire`, fields);
    const wrong = await send({ confirmation: 'grace', reason: 'Ada Lovelace asked' });
    expect(wrong.status).to.equal(422);
    expect(textOf(wrong.text)).to.include('Type the username, ada, to confirm.');
    expect(textOf(wrong.text)).to.include('the reason is kept; write it without the name of the learner');
    expect((await site.services.jobStore.list({ kind: 'retire-learner', limit: 5 })).items).to.deep.equal([]);

    const right = await send({ confirmation: ' ada ', reason: 'asked by mail', badges: 'revoke' });
    expect(right.status).to.equal(303);
    expect(right.headers.location).to.match(/^\/jobs\/retire-\S+\?done=retirement-started$/);
    const page = textOf((await administrator.get(right.headers.location as string)).text);
    expect(page).to.include('The retirement has begun.').and.not.include('Lovelace');
    const [entry] = (await site.services.access.audit({ limit: 1 })).items;
    expect(entry).to.deep.include({ actor: 'administrator', action: 'learner.retired' });
    expect(entry?.details).to.include({ badges: 'revoke' });
    const shown = textOf((await administrator.get(path)).text);
    expect(shown).to.match(
      /Retirement Under way Asked for .* By administrator Badges at providers are taken back Finished not yet/,
    );
    expect(shown).to.include('Nothing new about this person is stored any more.');
    const operator = await site.signIn('operator');
    expect(textOf((await operator.get(path)).text)).to.not.include('Retirement');
    await site.runJobs();
    expect((await site.services.jobStore.get(right.headers.location?.slice(6).split('?')[0] ?? ''))?.state).to.equal(
      'done',
    );
  });
});

describe('the calls of an Open edX site', () => {
  let site: Site;
  let token: string;
  before(async () => {
    site = makeSite();
    await seed(site);
    token = (await createApiToken(site.services, 'retirement pipeline', 'cli', { scopes: ['learners:retire'] })).token;
  });
  const send = (path: string, body: object) =>
    supertest(site.app).post(path).set('Authorization', `Bearer ${token}`).send(body);

  it('retire a learner, with and without a slash, and as often as they come', async () => {
    const first = await send('/api/v2/user/retire', { username: 'grace' });
    expect(first.status).to.equal(202);
    expect(first.body.state).to.equal('accepted');
    // The pipeline knows more of the learner than is needed.
    const again = await send('/api/v2/user/retire/', { original_username: 'grace', original_email: 'g@example.org' });
    expect(again.body).to.deep.equal(first.body);
    expect((await send('/api/v2/user/retire', { username: 'nobody' })).body).to.deep.equal({
      ...{ state: 'nothing-known', job: null },
    });
    const event = { ...passingEvent({ user: 'grace', at: '2026-03-02T10:15:00Z', id: 'after' }) };
    await site.services.processEvent(site.services.decodeCloudEvent(event), 'http');
  });

  it('replace usernames; one that is not known is a success, one that somebody has is not', async () => {
    const { status, body } = await send('/api/v2/replace_usernames/', {
      username_mappings: [{ ada: 'countess' }, { nobody: 'somebody' }, { linh: 'barbara' }],
    });
    expect(status).to.equal(200);
    expect(body).to.deep.equal({
      successful_replacements: [{ ada: 'countess' }, { nobody: 'somebody' }],
      failed_replacements: [{ linh: 'barbara' }],
    });
  });

  it('are refused where they are something else, and change nothing', async () => {
    for (const body of [{}, { username: '' }, { username: { $ne: null } }, { username: 'ada', badges: 'burn' }, []]) {
      const { status, body: problem } = await send('/api/v2/user/retire', body);
      expect(status, JSON.stringify(body)).to.equal(400);
      expect(problem.detail).to.match(/^the body (is not what this address takes; send|must name the learner)/);
    }
    for (const mappings of [undefined, {}, ['ada'], [{ ada: 1 }], [{ ada: 'b', bob: 'c' }], [{}]]) {
      const { status } = await send('/api/v2/replace_usernames', { username_mappings: mappings });
      expect(status, JSON.stringify(mappings)).to.equal(400);
    }
    expect((await supertest(site.app).post('/api/v2/user/retire').send({ username: 'ada' })).status).to.equal(401);
  });
});
