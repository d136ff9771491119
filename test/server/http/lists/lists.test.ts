import { expect } from 'chai';
import { assetKey } from '../../../../plugin/credentials/assets.ts';
import type { Credential } from '../../../../plugin/ports/credential-store.ts';
import { aCredential, seed } from '../../../support/seed.ts';
import { type Browser, csrfOf, makeSite, type Site, submit, textOf } from '../../../support/web.ts';

describe('lists', () => {
  let site: Site;
  let browser: Browser;
  beforeEach(async () => {
    site = makeSite();
    await seed(site);
    browser = await site.signIn('administrator');
  });

  async function html(path: string): Promise<string> {
    const answer = await browser.get(path);
    expect(answer.status, path).to.equal(200);
    return answer.text;
  }

  const read = async (path: string): Promise<string> => textOf(await html(path));

  async function addCredentials(count: number, changes: Partial<Credential> = {}): Promise<readonly Credential[]> {
    const made = Array.from({ length: count }, (_, n) => {
      const own = aCredential({ username: `many-${String(n).padStart(3, '0')}`, order: 100 + n });
      return { ...own, createdAt: new Date(Date.UTC(2025, 0, 1, 0, n)), ...changes };
    });
    for (const credential of made) await site.services.credentials.createCredential(credential);
    return made;
  }

  function linkOf(text: string, word: string): string | undefined {
    const found = [...text.matchAll(/<a [^>]*href="([^"]+)"[^>]*>([\s\S]*?)<\/a>/g)].find(
      (match) => textOf(match[2] ?? '').trim() === word,
    );
    return found?.[1]?.replaceAll('&amp;', '&');
  }

  const usernames = (text: string): readonly string[] =>
    [...text.matchAll(/<span class="sub">(many[-a-z]*-\d+)<\/span>/g)].map((match) => match[1] ?? '');

  const range = (name: string, from: number, to: number): readonly string[] =>
    Array.from({ length: to - from }, (_, n) => `${name}-${String(from + n).padStart(3, '0')}`);

  async function withStatus(count: number): Promise<void> {
    for (const [n, username] of range('many-error', 0, count).entries())
      await addCredentials(1, { ...aCredential({ username, order: 5_000 + n }), status: 'error', reason: 'It broke' });
  }

  describe('their order', () => {
    it('is in the address, shown at its heading, and turned round by the heading', async () => {
      const usual = await html('/credentials?status=available');
      expect(usual).to.match(
        /aria-sort="descending"><a class="sort sort-descending" href="[^"]*order=created">Created/,
      );
      expect(usual.match(/aria-sort/g)).to.have.length(1);
      await addCredentials(3);
      const sorted = await html(linkOf(usual, 'Learner') ?? '');
      expect(sorted).to.match(
        /aria-sort="ascending"><a class="sort sort-ascending" href="[^"]*order=-learner">Learner/,
      );
      expect(usernames(sorted)).to.deep.equal(['many-000', 'many-001', 'many-002']);
      const turned = await html(linkOf(sorted, 'Learner') ?? '');
      expect(usernames(turned)).to.deep.equal(['many-002', 'many-001', 'many-000']);
      expect(turned).to.include('<input type="hidden" name="order" value="-learner">');
    });

    it('is refused by a column that has none, and by the same one twice', async () => {
      const answer = await browser.get('/credentials?order=for');
      expect(answer.status).to.equal(422);
      expect(textOf(answer.text)).to.include(
        'The list cannot be put in order by “for”; it can by learner, type, status, created',
      );
      for (const order of ['learner,-learner', 'status,type,learner,created,status', 'learner,']) {
        expect((await browser.get(`/credentials?order=${order}`)).status, order).to.equal(422);
      }
      expect(textOf((await browser.get('/credentials?order=learner,-learner')).text)).to.include(
        'The order in the address must be of at most 4 columns, each of them once, e.g. learner,type',
      );
    });

    it('is of several columns: headings add one, turn one round where it is, and take one away', async () => {
      await addCredentials(6);
      await withStatus(3);
      const one = await html('/credentials?search=many&order=status');
      const two = await html(linkOf(one, '+ Then by Learner') ?? '');
      expect(two).to.include('<input type="hidden" name="order" value="status,learner">');
      expect(usernames(two)).to.deep.equal([...range('many', 0, 6), ...range('many-error', 0, 3)]);
      expect(two.match(/aria-sort="[a-z]+"/g)).to.deep.equal(['aria-sort="ascending"']);
      expect(textOf(two))
        .to.include('Status 1 (first in the order, ascending)')
        .and.to.include('Learner 2 (second in the order, ascending)');
      const turned = await html(linkOf(two, 'Learner 2 (second in the order, ascending)') ?? '');
      expect(usernames(turned)).to.deep.equal([
        ...range('many', 0, 6).toReversed(),
        ...range('many-error', 0, 3).toReversed(),
      ]);
      const left = await html(linkOf(turned, '× Not by Status') ?? '');
      expect(left).to.include('<input type="hidden" name="order" value="-learner">');
      expect(linkOf(left, '× Not by Learner')).to.equal('/credentials?search=many');
    });

    it('of several columns leads through pages and into files', async () => {
      await addCredentials(70);
      await withStatus(50);
      const path = '/credentials?search=many&order=-status,learner';
      const first = await html(path);
      const second = await html(linkOf(first, 'Next page') ?? '');
      const third = await html(linkOf(second, 'Next page') ?? '');
      const wanted = [...range('many-error', 0, 50), ...range('many', 0, 70)];
      expect([first, second, third].flatMap(usernames)).to.deep.equal(wanted);
      const file = linkOf(second, 'CSV') ?? '';
      expect(file).to.equal(path.replace('/credentials', '/exports/credentials.csv').replace(',', '%2C'));
      const { text } = await browser.get(file);
      expect([...text.matchAll(/,(many[-a-z]*-\d+),/g)].map((match) => match[1])).to.deep.equal(wanted);
    });

    it('of few values first is had however many there are; another is said to be too much, and may be had of fewer', async () => {
      await addCredentials(1_020);
      const few = await html('/credentials?order=status');
      expect(linkOf(few, '+ Then by Learner')).to.be.a('string');
      expect(usernames(await html('/credentials?search=many&order=status,learner'))).to.deep.equal(
        range('many', 0, 50),
      );
      const many = await html('/credentials?order=learner,created&search=many');
      expect(textOf(many)).to.include(
        'More than 1,000 credentials match, too many to be put in order by Learner and Created at once; filter until fewer match, or put them in order by Learner alone. That is what is shown now.',
      );
      expect(many).to.include('aria-sort="ascending"').and.to.not.include('+ Then');
      expect(many).to.include('<input type="hidden" name="order" value="learner,created">');
      expect(linkOf(many, 'CSV')).to.equal('/exports/credentials.csv?search=many&order=learner');
      const refused = await browser.get('/exports/credentials.csv?order=learner,created');
      expect(refused.status).to.equal(422);
    });
  });

  it('lead forwards and back through the same pages, and keep what was chosen', async () => {
    await addCredentials(120);
    const first = await html('/credentials?search=many&order=learner');
    const second = await html(linkOf(first, 'Next page') ?? '');
    const third = await html(linkOf(second, 'Next page') ?? '');
    expect([first, second, third].map((page) => usernames(page).length)).to.deep.equal([50, 50, 20]);
    expect(linkOf(third, 'Next page')).to.equal(undefined);
    expect(usernames(await html(linkOf(third, 'Previous page') ?? ''))).to.deep.equal(usernames(second));
    expect(linkOf(third, 'Back to the first page')).to.equal('/credentials?search=many&order=learner');
    expect(textOf(first)).to.include('120 credentials');
    expect((await browser.get('/credentials?after=nonsense')).status).to.equal(422);
  });

  it('find by the beginnings of several words, and by a UUID in full', async () => {
    await addCredentials(2, { learnerName: 'Grace Brewster Hopper' });
    expect(usernames(await html('/credentials?search=HOPPER+grace'))).to.have.length(2);
    expect(usernames(await html('/credentials?search=hopper+many-001'))).to.deep.equal(['many-001']);
    expect(await read('/credentials?search=hopper+nobody')).to.include('Nothing matches');
    const [{ id, verifyId }] = (await addCredentials(0)).concat(aCredential({ username: 'ada', order: 0 })) as [
      Credential,
    ];
    for (const uuid of [id, verifyId.toUpperCase()])
      expect(await read(`/credentials?search=${uuid}`), uuid).to.include('1 credential ');
    expect(await read('/credentials?search=00000000-0000-4000-8000-00000000ffff')).to.include('Nothing matches');
  });

  it('count every choice under the others, and say with how many the list goes on', async () => {
    await addCredentials(7, { status: 'error', reason: 'It broke' });
    const text = await read('/credentials?search=many');
    expect(text).to.include('Available (0)').and.to.include('Error (7)');
    expect(await read('/credentials?search=many&status=available')).to.include('Error (7)');
  });

  it('go from years to months to days, each with how many there are', async () => {
    await addCredentials(3);
    await addCredentials(0);
    const years = await read('/credentials');
    expect(years).to.match(/Created Any date 2025 \(3\) 20\d\d \(\d+\)/);
    expect(await read('/credentials?date=2025')).to.include('Any date 2025 Jan 2025 (3)');
    expect(await read('/credentials?date=2025-01')).to.include('Any date 2025 Jan 2025 1 Jan 2025 (3)');
    expect(await read('/credentials?date=2025-01-01')).to.include('3 credentials');
    expect(await read('/credentials?date=2025-01-02')).to.include('Nothing matches');
    for (const date of ['2025-02-30', '2025-13', '25', 'today', '0000']) {
      const answer = await browser.get(`/credentials?date=${date}`);
      expect(answer.status, date).to.equal(422);
      expect(textOf(answer.text)).to.include('The date in the address must be a year, a month or a day');
    }
  });

  it('keep what was chosen for the way back from one of the records', async () => {
    const { id } = aCredential({ username: 'ada', order: 0 });
    await html('/credentials?status=available&order=learner');
    expect(await html(`/credentials/${id}`)).to.include('href="/credentials?status=available&amp;order=learner"');
    await html('/credentials');
    expect(await html(`/credentials/${id}`)).to.include('<a href="/credentials">');
  });

  describe('as files', () => {
    it('hold what the page shows, in the same order, with every record', async () => {
      await addCredentials(1203);
      const { text, headers } = await browser.get('/exports/credentials.csv?search=many&order=learner');
      expect(headers['content-type']).to.equal('text/csv; charset=utf-8');
      expect(headers['content-disposition']).to.equal('attachment; filename=credentials.csv');
      const lines = text.split('\r\n');
      expect(lines[0]).to.equal('Learner,Username,For,Type,Status,Reason,Issued,Created');
      expect(lines).to.have.length(1205);
      expect(lines.slice(1, 1204).map((line) => line.split(',')[1])).to.deep.equal(
        Array.from({ length: 1203 }, (_, n) => `many-${String(n).padStart(3, '0')}`).sort(),
      );
      const { body } = await browser.get('/exports/credentials.json?search=many&order=learner');
      expect(body).to.have.length(1203);
      expect(body[0]).to.include({ username: 'many-000', status: 'Available', created: '2025-01-01T00:00:00.000Z' });
    });

    it('write no formulas, and quote what has to be quoted (RFC 4180)', async () => {
      const strange = ['=1+1', '+1', '-1', '@x', '\tx', 'a "b", c\r\nd'];
      for (const [n, learnerName] of strange.entries())
        await site.services.credentials.createCredential({
          ...aCredential({ username: `strange-${n}`, order: 900 + n }),
          learnerName,
        });
      const { text } = await browser.get('/exports/credentials.csv?search=strange&order=learner');
      const cells = text.split('\r\n').map((line) => line.split(',strange')[0]);
      expect(cells.slice(1, 6)).to.deep.equal(["'=1+1", "'+1", "'-1", "'@x", "'\tx"]);
      expect(text).to.include('"a ""b"", c\r\nd",strange-5');
    });

    it('hold no more of people than the page: no payload of an event, no address of a mail', async () => {
      await site.services.credentials.createCredential({
        ...aCredential({ username: 'told', order: 901 }),
        email: 'told@example.com',
        mail: { state: 'sent', messageId: null, attempts: 1, dueAt: null, sentAt: new Date(), lastError: null },
      });
      const files = await Promise.all(
        ['events', 'mails', 'progress', 'credentials'].map(async (name) => {
          const { text } = await browser.get(`/exports/${name}.csv?${name === 'events' ? 'period=all' : ''}`);
          return text;
        }),
      );
      for (const text of files) expect(text).not.to.include('@example.com');
      expect(files[1]).to.include('told,t…@e….com');
      expect(files[0]).not.to.include('Ada Lovelace').and.not.to.include('payload');
    });

    it('are written down in the audit, without what was searched for', async () => {
      await browser.get('/exports/progress.csv?search=ada&status=awarded');
      const [entry] = (await site.services.access.audit({ object: 'list:progress', limit: 1 })).items;
      expect(entry).to.deep.include({
        action: 'list.exported',
        details: { status: 'awarded', format: 'csv', searched: true },
      });
    });

    it('are empty but complete where nothing matches', async () => {
      expect((await browser.get('/exports/progress.json?search=nobody')).body).to.deep.equal([]);
      expect((await browser.get('/exports/progress.csv?search=nobody')).text).to.equal(
        'Learner,Badge,Status,Groups,Share,Award date,Effects,Last change\r\n',
      );
    });
  });

  describe('and what is done to many', () => {
    async function send(path: string, fields: Readonly<Record<string, unknown>>) {
      const _csrf = csrfOf(await html('/credentials'));
      return browser
        .post(path)
        .type('form')
        .send({ _csrf, ...fields });
    }

    it('ask first, then do it to those that were ticked, and say what became of each', async () => {
      const [first, second, third] = await addCredentials(3);
      await site.services.credentialLife.invalidate(second?.id ?? '', 'Earlier');
      const chosen = {
        action: 'invalidate',
        which: 'selected',
        selected: [first?.id, second?.id],
        query: '?search=many',
      };
      const asked = await send('/actions/credentials', chosen);
      expect(textOf(asked.text)).to.include('2 credentials. They are invalid for good.').and.to.include('Invalidate 2');
      const unreasoned = await send('/actions/credentials/done', chosen);
      expect(unreasoned.status).to.equal(422);
      expect(textOf(unreasoned.text)).to.include('the reason must have 1 to 500 characters');
      const done = await send('/actions/credentials/done', { ...chosen, reason: 'A mistake' });
      expect(textOf(done.text)).to.include('Of 2 credentials: left alone 1 invalidated 1 failed 0');
      expect(done.text).to.include('href="/credentials?search=many"');
      const statusOf = async (id = '') => (await site.services.credentials.credential(id))?.status;
      expect(await statusOf(first?.id)).to.equal('invalidated');
      expect(await statusOf(third?.id)).to.equal('available');
      const [entry] = (await site.services.access.audit({ object: 'list:credentials', limit: 1 })).items;
      expect(entry).to.deep.include({ actor: 'administrator', action: 'credentials.invalidate' });
      expect(entry?.details).to.include({ invalidated: 1, 'left alone': 1 });
    });

    it('allow new credentials where one was invalidated, and leave the others alone', async () => {
      const [first, second] = await addCredentials(2);
      await site.services.credentialLife.invalidate(first?.id ?? '', 'A mistake');
      const chosen = { action: 'allow', which: 'selected', selected: [first?.id, second?.id], query: '' };
      const asked = await send('/actions/credentials', chosen);
      expect(textOf(asked.text)).to.include('Where one was invalidated by hand').and.to.include('Allow new ones 2');
      const done = await send('/actions/credentials/done', chosen);
      expect(textOf(done.text)).to.include('Of 2 credentials: left alone 1 allowed 1 failed 0');
      expect(await site.services.credentials.credential(first?.id ?? '')).to.include({
        status: 'invalidated',
        holdsPlace: false,
      });
    });

    it('count what failed, with the reason, and do the others', async () => {
      const [, second] = await addCredentials(2, { configurationId: 'gone' });
      const ready = aCredential({ username: 'ada', order: 0 });
      const done = await send('/actions/credentials/done', {
        ...{ action: 'reissue', which: 'selected', query: '' },
        selected: [ready.id, second?.id],
      });
      expect(textOf(done.text)).to.match(/reissued 1 failed 1/);
      expect(textOf(done.text)).to.match(/Why some failed .*\(1\)/);
    });

    it('say so where nothing was chosen', async () => {
      const fields = { action: 'reissue', which: 'selected', query: '' };
      expect(textOf((await send('/actions/credentials', fields)).text)).to.include('Nothing was chosen');
      const done = await send('/actions/credentials/done', fields);
      expect(done.status).to.equal(422);
      expect(textOf(done.text)).to.include('Nothing was chosen; go back');
      expect((await send('/actions/credentials', { ...fields, action: 'burn' })).status).to.equal(404);
    });

    it('make a job of more than a hundred, which does them all and counts', async () => {
      await addCredentials(130);
      const fields = { action: 'invalidate', which: 'all', query: '?search=many', reason: 'A mistake' };
      expect(textOf((await send('/actions/credentials', fields)).text)).to.include('130 credentials.');
      for (const confirmation of ['', '100', 'yes']) {
        const unsure = await send('/actions/credentials/done', { ...fields, confirmation });
        expect(unsure.status).to.equal(422);
        expect(textOf(unsure.text)).to.include('Type 130 to confirm Error: Type 130 to say that you mean all of them.');
      }
      expect(await site.services.credentials.countCredentials({ status: 'invalidated' })).to.be.lessThan(130);
      const answer = await send('/actions/credentials/done', { ...fields, confirmation: ' 130 ' });
      expect(answer.status).to.equal(303);
      expect(answer.headers.location).to.match(/^\/jobs\//);
      await site.runJobs();
      expect(await read(answer.headers.location ?? '')).to.match(/130 of 130 .*invalidated 130/);
      const { items } = await site.services.credentials.credentials({ search: 'many', status: 'available', limit: 1 });
      expect(items).to.deep.equal([]);
      expect(await site.services.credentials.countCredentials({ status: 'available' })).to.be.greaterThan(0);
    });

    it('are offered to nobody who may not do them', async () => {
      const viewer = await site.signIn('viewer');
      const { text } = await viewer.get('/credentials');
      expect(text).not.to.include('type="checkbox"').and.not.to.include('Act on');
      const answer = await submit(viewer, '/credentials', '/actions/credentials', { action: 'reissue' });
      expect(answer.status).to.equal(403);
    });
  });
});

