/** The pages of credentials, schedules, providers and comparisons in a language that nobody speaks. */

import { expect } from 'chai';
import { certificate, extensions, giveCertificate } from '../../support/certificate-site.ts';
import { pseudoTexts } from '../../support/pseudo-locale.ts';
import { pseudoWalk } from '../../support/pseudo-walk.ts';
import { DEMO_COURSE, seed } from '../../support/seed.ts';
import { type Browser, makeSite, type Site, submit } from '../../support/web.ts';

/** What authors, learners and providers say in their own words, and what computers are called by. */
const DATA: readonly (string | RegExp)[] = [
  /(\p{L}{3}, )?\p{L}{3} \d+, \d{4}, \d\d:\d\d [AP]M UTC/u,
  /https?:\/\/[^\s⟧]+/,
  /(course|ccx|path)-v1:\S+/,
  /[0-9a-f]{8}-[0-9a-f-]{27}/,
  /[0-9a-f]{64}/,
  // options and elements of a page by their names
  /\b[a-z]+_[a-z_]+\b/,
  /\b[a-z_]+(\.[a-z_0-9]+)+\b/,
  /\b(name|context|date|options|fields|template|title|certificate|steps|images|text)\b/,
  ...['Demonstration Course', 'Demonstration course', 'Certificate of achievement', 'A4, lying', 'certificate.pdf'],
  ...['Statistics', 'Data track', 'Explorer', 'Demo course completion', 'Course completer', 'Course certificate'],
  ...['Ada Lovelace', 'Barbara Liskov', 'Margaret Hamilton', 'Edsger W. Dijkstra', 'Nguyễn Thị Mai Linh'],
  ...['ada', 'linh', 'barbara', 'margaret', 'edsger', 'grace', 'administrator', 'Laurel', '127.0.0.1', 'newcomer'],
  ...['The grade was corrected.', /The font "dejavu-serif"[^⟧]*/, 'Certificate', 'c.pdf', /@example\.com/],
  ...['Compare with Memory: Example account', 'accepted', 'pending', 'memory-1', 'memory-2', 'memory-3', 'Memory'],
  // the hall asks in its own words
  ...['A UUID, on the page "Settings" of the hall.', 'Made on the page "Tokens" of the hall.', 'hall id', 'Hall id'],
  ...['type-1', 'c-1', '"Other"', '0 6 * * mon', /\bid\b/, '"Settings" of the', '"Tokens" of the'],
  ...['SHA-256', '(course-completions)', '(completions-and-grades)', '(pdf)', 'Example University', 'Issued here'],
  ...['Faculty of Science', 'Faculty of Arts', 'Faculty of Law', 'Trial', 'Hall of Fame', 'hall', 'Hall', 'science'],
  ...['arts', 'law', 'trial', 'credly', 'openbadges', 'Open Badges', 'memory', 'production', 'sandbox', 'Production'],
];

