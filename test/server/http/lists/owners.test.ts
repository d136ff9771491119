/** Whose the rows of lists are, for whoever sees things of more than one organisation. */

import { expect } from 'chai';
import type { BadgeProvider } from '../../../../plugin/ports/badge-provider.ts';
import { SYNC_KIND } from '../../../../plugin/providers/template-sync/request.ts';
import { doMany } from '../../../support/act-on-many.ts';
import { seedAll } from '../../../support/route-addresses.ts';
import { type Browser, makeSite, type Site, textOf } from '../../../support/web.ts';

const HEADING = /<th scope="col"[^>]*>(?:<a [^>]*>)?Organisation/;
const FILTER = 'name="organisation"';

describe('organisations in lists', () => {
  let site: Site;
  let browser: Browser;

  beforeEach(async () => {
    site = makeSite();
    await seedAll(site);
    browser = await site.signIn('administrator');
    const { belongings } = site.services;
    const things = [
      { kind: 'badge', id: 'mentor' },
      { kind: 'credential-type', id: 'type-1' },
      { kind: 'asset', id: 'a4' },
      { kind: 'provider-account', id: 'law' },
      { kind: 'open-badge-template', id: 'course-completer' },
    ] as const;
    for (const thing of things) await belongings.claim({ ...thing, organisation: 'Lab' });
  });

  const giveBack = async () => {
    const { belongings } = site.services;
    for (const { organisation, ...thing } of await belongings.all()) await belongings.assign(thing, null, organisation);
  };
  const html = async (path: string, who = browser): Promise<string> => (await who.get(path)).text;

  it('are a column and a filter where there is more than one to tell apart', async () => {
    for (const list of ['/badges', '/templates', '/provider-accounts', '/configurations']) {
      const text = await html(list);
      expect(text, list).to.match(HEADING).and.include(FILTER);
    }
    expect(textOf(await html('/badges?organisation=Lab')))
      .to.include('1 badge')
      .and.include('Mentor of the year')
      .and.not.include('Data track');
    expect(textOf(await html('/badges?organisation=-'))).to.not.include('Mentor of the year');
    expect(textOf(await html('/configurations?organisation=AcmeX')))
      .to.include('1 configuration')
      .and.include('course-v1:AcmeX+STAT101+2026');
    expect(textOf(await html('/templates?organisation=Lab'))).to.include('1 template');
    expect(textOf(await html('/provider-accounts?organisation=Lab'))).to.include('Faculty of Law');
    const first = textOf(await html('/badges?order=-organisation')).indexOf('Mentor of the year');
    expect(first).to.be.lessThan(textOf(await html('/badges?order=-organisation')).indexOf('Data track'));
  });

  it('are left out where everything is of one, or of all', async () => {
    await giveBack();
    for (const list of ['/badges', '/templates', '/open-badge-templates', '/provider-accounts', '/credential-types']) {
      const text = await html(list);
      expect(text, list).not.to.match(HEADING);
      expect(text, list).not.to.include(FILTER);
    }
    // What somebody chose stays to be let go again.
    expect(await html('/badges?organisation=Lab')).to.include(FILTER);
    const limited = await site.signIn('viewer', ['AcmeX']);
    expect(await html('/configurations', limited)).not.to.match(HEADING);
  });

  it('tell limited people what is theirs and what is shared, and nothing of others', async () => {
    const limited = await site.signIn('viewer', ['Lab']);
    const text = await html('/badges', limited);
    expect(text).to.match(HEADING);
    expect(textOf(text)).to.include('Lab').and.include('shared by all');
    const other = await site.signIn('editor', ['Acme']);
    expect(await html('/badges', other))
      .to.not.match(HEADING)
      .and.not.include('Lab');
    expect(textOf(await html('/badges?organisation=Lab', other))).to.include('Nothing matches');
  });

  it('stand in files always, as the last column', async () => {
    const csv = (await browser.get('/exports/badges.csv')).text.split('\r\n');
    expect(csv[0]).to.match(/,Organisation$/);
    expect(csv.find((line) => line.includes('mentor'))).to.match(/,Lab$/);
    expect(csv.find((line) => line.includes('data-track'))).to.match(/,$/);
    await giveBack();
    expect((await browser.get('/exports/credential-types.csv')).text.split('\r\n')[0]).to.match(/,Organisation$/);
  });

  it('let limited operators synchronise the templates of what is theirs, and of nothing else', async () => {
    const { providers, providerStore, jobStore } = site.services;
    const hall = providers.get('hall') as BadgeProvider;
    const able = Object.assign(Object.create(hall), { capabilities: { ...hall.capabilities, synchronises: true } });
    site.services.providers.set('hall', able);
    const operator = await site.signIn('operator', ['Lab']);
    const { text } = await doMany(operator, '/provider-accounts', { action: 'synchronise' });
    expect(text).to.include('synchronisation begun 1').and.include('his is shared by all organisations');
    const shared = (await providerStore.accounts('hall')).filter(({ id, enabled }) => id !== 'law' && enabled);
    expect(text).to.include(`failed ${shared.length}`);
    const jobs = (await jobStore.list({ limit: 100 })).items.filter((job) => job.requestedBy === 'operator');
    expect(jobs.map(({ kind, parameters }) => ({ kind, parameters }))).to.deep.equal([
      { kind: SYNC_KIND, parameters: { accounts: ['law'], organisations: ['Lab'] } },
    ]);
    // They see how it went; what changes, template by template, names badges of everybody.
    const page = await html(`/jobs/${jobs[0]?.id}`, operator);
    expect(textOf(page)).to.include('Synchronise the templates of "Faculty of Law"');
    expect(page).not.to.include('/templates/sync/');
    expect(await html(`/jobs/${jobs[0]?.id}`)).to.include('/templates/sync/');
    expect(await html('/providers/hall/accounts/law', operator)).not.to.include('/templates/sync');
    const viewer = await site.signIn('viewer', ['Lab']);
    expect((await doMany(viewer, '/provider-accounts', { action: 'synchronise' })).status).to.equal(403);
  });
});