describe('the list of badges', () => {
  it('activates and deactivates many, each as a version of its own', async () => {
    const site = makeSite();
    await seed(site);
    const browser = await site.signIn('administrator');
    const fields = { action: 'deactivate', which: 'selected', selected: ['demo-course', 'data-track'], query: '' };
    const send = async (changes: object) => {
      const _csrf = csrfOf((await browser.get('/badges')).text);
      return textOf(
        (
          await browser
            .post('/actions/badges/done')
            .type('form')
            .send({ _csrf, ...fields, ...changes })
        ).text,
      );
    };
    const activeOf = async (id: string) => (await site.services.badges.get(id))?.active;
    const former = (await site.services.badges.get('demo-course'))?.version ?? 0;
    expect(await send({})).to.include('Of 2 badges: deactivated 2 failed 0');
    expect(await activeOf('demo-course')).to.equal(false);
    expect((await site.services.badges.get('demo-course'))?.version).to.equal(former + 1);
    expect(await send({})).to.include('Of 2 badges: left alone 2 failed 0');
    expect(await send({ action: 'activate', selected: ['data-track'] })).to.include('activated 1 failed 0');
    expect(await activeOf('data-track')).to.equal(true);
  });
});

describe('the lists of what credentials are made of', () => {
  let site: Site;
  let browser: Browser;
  beforeEach(async () => {
    site = makeSite();
    await seed(site);
    browser = await site.signIn('administrator');
  });

  const send = async (list: string, fields: object, as = browser) => {
    const _csrf = csrfOf((await as.get(`/${list}`)).text);
    const answer = await as
      .post(`/actions/${list}/done`)
      .type('form')
      .send({ _csrf, which: 'all', query: '', ...fields });
    return { status: answer.status, text: textOf(answer.text) };
  };

  it('switch the schedules of many, and leave alone what has none', async () => {
    const states = async () => (await site.services.credentials.schedules()).map(({ enabled }) => enabled);
    const scheduled = (await states()).length;
    expect(scheduled).to.be.greaterThan(0);
    await send('configurations', { action: 'disable-schedule' });
    expect(await states()).to.deep.equal(Array(scheduled).fill(false));
    const { text } = await send('configurations', { action: 'enable-schedule' });
    expect(text).to.include(`enabled ${scheduled}`).and.include('left alone').and.include('failed 0');
    expect(await states()).to.deep.equal(Array(scheduled).fill(true));
  });

  it('delete only what nothing uses, and say so before', async () => {
    const { credentials } = site.services;
    const [type] = await credentials.types();
    const unused = { id: 'unused', credentialTypeId: type?.id ?? '', contextKey: 'course-v1:A+B+C' };
    const like = await credentials.configuration('configuration-1');
    if (!like) return expect.fail('there are some');
    await credentials.saveConfiguration({ ...like, ...unused });
    const before = await credentials.configurations();
    const asked = await submit(browser, '/configurations', '/actions/configurations', {
      ...{ action: 'delete', which: 'all', query: '' },
    });
    expect(textOf(asked.text)).to.include('would be left alone: it has run, or has given credentials');
    const { text } = await send('configurations', { action: 'delete' });
    expect(text)
      .to.match(/deleted \d/)
      .and.to.match(/left alone \d/);
    const left = (await credentials.configurations()).map(({ id }) => id);
    expect(left).not.to.include('unused');
    expect(left).to.include(like.id).and.to.have.length.below(before.length);
  });

  it('delete unused assets with their files', async () => {
    const { credentials, files } = site.services;
    const used = (await credentials.assets())[0];
    const [type] = await credentials.types();
    if (!used || !type) return expect.fail('there is one');
    await credentials.saveType({ ...type, options: { template: used.slug } });
    const spare = { ...used, slug: 'spare', sha256: 'f'.repeat(64) };
    await credentials.saveAsset(spare);
    await files.put(assetKey(spare), {
      ...{ bytes: Buffer.from('x'), contentType: 'application/pdf', fileName: 'spare.pdf' },
    });
    const { text } = await send('credential-assets', { action: 'delete', query: '?search=spare' });
    expect(text).to.include('Of 1 asset: deleted 1 failed 0');
    expect(await credentials.asset('spare')).to.equal(null);
    expect(await files.get(assetKey(spare))).to.equal(null);
    expect((await send('credential-assets', { action: 'delete' })).text).to.match(/left alone \d/);
    expect(await credentials.asset(used.slug)).to.deep.equal(used);
  });

  it('offer and do what takes another right only to those who have it', async () => {
    const operator = await site.signIn('operator');
    const page = await operator.get('/configurations');
    expect(page.text).to.include('value="generate"').and.not.include('value="delete"');
    expect((await send('configurations', { action: 'delete' }, operator)).status).to.equal(404);
  });
});