describe('a language that nobody speaks, on pages of credentials', function () {
  this.timeout(60_000);
  let site: Site;
  let browser: Browser;

  before(async () => {
    site = makeSite({ texts: pseudoTexts(), extensions });
    await seed(site);
    await giveCertificate(site);
    browser = await site.signIn('administrator');
  });

  const { check, look, send } = pseudoWalk(() => browser, DATA);

  it('holds nothing on a credential, and on what is done with it', async () => {
    const { items } = await site.services.credentials.credentials({ limit: 20 });
    for (const { id } of items) {
      const path = `/credentials/${id}`;
      await look(path, `${path}/reissue`, `${path}/invalidate`, `/history/credential/${id}`);
    }
    const available = items.find(({ status }) => status === 'available');
    const path = `/credentials/${available?.id}`;
    await send(`${path}/invalidate`, `${path}/invalidate`, { reason: '' });
    await look('/credentials/nothing');
  });

  it('holds nothing on types and configurations', async () => {
    await look('/credential-types/type-1', '/credential-types/new', '/credential-types/type-1/edit');
    await look('/credential-types/type-1/versions', '/credential-types/type-1/compare');
    await look('/configurations/new', '/configurations/new?type=type-1', '/configurations/c-1/edit');
    await look('/configurations/c-1/versions', '/configurations/c-1/delete', '/configurations/nothing/edit');
    await look('/history/credential-type/type-1', '/history/configuration/c-1');
  });

  it('holds nothing in their forms after mistakes', async () => {
    const type = '/credential-types/type-1/edit';
    const opened = { expected: certificate.updatedAt.toISOString(), mode: 'json' };
    const functions = {
      ...{ retrieval: 'course-completions', generation: 'pdf' },
      ...{ shownRetrieval: 'course-completions', shownGeneration: 'pdf' },
    };
    for (const json of [
      ...['{', '[]', '{"template":1}', '{"template":"Not a slug"}', '{"templates":"x"}', '{"zzzzzz":1}'],
      ...['{"defaults":1,"encrypt":1,"date_style":"x","images":1}', '{"defaults":{"size":-1}}'],
      ...['{"text_elements":{"other":{}}}', '{"text_elements":{"name":{"text":"{nme}"}}}', '{"time_zone":"Mars"}'],
      ...['{"text_elements":{"name":{"text":"}"}}}', '{"template":"gone"}', '{"valid_for":"soon"}'],
    ])
      await send(type, type, { ...opened, ...functions, name: '', json, action: 'save' });
    await send(type, type, { ...opened, ...functions, name: 'Certificate', json: '{"zzzzzz":1}', action: 'form' });
    const fields = { 'o.text_elements.0.$key': '', 'o.text_elements.0.text': 'x', 'o.text_elements.1.$key': 'name' };
    await send(type, type, { ...opened, ...functions, ...fields, mode: 'form', name: 'x', action: 'save' });
    const late = { ...opened, ...functions, expected: '2026-01-01T00:00:00.000Z', name: 'Other' };
    await send(type, type, { ...late, json: '{"template":"certificate"}', action: 'save' });
    const configuration = '/configurations/new?type=type-1';
    for (const contextKey of ['', 'course-v1:A+B+C'])
      await send(configuration, '/configurations/new', { type: 'type-1', contextKey, mode: 'json', json: '{}' });
  });

  it('holds nothing where a former version is restored', async () => {
    const path = '/credential-types/type-1';
    const functions = { retrieval: 'course-completions', generation: 'pdf' };
    const shown = { shownRetrieval: 'course-completions', shownGeneration: 'pdf' };
    const type = await site.services.credentials.type('type-1');
    const opened = { expected: type?.updatedAt.toISOString() ?? '', mode: 'json', name: 'Certificate of achievement' };
    const json = JSON.stringify({ ...certificate.options, title: 'x' });
    const { status } = await submit(browser, `${path}/edit`, `${path}/edit`, {
      ...{ ...opened, ...functions, ...shown, json, action: 'save', comment: 'title' },
    });
    expect(status).to.equal(303);
    await look(`${path}/versions`, `${path}/compare`, `${path}/versions/1/restore`, `${path}/versions/99/restore`);
    await look(`${path}/delete`);
    await send(`${path}/versions/1/restore`, `${path}/versions/1/restore`, { expected: '2026-01-01T00:00:00.000Z' });
  });

  it('holds nothing on assets', async () => {
    const path = '/credential-assets/certificate';
    await look(path, '/credential-assets/new', `${path}/replace`, `${path}/delete`, '/history/asset/certificate');
    await look('/credential-assets/nothing');
    const opened = (await browser.get(`${path}/replace`)).text.match(/name="_csrf" value="([^"]+)"/)?.[1] ?? '';
    const post = browser.post('/credential-assets/new').field('_csrf', opened).field('slug', 'A b').field('kind', '');
    check('no kind, no file', await post.field('description', 'x'.repeat(501)));
    const bring = browser.post('/credential-assets/new').field('_csrf', opened).field('slug', 'A b');
    check('slug', await bring.field('kind', 'font').attach('files', Buffer.from('x'), 'a.ttf'));
  });

  it('holds nothing on a schedule, whatever it says', async () => {
    const path = '/configurations/configuration-1/schedule';
    await look(path, '/configurations/c-1/schedule', '/configurations/nothing/schedule');
    const usual = {
      ...{ enabled: 'yes', kind: 'crontab', every: '10', unit: 'days', expression: '0 6 * * mon', timeZone: 'UTC' },
      ...{ days: 'both', gap: 'after', repeated: 'first', at: '', startAt: '', expiresAt: '', overlap: 'skip' },
      ...{ catchUp: 'one', deadline: '', version: '', opened: '{}' },
    };
    for (const expression of [
      ...['0 8,17 * * mon-fri', '0 0 1,15-18,31 jan,jun *', '0 0 13 * fri', '* * * * *', '*/15 * * * 7'],
      ...['*/20 8-17 * * *', '0 8-17,22 * * *', '5,20 * * * *', '0 * * * *', 'x', '0 6 * *', '0 25 * * *'],
      ...['0 0 * 13 *', '0 0 31 feb *'],
    ])
      await send(path, `${path}/preview`, { ...usual, expression });
    const changes: readonly Readonly<Record<string, string>>[] = [
      { days: 'either', expression: '0 0 13 * fri' },
      { kind: 'interval', every: 'x' },
      { kind: 'interval', every: '90', unit: 'minutes' },
      { kind: 'clocked', at: '' },
      { kind: 'clocked', at: 'soon' },
      { kind: 'clocked', at: '2020-01-01 09:00' },
      { kind: 'clocked', at: '2030-01-01 09:00', startAt: '2031-01-01 09:00' },
      ...[{ kind: '' }, { timeZone: 'Mars' }, { overlap: '' }, { deadline: 'x' }, { deadline: '900000' }],
      { startAt: '2030-01-01 09:00', expiresAt: '2029-01-01 09:00' },
      { expiresAt: '2020-01-01 09:00' },
    ];
    for (const change of changes) await send(path, `${path}/preview`, { ...usual, ...change });
    await send(path, path, { ...usual, opened: JSON.stringify({ ...usual, oneOff: '', every: '3' }), version: 'x' });
    await send(path, path, usual);
  });

  it('holds nothing on runs, and where it is asked who is eligible', async () => {
    await look('/runs/run-1', '/runs/run-1?outcome=error', '/runs/run-1?outcome=invalidated', '/runs/nothing');
    await site.services.credentials.deleteConfiguration('configuration-2', new Date('2026-11-20T09:00:00Z'));
    await look('/configurations/configuration-1/eligibility', '/configurations/c-1/eligibility?username=nobody');
    await look('/configurations/configuration-1/eligibility?username=ada');
    expect((await site.services.credentials.configuration('configuration-1'))?.contextKey).to.equal(DEMO_COURSE);
  });

  it('holds nothing on providers and their accounts', async () => {
    await look('/providers', '/providers/hall/add', '/providers/nothing/add');
    for (const slug of ['science', 'arts', 'law', 'trial', 'nothing'])
      await look(`/providers/hall/accounts/${slug}`, `/providers/hall/accounts/${slug}/remove`);
    const empty = { slug: 'A b', host: 'x', externalId: '1', secret: '' };
    await send('/providers/hall/add', '/providers/hall/add', empty);
    await send('/providers/hall/add', '/providers/hall/add', { ...empty, secret: 'a b' });
    const account = '/providers/hall/accounts/science';
    await send(account, `${account}/secret`, { secret: '', opened: 'x' });
    const [, opened = ''] = /name="opened" value="([^"]+)"/.exec((await browser.get(account)).text) ?? [];
    for (const secret of ['', 'a b']) await send(account, `${account}/secret`, { secret, opened });
  });

  it('holds nothing on comparisons, the LMS and the configuration file', async () => {
    await look('/comparisons/new', '/comparisons/job-compared', '/comparisons/job-compared?kind=missing');
    await look('/comparisons/job-compared/mend', '/comparisons/nothing', '/lms', '/configuration-file');
    await send('/comparisons/job-compared/mend', '/comparisons/job-compared/mend');
    await send('/configuration-file', '/configuration-file/import', { plan: 'x' });
    const [, token = ''] = /name="_csrf" value="([^"]+)"/.exec((await browser.get('/configuration-file')).text) ?? [];
    const plan = () => browser.post('/configuration-file/plan').field('_csrf', token);
    check('no file', await plan());
    const bundle = await browser.get('/configuration-file/export').buffer();
    check('the same', await plan().attach('files', Buffer.from(bundle.text), 'laurel.json'));
    const other = bundle.text.replaceAll('Certificate of achievement', 'Another').replaceAll('"type-1"', '"type-9"');
    check('another', await plan().attach('files', Buffer.from(other), 'laurel.json'));
  });
});
