import { expect } from 'chai';
import { MemoryFileStore } from '../../../plugin/ports/asset-files.ts';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { boundTo } from '../../../plugin/providers/account-secret.ts';
import { CredlyProvider } from '../../../providers/credly/provider.ts';
import { createTemplateImages } from '../../../server/template-images.ts';
import { closeCredlyWorlds, credlyWorld, storedTemplate } from '../../support/credly-world.ts';
import { png } from '../../support/png.ts';
import { anAccount } from '../../support/provider-accounts.ts';
import { seed } from '../../support/seed.ts';
import { type Browser, makeSite, type Site, submit, textOf } from '../../support/web.ts';

afterEach(closeCredlyWorlds);

/** A site whose account `university` is an organization of the stand-in. */
async function universitySite(
  pictures: Readonly<Record<string, Buffer>> = {},
): Promise<Site & { readonly world: Awaited<ReturnType<typeof credlyWorld>> }> {
  const world = await credlyWorld();
  const site = makeSite({
    templateImages: createTemplateImages({
      ...{ files: new MemoryFileStore(), clock: { now: () => new Date() }, logger: silentLogger },
      fetchPicture: async (address) => pictures[address] ?? null,
    }),
  });
  await seed(site);
  const { providers, providerStore } = site.services;
  providers.set('credly', world.provider);
  await providerStore.saveAccount(
    anAccount('university', {
      name: 'Example University',
      externalId: world.account.externalId,
      sealedSecret: site.secrets.seal(world.account.secret, boundTo('id-university')),
    }),
  );
  return Object.assign(site, { world });
}

const PASSING = 'org.openedx.learning.course.passing.status.updated.v1';

const rules = (template: string, active = true) => `badge "analysis" {
  name     "Analysis"
  template credly "${template}"
  active   ${active}

  requirement passed in group A {
    on org.openedx.learning.course.passing.status.updated.v1
  }
}
`;