describe('the list of learners', () => {
  it('finds by the beginning of a username or an address, whatever the case, or by LMS user id, and can be taken along', async () => {
    const site = makeSite();
    await seed(site);
    const browser = await site.signIn('viewer');
    const read = async (query: string) => textOf((await browser.get(`/learners${query}`)).text);
    const all = await read('');
    expect(all)
      .to.match(/\d+ learners/)
      .and.to.include('ada@example.com');
    for (const search of ['AD', 'ada@example', '11'])
      expect(await read(`?search=${search}`), search).to.include('1 learner');
    expect(await read('?search=nobody')).to.include('Nothing matches');
    const { text } = await browser.get('/exports/learners.csv?search=ada');
    expect(text.split('\r\n')[1]).to.match(/^ada,/);
  });
});

describe('the page of a learner', () => {
  it('shows the credentials of exactly this learner, however short the username', async () => {
    const site = makeSite();
    await seed(site);
    const { credentials, learners } = site.services;
    for (let n = 0; n < 60; n++)
      await credentials.createCredential(aCredential({ username: `jo${n}`, order: 200 + n }));
    await credentials.createCredential({ ...aCredential({ username: 'jo', order: 190 }), contextName: 'Only of Jo' });
    const user = { username: 'jo', email: 'jo@example.com', name: 'Jo', lmsUserId: 990, isActive: true };
    const { id } = await learners.resolve(user, '2026-01-01T00:00:00.000000000Z' as never);
    const text = textOf((await (await site.signIn('viewer')).get(`/learners/${id}`)).text);
    expect(text).to.include('Only of Jo').and.to.include('Latest events').and.to.include('Records of the LMS');
  });
});
