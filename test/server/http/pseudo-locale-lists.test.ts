/** Lists, the dashboard, and the pages of events, learners, jobs and accounts in a language that nobody speaks. */

import { expect } from 'chai';
import { allLists } from '../../../server/http/lists/all.ts';
import type { AnyList } from '../../../server/http/lists/list.ts';
import { pseudoTexts } from '../../support/pseudo-locale.ts';
import { pseudoWalk } from '../../support/pseudo-walk.ts';
import { seed } from '../../support/seed.ts';
import { type Browser, csrfOf, makeSite, type Site } from '../../support/web.ts';

/** What authors, learners and providers say in their own words, and what computers are called by. */
const DATA: readonly (string | RegExp)[] = [
  // as the platform writes times, days and months of this language
  /\p{L}{3} \d+, \d{4}, \d\d:\d\d [AP]M UTC/u,
  // the body of an event or of the result of a job; before what would tear it apart
  /"\w+": .*/,
  /\p{L}{3} \d{1,4}/u,
  /https?:\/\/[^\s⟧]+/,
  /(course|ccx)-v1:[^\s(]+/,
  /\S…@\S…\.com/,
  /\b\w+@example\.com/,
  // events that died
  /dead-[12]/,
  // kinds, codes, accounts, ids and scopes
  /\b\w+([.:/]\w[\w-]*)+/,
  /\bmemory-[0-9a-f-]{36}/,
  ...['Demo course completion', 'Data track', 'Explorer', 'Mentor of the year', 'Course completer', 'Data Analysis'],
  ...['Statistics for beginners', 'Programming in Python', 'The project, once statistics is passed'],
  ...['Passes the Demo course, or...', '...any CCX run of it except the third.'],
  ...['Five different courses within a year', 'Demonstration course', 'Certificate of achievement', 'A4, lying'],
  ...['Example University', 'Example account', 'Faculty of Arts', 'Faculty of Law', 'Trial', 'Statistics'],
  ...[
    'Ada Lovelace',
    'Barbara Liskov',
    'Edsger W. Dijkstra',
    'Grace Hopper',
    'Nguyễn Thị Mai Linh',
    'Margaret Hamilton',
  ],
  ...['The grade was corrected.', /The font .* choose another font\./, 'The condition was too narrow.'],
  ...['Replay the events of badge demo-course', 'sent by a test of the LMS'],
  ...[
    'Laurel',
    'Node',
    'Hall of Fame',
    'Open Badges',
    'Credly',
    'Accredible',
    'Memory',
    'RabbitMQ',
    'HTTP (POST /events)',
  ],
  ...['CSV', 'JSON', 'administrator', 'somebody-new', 'a-program', 'by password', 'session'],
  ...['demo-course', 'data-track', 'explorer', 'mentor', 'course-completer', 'certificate', 't1', 't2'],
  ...['memory', 'issued', 'revoked', 'extra-unknown', 'missing', 'same', 'state'],
  ...['ada', 'barbara', 'edsger', 'grace', 'linh', 'margaret'],
  /(?<=^|\n)\s*(science|arts|law|trial|course-completions|pdf)( \(\d+\))?\s*(?=$|\n)/,
  // what the audit calls the fields of its entries
  ...[/\b(role|invited|until)\b/],
  // groups and ids of rules
  ...[/\b[A-D]\b/, /\b(start|any)\b/],
];

describe('a language that nobody speaks, on pages of administrators', function () {
  this.timeout(30_000);
  let site: Site;
  let browser: Browser;
  let lists: readonly AnyList[];

  before(async () => {
    site = makeSite({ texts: pseudoTexts() });
    await seed(site);
    browser = await site.signIn('administrator');
    lists = allLists(site.services);
  });

  const { check, look, send } = pseudoWalk(() => browser, DATA);

  it('holds nothing where there is nothing yet', async () => {
    const empty = makeSite({ texts: pseudoTexts() });
    const visitor = await empty.signIn('administrator');
    for (const { path } of allLists(empty.services)) check(`empty ${path}`, await visitor.get(path));
    for (const path of ['/', '/first-steps', '/find', '/accounts', '/tokens', '/replays/new'])
      check(`empty ${path}`, await visitor.get(path));
  });

  it('holds nothing in lists, however they are asked', async () => {
    for (const { path, columns, date, search } of lists) {
      const [first, second] = columns.flatMap(({ name, order }) => (order === undefined ? [] : name));
      await look(path, `${path}?order=nonsense`);
      if (first !== undefined) await look(`${path}?order=-${first}`);
      if (second !== undefined) await look(`${path}?order=-${first},${second}`);
      if (date) await look(`${path}?date=2026-03`);
      if (search) await look(`${path}?search=nobody-at-all`);
    }
  });

  it('holds nothing where something is done to many', async () => {
    for (const { path, actions = [] } of lists) {
      const _csrf = csrfOf((await browser.get(path)).text);
      for (const { name } of actions)
        for (const which of ['all', 'selected'])
          check(
            `${path} ${name} ${which}`,
            await browser.post(`/actions${path}`).type('form').send({ _csrf, action: name, which, query: '' }),
          );
    }
    const acted = { action: 'deactivate', which: 'all', query: '' };
    await send('/badges', '/actions/badges/done', acted);
    await send('/badges', '/actions/badges/done', { ...acted, action: 'activate' });
    await send('/badges', '/actions/badges/done', { ...acted, which: 'selected' });
    await send('/credentials', '/actions/credentials/done', { ...acted, action: 'invalidate' });
  });

  it('holds nothing on the dashboard and the first steps', async () => {
    await look(
      '/',
      '/?period=month&live=on',
      '/first-steps',
      '/find',
      '/find?search=nobody',
      '/names-and-dates',
      '/names-and-dates?style=YYYY',
    );
  });

  it('holds nothing on the pages of events and of dead letters', async () => {
    const { items } = await site.services.events.list({ limit: 50 });
    const kinds = new Map(items.map(({ event, outcome }) => [outcome.kind, `/events/${event.id}`]));
    expect(kinds.size).to.equal(3);
    await look(...kinds.values(), '/events/nothing', '/test-event');
    const [first = ''] = kinds.values();
    await send(first, `${first}/reveal`);
    const sent = {
      type: 'org.openedx.learning.course.passing.status.updated.v1',
      username: '',
      name: '',
      courseKey: '',
    };
    await send('/test-event', '/test-event', { ...sent, type: '' });
    await send('/test-event', '/test-event', {
      ...sent,
      ...{ username: 'ada', name: 'Ada Lovelace', courseKey: 'course-v1:A+B+C', data: '{' },
    });
    const order = { field: 'diedAt', descending: true };
    const letters = (await site.services.deadLetters.records.page({ where: [], order, limit: 9 })).items;
    expect(letters).not.to.have.length(0);
    const addresses = letters.map(({ id }) => `/dead-letters/${id}`);
    await look(...addresses, '/dead-letters/nothing');
    const [letter = ''] = addresses;
    await send(letter, `${letter}/discard`);
  });

  it('holds nothing on the pages of jobs and replays', async () => {
    const { items } = await site.services.jobStore.list({ limit: 50 });
    await look(...items.map(({ id }) => `/jobs/${id}`), '/jobs/nothing', '/replays/new');
    await send('/replays/new', '/replays', { from: 'x', type: 'x', reason: 'x'.repeat(501) });
    await send('/replays/new', '/replays', { from: '2026-03-02', to: '2026-03-01' });
    await send('/replays/new', '/replays', { badge: 'nothing' });
  });

  it('holds nothing on the pages of learners', async () => {
    const { items: learners } = await site.services.learners.list({ limit: 20 });
    const badges = await site.services.badges.list();
    for (const { id } of learners)
      await look(`/learners/${id}`, ...badges.map((badge) => `/learners/${id}/badges/${badge.id}`));
    const [{ id, username } = { id: '', username: '' }] = learners;
    await look(`/learners/${id}/retire`, `/history/learner/${id}`, '/learners/nothing');
    await send(`/learners/${id}/retire`, `/learners/${id}/retire`, { reason: username });
    const { items: credentials } = await site.services.credentials.credentials({ limit: 20 });
    await look(...credentials.flatMap(({ id: of, mail }) => (mail ? `/mails/${of}` : [])), '/mails/nothing');
  });

  it('holds nothing on the pages of the system, of accounts and of tokens', async () => {
    await look(
      '/system',
      '/system/state',
      '/accounts',
      '/accounts/new',
      '/accounts/nothing',
      '/tokens',
      '/tokens/new',
      '/tokens/nothing',
      '/account',
    );
    await look('/history/badge/demo-course', '/history/nothing/x');
    await send('/accounts/new', '/accounts/new', { name: '', password: 'short', role: 'viewer' });
    await send('/accounts/new', '/accounts/new', { name: 'somebody-new', password: '', role: 'viewer' });
    for (const { id } of await site.services.access.accounts()) {
      await look(`/accounts/${id}`, `/history/account/${id}`);
      await send(`/accounts/${id}`, `/accounts/${id}/lms`, { lmsUsername: 'no name', opened: '{"lmsUsername":""}' });
    }
    await send('/tokens/new', '/tokens/new', { expires: '2000-01-01' });
    await send('/tokens/new', '/tokens/new', { label: 'a-program', scope: 'badges:read', expires: '2099-01-01' });
    await look('/tokens');
    await send('/account', '/account/password', { current: 'x', password: 'y' });
  });
});
