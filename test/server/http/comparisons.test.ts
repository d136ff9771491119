import { expect } from 'chai';
import type { IssuedBadge } from '../../../plugin/ports/progress-store.ts';
import { aListedBadge, type ListingProvider, withListing } from '../../support/listing-provider.ts';
import { seed } from '../../support/seed.ts';
import { type Browser, makeSite, type Site, submit, textOf } from '../../support/web.ts';

/** Every badge on record that the provider has confirmed. */
async function confirmed(site: Site): Promise<readonly (IssuedBadge & { readonly learnerId: string })[]> {
  const { items } = await site.services.progress.listIssued({ provider: 'memory', stands: true, limit: 100 });
  return items.flatMap(({ learnerId, issued }) =>
    issued.filter(({ externalId }) => externalId !== null).map((badge) => ({ ...badge, learnerId })),
  );
}

describe('the pages of comparisons', () => {
  let site: Site;
  let provider: ListingProvider;
  let administrator: Browser;
  beforeEach(async () => {
    site = makeSite();
    await seed(site);
    ({ provider } = await withListing(site));
    administrator = await site.signIn('administrator');
  });

  /** @returns the address of the comparison, which has ended */
  async function compare(): Promise<string> {
    site.advance(60_000);
    const answer = await submit(administrator, '/comparisons/new', '/comparisons', { account: 'listing' });
    expect(answer.status).to.equal(303);
    await site.runJobs();
    return answer.headers.location as string;
  }

  it('ask for one, audit it, and say what it found', async () => {
    const [first, ...others] = await confirmed(site);
    if (!first) throw new Error('nothing is issued');
    for (const { externalId, externalState } of others)
      provider.listed.push(aListedBadge({ externalId: externalId ?? '', state: externalState ?? '' }));
    provider.listed.push(aListedBadge({ externalId: 'strange', recipientEmail: 'zoe@example.com' }));
    const href = await compare();
    const { text } = await administrator.get(href);
    const read = textOf(text);
    expect(read).to.contain('Compare with Memory: Example account Done');
    expect(read).to.contain(`Listed by Memory ${others.length + 1}`);
    expect(read).to.contain('Found 2 differences');
    expect(read).to.contain('Missing there Stands here, and the provider does not know it.');
    expect(read).to.contain('Extra, unknown learner');
    expect(text).to.not.contain('zoe@example.com');
    expect(textOf((await administrator.get(`${href}?kind=missing`)).text)).to.contain(first.externalId);
    expect(textOf((await administrator.get(`${href}?kind=missing`)).text)).to.not.contain('strange');
    const { items } = await site.services.access.audit({ limit: 1 });
    expect(items[0]).to.deep.include({
      action: 'provider.compared',
      details: { provider: 'memory', account: 'listing' },
    });
  });

  it('are a list: found, filtered, put in order, exported and cancelled like any other', async () => {
    provider.listed.push(aListedBadge({ externalId: 'strange' }));
    const href = await compare();
    const differences = (await confirmed(site)).length + 1;
    const page = (await administrator.get('/comparisons?account=memory/listing&found=differences')).text;
    expect(textOf(page)).to.contain('Differences (1)').and.to.contain('No difference (0)');
    expect(page).to.contain(`<a href="${href}">${differences}</a>`);
    expect(textOf((await administrator.get('/comparisons?found=none')).text)).to.contain('Nothing matches');
    expect((await administrator.get('/comparisons?order=-found,comparison')).text).to.contain('sort-descending');
    const csv = (await administrator.get('/exports/comparisons.csv?provider=memory')).text.split('\r\n');
    expect(csv[0]).to.equal('Comparison,Account,State,Error,Differences,Asked for,By,Finished');
    expect(csv[1]).to.match(
      new RegExp(`^Compare with Memory: Example account,memory/listing,Done,,${differences},\\S+,administrator,\\S+$`),
    );
    const waiting = await submit(administrator, '/comparisons/new', '/comparisons', { account: 'listing' });
    const id = (waiting.headers.location as string).split('/').at(-1) as string;
    const done = await submit(administrator, '/comparisons', '/actions/comparisons/done', {
      ...{ action: 'cancel', which: 'selected', selected: id, query: '' },
    });
    expect(textOf(done.text)).to.contain('cancelled 1');
    expect(await site.services.jobStore.get(id)).to.have.property('state', 'cancelled');
  });

  it('export what was found, as text that no spreadsheet takes for a formula', async () => {
    provider.listed.push(aListedBadge({ externalId: '=1+1', templateId: 'a,"b"' }));
    const href = await compare();
    const csv = (await administrator.get(`${href}/download?format=csv&kind=extra-unknown`)).text;
    expect(csv).to.equal(
      'kind,username,badgeId,number,externalId,templateId,here,there\r\nextra-unknown,,,,\'=1+1,"a,""b""",,issued\r\n',
    );
    const json = JSON.parse((await administrator.get(`${href}/download?format=json`)).text) as unknown[];
    expect(json).to.deep.include({
      ...{ kind: 'extra-unknown', username: null, badgeId: null, number: null },
      ...{ externalId: '=1+1', templateId: 'a,"b"', here: null, there: 'issued' },
    });
    const names = (json as { kind: string; username: string }[]).flatMap(({ kind, username }) =>
      kind === 'missing' ? [username] : [],
    );
    expect(names)
      .to.have.length((await confirmed(site)).length)
      .and.not.include(null);
  });

  it('put right what was chosen after a preview, audited', async () => {
    const listed = await confirmed(site);
    for (const { externalId } of listed)
      provider.listed.push(aListedBadge({ externalId: externalId ?? '', state: 'accepted' }));
    const href = await compare();
    const preview = textOf((await administrator.get(`${href}/mend`)).text);
    expect(preview).to.contain(`Other state: ${listed.length} badge`);
    expect(preview).to.contain('Record the state; nothing changes at the provider.');
    const nothing = await submit(administrator, `${href}/mend`, `${href}/mend`);
    expect(nothing.status).to.equal(422);
    expect(textOf(nothing.text)).to.contain('Nothing was chosen; go back and choose what is to be put right');
    const answer = await submit(administrator, `${href}/mend`, `${href}/mend`, { state: 'yes' });
    expect(answer.status).to.equal(303);
    await site.runJobs();
    expect(textOf((await administrator.get(answer.headers.location as string)).text)).to.contain(
      `put right ${listed.length}`,
    );
    expect((await confirmed(site)).every(({ externalState }) => externalState === 'accepted')).to.equal(true);
    const { items } = await site.services.access.audit({ limit: 1 });
    expect(items[0]).to.deep.include({ action: 'provider.mended' });
  });

  it('say what is wrong with an account or an address', async () => {
    const gone = await submit(administrator, '/comparisons/new', '/comparisons', { account: 'nobody' });
    expect(gone.status).to.equal(404);
    expect(textOf(gone.text)).to.contain('There is no such account; choose one of the list');
    expect((await administrator.get('/comparisons/nothing')).status).to.equal(404);
    expect((await administrator.get(`${await compare()}?after=nonsense`)).status).to.equal(422);
  });

  it('let viewers look and nothing else', async () => {
    const href = await compare();
    const viewer = await site.signIn('viewer');
    expect((await viewer.get(href)).text).to.not.contain(`${href}/mend`);
    expect((await viewer.get(`${href}/mend`)).status).to.equal(403);
  });
});

describe('the page of issued badges', () => {
  it('lists them with learner, template, state and id there, filtered and page by page', async () => {
    const site = makeSite();
    await seed(site);
    const viewer = await site.signIn('viewer');
    const read = async (query: string) => textOf((await viewer.get(`/issued-badges${query}`)).text);
    const all = await read('');
    expect(all).to.contain('Learner Badge Issued at Here State there Id there Last change');
    expect(all).to.contain('Demo course completion Memory demo-course');
    const [one] = await confirmed(site);
    expect(all).to.contain(one?.externalId);
    expect(await read('?provider=memory&template=none')).to.contain('Nothing matches');
    expect(await read('?stands=no'))
      .to.contain('Revoked')
      .and.not.contain(one?.externalId);
    expect(await read('?search=nobody')).to.contain('Nothing matches');
    const learner = await site.services.learners.findById(one?.learnerId ?? '');
    expect(await read(`?search=${learner?.username}`)).to.contain(one?.externalId);
    expect((await viewer.get('/issued-badges?after=nonsense')).status).to.equal(422);
  });
});
