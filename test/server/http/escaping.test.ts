import { expect } from 'chai';
import { anAccount } from '../../contracts/provider-store.ts';
import { storeOldBadge } from '../../support/old-badge.ts';
import { fieldsOnPage } from '../../support/page-form.ts';
import { aCredential, passingEvent, seed } from '../../support/seed.ts';
import { csrfOf, makeSite } from '../../support/web.ts';

const evil = `"><script>alert(1)</script><img src=x onerror='alert(2)'>`;

/** The one script of the pages, by its address. */
const OUR_SCRIPTS =
  /<script (type="module" src="\/assets\/rule-editor\.js\?v=\w+" data-vocabulary="[\w./]+"|src="\/assets\/keys\.js" defer)><\/script>/g;

describe('texts that people and other systems supplied', () => {
  it('are shown as text on every page, wherever they are stored', async () => {
    const site = makeSite();
    const { services } = site;
    const rules = `badge "evil" {
      name ${JSON.stringify(evil)}
      template memory ${JSON.stringify(evil)}
      active true
      requirement r in group A {
        description ${JSON.stringify(evil)}
        on org.openedx.learning.course.passing.status.updated.v1
        where course.course_key != ${JSON.stringify(evil)}
      }
    }`;
    await services.saveBadge(rules, { expectedVersion: 0, actor: evil });
    await services.saveBadge(`# ${evil}\n${rules}`, { expectedVersion: 1, actor: evil, reason: evil });
    const waiting = (id: string) =>
      `badge ${JSON.stringify(id)} { name ${JSON.stringify(evil)} requirement r { on badge "evil" awarded } }`;
    await storeOldBadge(services.badges, evil, waiting(evil), evil);
    await services.removeBadge(evil, { actor: evil, reason: evil, expectedVersion: 1 });
    await storeOldBadge(services.badges, `${evil} too`, waiting(`${evil} too`), evil);
    const event = passingEvent({ user: 'ada', at: '2026-03-02T10:15:00Z', id: evil });
    event.data.course_passing_status.user.pii = { username: evil, email: evil, name: evil };
    await services.processEvent(services.decodeCloudEvent(event), 'http');
    const learner = (await services.learners.list({ limit: 1 })).items[0];
    const [progress] = await services.progress.ofLearner(learner?.id ?? '');
    if (!progress) throw new Error('the event made no progress');
    await services.progress.save({
      ...progress,
      issued: progress.issued.map((badge) => ({
        ...badge,
        externalId: evil,
        externalState: evil,
        externalUrl: 'javascript:alert(1)',
      })),
      effects: progress.effects.map((effect) => ({
        ...effect,
        state: 'failed' as const,
        lastError: { code: evil, message: evil, at: new Date() },
      })),
    });
    await services.credentials.saveType({
      id: 't',
      name: evil,
      retrievalFunction: evil,
      generationFunction: evil,
      options: {},
      updatedAt: new Date(),
    });
    await services.credentials.saveConfiguration({
      id: 'c',
      credentialTypeId: 't',
      contextKey: evil,
      options: {},
      updatedAt: new Date(),
    });
    const texts = {
      reason: evil,
      learnerName: evil,
      contextName: evil,
      contextKey: evil,
      credentialType: evil,
      email: evil,
    };
    await services.credentials.createCredential(
      aCredential({ username: evil, order: 1, configurationId: 'c', ...texts }),
    );
    await services.credentials.createCredential(
      aCredential({ username: evil, order: 2, configurationId: 'd', status: 'invalidated', ...texts }),
    );
    await services.access.recordAudit({
      id: 'a',
      at: new Date(),
      actor: evil,
      action: evil,
      object: evil,
      details: { [evil]: evil },
    });
    await services.access.createApiToken({
      id: 'x',
      tokenHash: 'x',
      label: evil,
      createdAt: new Date(),
      createdBy: evil,
      scopes: null,
      expiresAt: null,
      lastUsedAt: null,
      revokedAt: null,
    });

    await services.providerStore.saveAccount(
      anAccount({
        provider: 'hall',
        name: evil,
        externalId: evil,
        host: evil,
        lastCheck: { at: new Date(), ok: false, message: evil },
      }),
    );

    const browser = await site.signIn('administrator');
    const query = encodeURIComponent(evil);
    for (const path of [
      '/',
      '/badges',
      '/badges/evil',
      '/badges/evil/edit',
      '/badges/evil/form',
      `/badges/new/examples/04-one-course?view=form&id=${query}&name=${query}&key0=${query}`,
      `/badges/new/form?example=04-one-course&id=${query}&name=${query}&key0=${query}`,
      '/badges/evil/versions/1',
      '/badges/evil/compare',
      '/badges/evil/versions/1/restore',
      '/badges/evil/remove',
      `/badges/${query}/compare`,
      `/badges/${query}/versions/1/restore`,
      '/rules',
      '/rules/removed',
      '/progress',
      `/progress?search=${query}`,
      `/learners/${learner?.id}`,
      `/learners/${learner?.id}/badges/evil`,
      `/learners/${learner?.id}/badges/${query}`,
      `/learners?search=${query}&badge=${query}`,
      '/credentials',
      `/credentials?search=${query}&context=${query}`,
      '/credentials/00000000-0000-4000-8000-000000000001',
      '/verify/00000000-0000-4000-9000-000000000002',
      '/configurations',
      '/runs',
      `/runs/${query}`,
      `/configurations/${query}/schedule`,
      '/providers',
      '/providers/hall/accounts/science',
      '/providers/hall/accounts/science/remove',
      `/providers/hall/accounts/${query}`,
      `/providers/${query}/add`,
      '/audit',
      `/audit?actor=${query}&object=${query}`,
      '/system',
      `/sign-in?to=${query}`,
      `/sign-in/${query}`,
      `/badges/${query}`,
      `/?done=${query}`,
    ]) {
      const { text, status } = await browser.get(path);
      expect(status, path).to.be.oneOf([200, 303, 404, 422]);
      expect(text.replace(OUR_SCRIPTS, ''), path).not.to.match(/<script|<img src=x|onerror='|href="javascript:/i);
    }
    const shown = (await browser.get(`/learners/${learner?.id}`)).text;
    expect(shown).to.include('&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;');
  });

  it('are shown as text in a plan, and in the form that carries it', async () => {
    const site = makeSite();
    const rules = (condition: string) => `# ${evil}
      badge ${JSON.stringify(evil)} {
        name ${JSON.stringify(evil)}
        requirement r {
          on org.openedx.learning.course.passing.status.updated.v1
          where course.course_key ${condition} ${JSON.stringify(evil)}
        }
      }`;
    await storeOldBadge(site.services.badges, evil, rules('='), evil);
    const browser = await site.signIn('administrator');
    const _csrf = csrfOf((await browser.get('/rules')).text);
    for (const condition of ['!=', '= 1 !=']) {
      const { text } = await browser.post('/rules/plan').field({ _csrf, rules: rules(condition) });
      expect(text.replace(OUR_SCRIPTS, '')).not.to.match(/<script|<img src=x|onerror='/i);
      expect(text).to.include('&lt;script&gt;alert(1)&lt;/script&gt;');
    }
    const fields = { _csrf, plan: evil, name0: evil, text0: rules('!='), reason: evil };
    const { text, status } = await browser.post('/rules/apply').field(fields);
    expect(status).to.equal(409);
    expect(text.replace(OUR_SCRIPTS, '')).not.to.match(/<script|<img src=x|onerror='/i);
  });

  it('are shown as text in every field of a form that comes back', async () => {
    const site = makeSite();
    await seed(site);
    const browser = await site.signIn('administrator');
    const page = await browser.get('/badges/explorer/form');
    const fields = fieldsOnPage(page.text, '/badges/explorer/form');
    const kept = new Set(['_csrf', 'version', 'base', 'requirements', 'penalties']);
    for (const name of Object.keys(fields))
      if (!kept.has(name) && !/-(?:rows|mode|origin)$/.test(name)) fields[name] = evil;
    for (const intent of ['check', 'add-requirement', 'open', evil]) {
      const { text } = await browser
        .post('/badges/explorer/form')
        .type('form')
        .send({ ...fields, rules: evil, intent });
      expect(text.replace(OUR_SCRIPTS, ''), intent).not.to.match(/<script|<img src=x|onerror='/i);
      expect(text, intent).to.include('&lt;script&gt;alert(1)&lt;/script&gt;');
    }
  });

  it('are not shown from the address as an announcement', async () => {
    const site = makeSite();
    const browser = await site.signIn('viewer');
    for (const done of ['__proto__', 'constructor', 'toString', 'nothing']) {
      expect((await browser.get(`/?done=${done}`)).text, done).not.to.include('class="notice"');
    }
  });
});
