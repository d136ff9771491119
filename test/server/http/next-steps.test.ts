import { expect } from 'chai';
import { seed } from '../../support/seed.ts';
import { type Browser, makeSite, type Site, textOf } from '../../support/web.ts';

/** What a page tells of without leading there makes people search for it. */
describe('from one page to the next', () => {
  let site: Site;
  let browser: Browser;
  beforeEach(async () => {
    site = makeSite();
    await seed(site);
    browser = await site.signIn('administrator');
  });

  const html = async (path: string): Promise<string> => {
    const page = await browser.get(path);
    expect(page.status, path).to.equal(200);
    return page.text;
  };

  it('a badge leads to its template, where it has one', async () => {
    const rules = (await site.services.badges.get('demo-course'))?.source ?? '';
    const [own] = (await site.services.providerStore.templates({ provider: 'openbadges', limit: 1 })).items;
    const changed = rules.replace('memory "demo-course"', `openbadges "${own?.templateId}"`);
    await site.services.saveBadge(changed, { expectedVersion: 2, actor: 'administrator' });
    expect(await html('/badges/demo-course')).to.include(`<a href="/templates/openbadges/own/${own?.templateId}">`);
    expect(await html('/badges/data-track')).to.include('template <code class="wrap">memory:data-track</code>');
  });

  it('a credential leads to its learner, where an event has told of them', async () => {
    const { items } = await site.services.credentials.credentials({ limit: 100 });
    const known = await Promise.all(items.map(({ username }) => site.services.learners.findByUsername(username)));
    const at = known.findIndex((learner) => learner !== null);
    expect(at).to.be.at.least(0);
    expect(await html(`/credentials/${items[at]?.id}`)).to.include(`<a href="/learners/${known[at]?.id}">`);
  });

  it('the dashboard names the places outside as the page of providers does, and leads to what was awarded', async () => {
    const text = await html('/');
    const places = /aria-label="Places outside">(.*?)<\/table>/s.exec(text)?.[1] ?? '';
    const titles = [...site.services.providers.values()].map(({ title }) => title);
    const named = [...places.matchAll(/<th scope="row"><a[^>]*>([^<]*)</g)].map(([, name]) => name);
    expect(named.filter((name) => name !== 'Event bus')).to.have.members(titles.filter((one) => named.includes(one)));
    expect(named.length).to.be.greaterThan(1);
    expect(text).to.match(/<span><a href="\/badges\/[^"]+">/);
  });

  it('titles tell pages apart that are open side by side', async () => {
    const { items } = await site.services.credentials.credentials({ limit: 1 });
    const [first] = items;
    const paths = {
      '/history/badge/demo-course': 'History of the badge ',
      [`/credentials/${first?.id}/invalidate`]: `Invalidate the credential of ${first?.learnerName}`,
      [`/credentials/${first?.id}/reissue`]: `Reissue the credential of ${first?.learnerName}`,
    };
    for (const [path, title] of Object.entries(paths)) {
      const [, found = ''] = /<title>([^<]*)</.exec(await html(path)) ?? [];
      expect(textOf(found), path).to.include(title);
    }
  });

  it('a synchronisation leads to what it changes, with its figures in words and the JSON folded away', async () => {
    const at = new Date('2026-11-24T08:00:00Z');
    await site.services.jobStore.create({
      ...{ id: 'sync-done', kind: 'sync-templates', title: 'Synchronise the templates of "Hall"', parameters: {} },
      ...{ requestedBy: 'administrator', reason: null, state: 'done', cursor: null, done: 1, total: 1 },
      ...{ counts: { added: 3 }, result: { accounts: [] }, error: null, attempts: 1, cancelRequested: false, fence: 1 },
      ...{ dueAt: at, createdAt: at, startedAt: at, finishedAt: at },
    });
    const text = await html('/jobs/sync-done');
    expect(text).to.include('<a href="/templates/sync/sync-done">See what changes, template by template</a>');
    expect(text).to.match(/<details class="aside">\s*<summary>The result as JSON/);
    expect(await html('/jobs/job-done')).not.to.include('See what changes');
  });
});