describe('the pages of templates', () => {
  it('say what to do where there is nothing yet', async () => {
    const site = makeSite();
    const browser = await site.signIn('administrator');
    expect(textOf((await browser.get('/templates')).text)).to.contain(
      'No templates yet Add an account at a provider first, then synchronise it.',
    );
    expect(textOf((await browser.get('/templates/sync')).text)).to.contain(
      'No account Add an account at a provider first, or enable one.',
    );
    expect((await browser.get('/templates/credly/none/none')).status).to.equal(404);
  });

  /** What would change in the account of the university: the address of its page. */
  async function previewed(site: Site, browser: Browser): Promise<string> {
    const answer = await submit(browser, '/templates/sync', '/templates/sync', { account: 'credly/university' });
    await site.runJobs();
    return answer.headers.location as string;
  }

  it('show what a synchronisation would change, and apply it, audited, and list what came', async () => {
    const site = await universitySite();
    site.world.credly.addTemplate(site.world.account.externalId as string, { name: 'Zoology' });
    const browser = await site.signIn('administrator');
    const preview = await previewed(site, browser);
    expect(preview).to.match(/^\/templates\/sync\/[\w-]+$/);
    const shown = textOf((await browser.get(preview)).text);
    expect(shown).to.contain('Preview the synchronisation of the templates of "Example University"');
    expect(shown).to.contain('Example University Credly 0 0 2 0 Nothing was changed');
    expect(shown).to.match(/New: Example University .* Data Analysis \S+ Zoology/);
    expect(textOf((await browser.get('/templates')).text)).to.not.contain('Zoology');
    const answer = await submit(browser, preview, `${preview}/apply`);
    expect(answer.headers.location).to.match(/^\/templates\/sync\/[\w-]+\?done=sync-started$/);
    await site.runJobs();
    const job = textOf((await browser.get(answer.headers.location as string)).text);
    expect(job).to.contain('Synchronise the templates of "Example University"').and.contain('Applied');
    const list = textOf((await browser.get('/templates')).text);
    expect(list).to.match(/Data Analysis \S+ Example University Credly Active 0 .* Zoology/);
    expect(textOf((await browser.get('/templates/sync')).text)).to.contain('2 added, 0 changed, 0 unchanged, 0 gone');
    const audit = textOf((await browser.get('/audit')).text);
    expect(audit).to.contain('templates.previewed').and.contain('templates.synchronised');
    expect((await site.services.badges.list()).some(({ template }) => template?.startsWith('credly'))).to.equal(false);
  });

  it('show each field that changes before and after, and what hangs on what is gone; its number is to be typed', async () => {
    const site = await universitySite();
    const { credly, account, templateId } = site.world;
    const gone = credly.addTemplate(account.externalId as string, { name: 'Zoology' });
    const browser = await site.signIn('administrator');
    const first = await previewed(site, browser);
    await submit(browser, first, `${first}/apply`);
    await site.runJobs();
    await site.services.saveBadge(rules(gone.id), { expectedVersion: 0, actor: 'ada' });
    credly.templates.delete(gone.id);
    credly.changeTemplate(templateId, { name: 'Data <Science>' });
    const preview = await previewed(site, browser);
    const page = textOf((await browser.get(preview)).text);
    expect(page).to.contain('Active badges use 1 of those that are gone.').and.contain('Analysis Active 0 0');
    const changed = /href="([^"]*kind=changed[^"]*)"/.exec((await browser.get(preview)).text)?.[1] as string;
    expect(textOf((await browser.get(changed.replaceAll('&amp;', '&'))).text)).to.contain(
      'Name Data Analysis Data <Science>',
    );
    const unsure = await submit(browser, preview, `${preview}/apply`, { confirmation: '2' });
    expect(unsure.status).to.equal(422);
    expect(textOf(unsure.text)).to.contain('Type 1 to say that you mean all of them.');
    const state = async () => (await site.services.providerStore.template('credly', 'id-university', gone.id))?.state;
    expect(await state()).to.equal('active');
    const answer = await submit(browser, preview, `${preview}/apply`, { confirmation: '1' });
    await site.runJobs();
    expect(answer.status).to.equal(303);
    expect(await state()).to.equal('retired');
  });

  it('show the new difference where the provider changed between look and click', async () => {
    const site = await universitySite();
    const { credly, account } = site.world;
    const browser = await site.signIn('operator');
    const preview = await previewed(site, browser);
    credly.addTemplate(account.externalId as string, { name: 'Zoology' });
    const answer = await submit(browser, preview, `${preview}/apply`);
    await site.runJobs();
    const page = await browser.get(answer.headers.location as string);
    expect(textOf(page.text)).to.contain('No longer what was looked at; nothing was changed').and.contain('Zoology');
    expect((await site.services.providerStore.templates({ limit: 9 })).items.map(({ name }) => name)).to.not.include(
      'Zoology',
    );
    expect(page.text).to.match(/action="\/templates\/sync\/[\w-]+\/apply"/);
    const viewer = await site.signIn('viewer');
    expect((await viewer.get(preview)).text).to.not.contain('/apply"');
  });

  it('ask for a choice where none was made', async () => {
    const site = await universitySite();
    const browser = await site.signIn('administrator');
    const answer = await submit(browser, '/templates/sync', '/templates/sync');
    expect(answer.status).to.equal(422);
    expect(textOf(answer.text)).to.contain('There is a problem Choose at least one account.');
  });

  it('search by name, by account and by state, page by page', async () => {
    const site = await universitySite();
    const { providerStore } = site.services;
    for (let number = 100; number < 155; number++)
      await providerStore.saveTemplate(
        storedTemplate({ accountId: 'id-university', templateId: `t${number}`, name: `Course ${number}` }),
      );
    await providerStore.saveTemplate(
      storedTemplate({ accountId: 'id-university', templateId: 'old', name: 'Old one', state: 'retired' }),
    );
    const browser = await site.signIn('viewer');
    const first = await browser.get('/templates?account=credly%2Funiversity&provider=credly&state=active');
    expect(textOf(first.text)).to.contain('Course 149').and.not.contain('Course 150');
    const next = /href="([^"]*)">Next page/.exec(first.text)?.[1]?.replaceAll('&amp;', '&') as string;
    expect(textOf((await browser.get(next)).text))
      .to.contain('Course 154')
      .and.not.contain('Old one');
    const found = textOf((await browser.get('/templates?search=old')).text);
    expect(found).to.contain('Old one').and.contain('Gone').and.not.contain('Course 100');
    expect(textOf((await browser.get('/templates?search=nothing')).text)).to.contain('Nothing matches');
  });

  it('show one with its picture, which is served from here, under the policy of every page', async () => {
    const site = await universitySite({ 'https://images.example.com/a.png': png(8, 8) });
    await site.services.providerStore.saveTemplate(
      storedTemplate({
        accountId: 'id-university',
        description: 'Knows <data>.',
        imageUrl: 'https://images.example.com/a.png',
        dashboardUrl: 'https://www.credly.com/org/x/badge/y',
        details: { skills: ['Statistics', 'R'], allowsDuplicates: false, owner: null },
      }),
    );
    const browser = await site.signIn('viewer');
    const page = await browser.get('/templates/credly/university/t1');
    expect(page.headers['content-security-policy']).to.contain("img-src 'self' data:;");
    expect(page.text).to.not.contain('images.example.com');
    const [, src = ''] =
      /<img class="template-image" src="([^"]+)" alt="Picture of Data Analysis"/.exec(page.text) ?? [];
    const picture = await browser.get(src);
    expect(picture.headers).to.include({
      'content-type': 'image/png',
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'private, max-age=604800, immutable',
      'x-content-type-options': 'nosniff',
    });
    expect(picture.body.equals(png(8, 8))).to.equal(true);
    const text = textOf(page.text);
    expect(text).to.contain('Knows <data>.').and.contain('Skills Statistics, R').and.contain('Allows duplicates no');
    expect(text).to.contain('template credly "t1"').and.not.contain('Write a badge for it').and.not.contain('Owner');
  });

  it('show a small one in lists of templates, badges and issued badges, all of one size, with its name', async () => {
    const site = await universitySite();
    const { providerStore } = site.services;
    const imageUrl = 'https://images.example.com/a.png';
    await providerStore.saveTemplate(storedTemplate({ accountId: 'id-university', imageUrl }));
    await providerStore.saveTemplate(storedTemplate({ accountId: 'id-university', templateId: 't2', name: 'Bare' }));
    await site.services.saveBadge(rules('t1'), { expectedVersion: 0, actor: 'ada' });
    const browser = await site.signIn('viewer');
    const thumb =
      /<img class="thumb" src="(\/templates\/credly\/university\/t1\/picture\?v=[0-9a-f]{12})" alt="Picture of Data Analysis" width="40" height="40" loading="lazy"/;
    const list = (await browser.get('/templates')).text;
    expect(list).to.match(thumb).and.contain('src="/assets/no-picture.svg" alt="Picture of Bare"');
    expect((await browser.get('/badges')).text).to.match(thumb);
    const issued = (await browser.get('/issued-badges')).text;
    expect(issued).to.contain('class="thumb" src="/assets/no-picture.svg" alt="Picture of demo-course"');
    expect((await browser.get('/exports/templates.csv')).text).to.not.contain('/picture');
    const [, src = ''] = thumb.exec(list) ?? [];
    const none = await browser.get(src);
    expect(none.headers).to.include({ 'content-type': 'image/svg+xml', 'cache-control': 'private, max-age=300' });
    expect((await site.browser().get(src)).status).to.equal(303);
  });

  it('show no picture whose address is none to be called', async () => {
    const site = await universitySite();
    const browser = await site.signIn('viewer');
    for (const [index, imageUrl] of ['javascript:alert(1)', 'data:x', ''].entries()) {
      const templateId = `t${index}`;
      await site.services.providerStore.saveTemplate(
        storedTemplate({ accountId: 'id-university', templateId, imageUrl }),
      );
      const page = await browser.get(`/templates/credly/university/${templateId}`);
      expect(page.status).to.equal(200);
      expect(page.text).to.not.contain('template-image');
    }
  });

  it('show what the badges that use it ask for, how far learners are, and where to change it', async () => {
    const site = await universitySite();
    await site.services.providerStore.saveTemplate(storedTemplate({ accountId: 'id-university' }));
    const text = rules('t1').replace(
      /\n}\n$/,
      `\n\n  penalty failed {\n    on     ${PASSING}\n    where  is_passing = false\n    resets passed\n  }\n}\n`,
    );
    expect((await site.services.saveBadge(text, { expectedVersion: 0, actor: 'ada' })).ok).to.equal(true);
    await site.services.badges.save(
      {
        ...{ id: 'broken', name: 'Broken', template: 'credly:t1', active: false, source: 'badge "broken" {' },
        ...{ updatedAt: new Date(), updatedBy: 'ada' },
      },
      0,
    );
    const path = '/templates/credly/university/t1';
    const page = await (await site.signIn('editor')).get(path);
    const shown = textOf(page.text);
    expect(shown).to.match(
      /Analysis Active .*Edit Analysis Edit as text Analysis Its learners Analysis analysis · version 1 Nobody has begun yet\./,
    );
    expect(shown)
      .to.match(/Requirements Group .* A passed .* every such event/)
      .and.match(/Penalties .* failed .* is_passing = false passed/);
    expect(shown).to.contain('These rules no longer pass the check, so they cannot decide anything.');
    expect(page.text).to.contain('href="/badges/analysis/form"').and.contain('href="/progress?badge=analysis"');
    expect((await (await site.signIn('viewer')).get(path)).text).to.not.contain('href="/badges/analysis/form"');
  });

  it('begin a badge for a template, named like it', async () => {
    const site = await universitySite();
    await site.services.providerStore.saveTemplate(
      storedTemplate({ accountId: 'id-university', name: 'Data "Analysis"' }),
    );
    const browser = await site.signIn('administrator');
    const page = await browser.get('/templates/credly/university/t1');
    const href = /href="([^"]*)">Write a badge for it/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') as string;
    const form = await browser.get(href);
    expect(form.status).to.equal(200);
    expect(form.text).to.contain('value="data-analysis"').and.contain('value="t1"');
    const text = await browser.get(href.replace('/form?', '?'));
    expect(textOf(text.text)).to.contain('template credly "t1"');
    expect(textOf((await browser.get('/badges/new?template=javascript:x&name=Bad')).text)).to.contain(
      'template openbadges "my-badge"',
    );
  });

  it('name the account in the rule where another one has the same template', async () => {
    const site = await universitySite();
    const { providerStore } = site.services;
    await providerStore.saveAccount(anAccount('college'));
    for (const accountId of ['id-university', 'id-college'])
      await providerStore.saveTemplate(storedTemplate({ accountId }));
    const browser = await site.signIn('viewer');
    expect(textOf((await browser.get('/templates/credly/college/t1')).text)).to.contain('template credly "college/t1"');
  });

  it('tell, there and on the dashboard, of badges whose template cannot be issued any more', async () => {
    const site = await universitySite();
    const { providerStore, saveBadge } = site.services;
    await providerStore.saveTemplate(storedTemplate({ accountId: 'id-university' }));
    await saveBadge(rules('t1'), { expectedVersion: 0, actor: 'ada' });
    const browser = await site.signIn('viewer');
    const trouble = async () => /cannot be issued: ([^.]*)\./.exec(textOf((await browser.get('/')).text))?.[1] ?? null;
    expect(await trouble()).to.equal(null);
    expect(textOf((await browser.get('/templates/credly/university/t1')).text)).to.contain(
      'Badges that use it Analysis Active',
    );

    const change = async (state: 'archived' | 'retired' | 'active') => {
      const known = await providerStore.template('credly', 'id-university', 't1');
      await providerStore.saveTemplate({ ...(known as NonNullable<typeof known>), state });
    };
    await change('archived');
    expect(await trouble()).to.equal('its template "Data Analysis" is archived at Credly');
    expect(textOf((await browser.get('/badges/analysis')).text)).to.contain(
      'It cannot be issued: its template "Data Analysis" is archived at Credly. Show the template',
    );
    expect(textOf((await browser.get('/templates/credly/university/t1')).text)).to.contain(
      'It cannot be issued: Credly says that it is archived. Awards of badges that use it fail and wait for a person; badges that were issued stand.',
    );
    await change('retired');
    expect(await trouble()).to.equal('Credly does not list its template "Data Analysis" any more');
    await change('active');
    const account = await providerStore.account('id-university');
    await providerStore.saveAccount({ ...(account as NonNullable<typeof account>), enabled: false });
    expect(await trouble()).to.equal('the account "Example University" of its template is disabled');
    await providerStore.removeAccount('id-university');
    expect(await trouble()).to.equal(
      'no account at Credly has its template "t1"; synchronise the accounts or correct the rule',
    );
    await saveBadge(rules('t1', false), { expectedVersion: 1, actor: 'ada' });
    expect(await trouble()).to.equal(null);
  });
});

