import { expect } from 'chai';
import { objectPath } from '../../../server/http/audit/object-links.ts';
import { aCredential, seed } from '../../support/seed.ts';
import { type Browser, makeSite, type Site, submit, textOf } from '../../support/web.ts';

describe('what belongs together', () => {
  let site: Site;
  let browser: Browser;
  before(async () => {
    site = makeSite();
    await seed(site);
    browser = await site.signIn('administrator');
  });

  const html = async (path: string): Promise<string> => {
    const { status, text } = await browser.get(path);
    expect(status, path).to.equal(200);
    return text;
  };

  it('leads from a credential to its type, its configuration and its run, and from these to credentials', async () => {
    const { credentials } = site.services;
    const [run] = await credentials.runs({ limit: 1 });
    const configuration = await credentials.configuration('configuration-1');
    if (!run || !configuration) throw new Error('the seed has them');
    const made = {
      ...aCredential({ username: 'of-a-run', order: 77 }),
      ...{ configurationId: configuration.id, contextKey: configuration.contextKey, runId: run.id },
    };
    await credentials.createCredential(made);
    const page = await html(`/credentials/${made.id}`);
    const search = encodeURIComponent(configuration.contextKey);
    for (const href of [
      `/credential-types/${configuration.credentialTypeId}`,
      `/configurations?search=${search}`,
      `/runs/${run.id}`,
    ])
      expect(page, href).to.include(`href="${href}"`);
    expect(await html(`/configurations?search=${search}`))
      .to.include(`href="/credentials?context=${search}"`)
      .and.include('href="/runs?configuration=configuration-1"');
    expect(textOf(await html(`/credentials?context=${search}`))).to.match(/[1-9]\d* credentials?/);
    expect(await html('/credential-types')).to.include(`/configurations?type=${configuration.credentialTypeId}`);
    expect(await html(`/credential-types/${configuration.credentialTypeId}`)).to.match(
      /href="\/credentials\?type=[^"]+"/,
    );
  });

  it('leads from a template of ours to the badges whose rules name it, and to doing something to it', async () => {
    const path = '/open-badge-templates/course-completer';
    expect(textOf(await html(path))).to.include('Badges that use it None yet.');
    await site.services.saveBadge(
      'badge "named" { template openbadges "course-completer" requirement a { on org.openedx.learning.course.passing.status.updated.v1 } }',
      { actor: 'tests', expectedVersion: 0 },
    );
    expect(await html(path))
      .to.include('href="/badges/named"')
      .and.include('value="archive"');
    const wanted = { which: 'selected', selected: 'course-completer', query: '', action: 'archive' };
    const asked = await submit(browser, path, '/actions/open-badge-templates', wanted);
    expect(textOf(asked.text)).to.include('Archive: Open Badge templates').and.include('1 template.');
    await submit(browser, path, '/actions/open-badge-templates/done', wanted);
    expect(await html(path))
      .to.include('value="activate"')
      .and.include('value="delete"');
    const viewer = await site.signIn('viewer');
    expect((await viewer.get(path)).text).not.to.include('/actions/open-badge-templates');
  });

  it('leads from an issued badge to its template', async () => {
    expect(await html('/issued-badges')).to.match(/href="\/templates\?search=[\w-]+"/);
  });

  it('leads from an entry of the audit to the page of what it is about', async () => {
    await submit(browser, '/badges/explorer', '/badges/explorer/deactivate', {
      version: String((await site.services.badges.get('explorer'))?.version),
    });
    expect(await html('/audit?object=badge:explorer')).to.include('<a href="/badges/explorer">its page');
  });

  it('knows a page of most of what the audit speaks of, and of nothing else', () => {
    expect(objectPath('credential-type:a/b')).to.equal('/credential-types/a%2Fb');
    expect(objectPath('learner:1')).to.equal('/learners/1');
    for (const odd of ['provider-account:1', 'session', '__proto__:x', 'badge:', ':x', ''])
      expect(objectPath(odd), odd).to.equal(null);
    expect(objectPath('list:accounts')).to.equal('/accounts');
  });

  it('leads from a job to what was done to it, for who may read that', async () => {
    const [job] = (await site.services.jobStore.list({ limit: 1 })).items;
    expect(await html(`/jobs/${job?.id}`)).to.include(`/audit?object=job%3A${job?.id}`);
    const operator = await site.signIn('operator');
    expect((await operator.get(`/jobs/${job?.id}`)).text).not.to.include('/audit?object=');
  });
});