describe('the webhook of a provider', () => {
  const post = (site: Site, path: string, body: object | string) => site.browser().post(path).type('json').send(body);

  async function noticeOf(site: Awaited<ReturnType<typeof universitySite>>) {
    const { credly, templateId } = site.world;
    await site.services.providerStore.saveTemplate(storedTemplate({ accountId: 'id-university', templateId }));
    // The directory of the adapter knows the account under the id that it has there.
    Object.assign(site.world.account, { id: 'id-university' });
    credly.changeTemplate(templateId, { state: 'archived' });
    const { id, organizationId } = credly.events.at(-1)!;
    const state = async () =>
      (await site.services.providerStore.template('credly', 'id-university', templateId))?.state;
    return { notice: { id, organization_id: organizationId, event_type: 'x' }, state };
  }

  it('answers exactly 200 once the archived template is archived here: not deleted, no form token asked (U6, UD11)', async () => {
    const site = await universitySite();
    const { notice, state } = await noticeOf(site);
    const answer = await post(site, '/badges/credly/webhook/', notice);
    expect([answer.status, answer.body]).to.deep.equal([200, { status: 'ok' }]);
    expect(await state()).to.equal('archived');
    site.world.credly.forgetCalls();
    expect((await post(site, '/badges/credly/webhook/', notice)).status).to.equal(200);
    expect(site.world.credly.calls).to.deep.equal([]);
  });

  it('has an address that nobody guesses for every account', async () => {
    const site = await universitySite();
    const { notice, state } = await noticeOf(site);
    const path = site.services.notices.pathOf({ id: 'id-university', provider: 'credly' }) as string;
    expect(path).to.match(/^\/badges\/credly\/webhook\/[\w-]{32}$/);
    expect((await post(site, `${path.slice(0, -1)}!`, notice)).status).to.equal(404);
    expect((await post(site, '/badges/memory/webhook', notice)).status).to.equal(404);
    expect(await state()).to.equal('active');
    expect((await post(site, path, notice)).status).to.equal(200);
    expect(await state()).to.equal('archived');
    await site.services.providerStore.saveAccount(anAccount('other'));
    const others = site.services.notices.pathOf({ id: 'id-other', provider: 'credly' }) as string;
    expect(others).to.not.equal(path);
    expect(site.services.notices.pathOf({ id: 'x', provider: 'memory' })).to.equal(null);
  });

  it('is shown to administrators on the page of the account, with its templates and its last synchronisation', async () => {
    const site = await universitySite();
    const administrator = await site.signIn('administrator');
    const { headers } = await submit(administrator, '/templates/sync', '/templates/sync', {
      account: 'credly/university',
    });
    await site.runJobs();
    await submit(administrator, headers.location as string, `${headers.location}/apply`);
    await site.runJobs();
    const path = site.services.notices.pathOf({ id: 'id-university', provider: 'credly' });
    const page = (await administrator.get('/providers/credly/accounts/university')).text;
    expect(textOf(page)).to.contain(`http://127.0.0.1${path}`).and.contain('1 added, 0 changed, 0 unchanged, 0 gone');
    expect(page).to.contain('href="/templates?account=credly%2Funiversity">1 active</a>');
    const viewer = await site.signIn('viewer');
    expect((await viewer.get('/providers/credly/accounts/university')).text).to.not.contain('/webhook/');
  });

  it('does nothing with a notice that came to the address of another account', async () => {
    const site = await universitySite();
    const { notice, state } = await noticeOf(site);
    await site.services.providerStore.saveAccount(anAccount('other'));
    const others = site.services.notices.pathOf({ id: 'id-other', provider: 'credly' }) as string;
    expect((await post(site, others, notice)).status).to.equal(200);
    expect(await state()).to.equal('active');
  });

  it('wants it again when the provider cannot be asked, and says no more than that', async () => {
    const site = await universitySite();
    const { notice, state } = await noticeOf(site);
    site.world.credly.tokens[0]!.expiresAt = new Date(0);
    const answer = await post(site, '/badges/credly/webhook', notice);
    expect(answer.status).to.equal(503);
    expect(answer.body.detail).to.equal('the provider cannot be asked about this at the moment; send it again later');
    expect(await state()).to.equal('active');
  });

  it('refuses what is no notice, and what is too large', async () => {
    const site = await universitySite();
    expect((await post(site, '/badges/credly/webhook', { id: '../x' })).status).to.equal(422);
    expect((await post(site, '/badges/credly/webhook', '{')).status).to.equal(400);
    expect((await post(site, '/badges/credly/webhook', { id: 'x'.repeat(20_000) })).status).to.equal(413);
  });

  it('is not asked without end', async () => {
    const site = await universitySite();
    let status = 200;
    for (let call = 0; call < 310 && status !== 429; call++)
      status = (await post(site, '/badges/none/webhook', {})).status;
    expect(status).to.equal(429);
  });
});

describe('CredlyProvider on a site', () => {
  it('offers accounts, templates and webhooks', () => {
    const { capabilities } = new CredlyProvider({ accounts: {} as never, connect: () => ({}) as never });
    expect(capabilities).to.deep.include({ synchronises: true, webhooks: true, findsIssued: true, listsIssued: true });
    expect(capabilities.accounts?.hosts.map(({ name, url }) => [name, url])).to.deep.equal([
      ['production', 'https://api.credly.com/v1/'],
      ['sandbox', 'https://sandbox-api.credly.com/v1/'],
    ]);
  });
});
