/** The pages of badges, rule files, templates and the issuer in a language that nobody speaks. */

import { expect } from 'chai';
import { examples } from '../../../server/http/badge-form/examples.ts';
import { MIB } from '../../../server/http/middleware/uploads.ts';
import { aRequest } from '../../support/issuer-world.ts';
import { fieldsOnPage } from '../../support/page-form.ts';
import { hardCoded, PSEUDO, pseudoTexts } from '../../support/pseudo-locale.ts';
import { pseudoWalk } from '../../support/pseudo-walk.ts';
import { demoRules, passingEvent, seed } from '../../support/seed.ts';
import { type Browser, csrfOf, makeSite, openedOf, type Site, submit } from '../../support/web.ts';

/** What authors, learners and providers say in their own words, and what computers are called by. */
const DATA: readonly (string | RegExp)[] = [
  /\p{L}{3} \d+, \d{4}, \d\d:\d\d [AP]M UTC/u,
  /https?:\/\/[^\s⟧]+/,
  // fields, types of events, and keys of courses
  /\b\w+(\.\w+)+\b/,
  /(course|ccx)-v1:\S+/,
  ...[
    'Demo course completion',
    'Data track',
    'Explorer',
    'Mentor of the year',
    'Course completer',
    'Data Analysis',
    'Can analyse data.',
    'Example University',
  ],
  ...[
    'Passes the Demo course.',
    'Passes the Demo course, or...',
    '...any CCX run of it except the third.',
    'Falls below the pass mark afterwards.',
    'Statistics for beginners',
    'Programming in Python',
    'Five different courses within a year',
  ],
  ...[
    'The project, once statistics is passed',
    'A badge of mine',
    'somebody else was here',
    'spring term',
    'Finished the course.',
    'Pass the course.',
    'biology, first year',
    'Life sciences',
    /[0-9a-f]{64}\.png/,
    /(?<=⟧|\n)Course\b/,
  ],
  ...[
    'administrator',
    'Laurel',
    '127.0.0.1',
    'grace',
    'barbara',
    'edsger',
    'editor',
    'viewer',
    'hall',
    /\bdemo\b/,
    /\bccx\b/,
    'statistics',
    'programming',
    'project',
    'ada',
    'Hall of Fame',
    'Accredible',
    'Credly',
    'Open Badges',
  ],
  // ids of rules, and groups
  ...['five', 'start', /\bStatistics\b/, /\b(requirement|penalty)-\d/, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', /\b[A-D]\b/],
];

const TYPED: Readonly<Record<string, string>> = { reason: 'spring term' };

describe('a language that nobody speaks, on pages of badges', function () {
  this.timeout(20_000);
  let site: Site;
  let browser: Browser;

  before(async () => {
    site = makeSite({ texts: pseudoTexts() });
    await seed(site);
    await site.services.providers.get('openbadges')?.award(aRequest());
    browser = await site.signIn('administrator');
  });

  const { check, look } = pseudoWalk(() => browser, DATA);

  async function work(id: string, fields: Readonly<Record<string, string>>): Promise<void> {
    const path = `/badges/${id}/form`;
    const open = fieldsOnPage((await browser.get(path)).text, path);
    check(
      `${path} ${JSON.stringify(fields)}`,
      await browser
        .post(path)
        .type('form')
        .send({ ...open, ...fields }),
    );
  }

  it('holds nothing on a badge, its versions and their comparison', async () => {
    const badges = ['demo-course', 'data-track', 'explorer', 'mentor'].map((id) => `/badges/${id}`);
    await look(
      ...badges,
      '/badges/demo-course/versions/1',
      '/badges/demo-course/compare',
      '/badges/demo-course/versions/1/restore',
    );
    await look('/badges/demo-course/compare?from=2&to=2', '/badges/nothing', '/badges/demo-course/versions/99');
    await look('/badges/demo-course/versions/2/restore');
    check(
      'no reason',
      await submit(browser, '/badges/demo-course/versions/1/restore', '/badges/demo-course/versions/1/restore', {
        expectedVersion: '2',
      }),
    );
    check(
      'late',
      await submit(browser, '/badges/demo-course/versions/1/restore', '/badges/demo-course/versions/1/restore', {
        expectedVersion: '1',
        ...TYPED,
      }),
    );
  });

  it('holds nothing where a badge goes and comes back', async () => {
    await look('/rules/removed', '/badges/demo-course/remove', '/badges/mentor/remove');
    check('no reason', await submit(browser, '/badges/mentor/remove', '/badges/mentor/remove', { version: '1' }));
    check('late', await submit(browser, '/badges/mentor/remove', '/badges/mentor/remove', { version: '9', ...TYPED }));
    expect(
      (await submit(browser, '/badges/mentor/remove', '/badges/mentor/remove', { version: '1', ...TYPED })).status,
    ).to.equal(303);
    await look('/rules/removed', '/badges/mentor', '/badges/mentor/versions/1/restore', '/badges/mentor/versions/2');
    await look('/badges/mentor/compare?from=1&to=2', '/rules');
  });

  it('holds nothing where a new badge begins', async () => {
    await look('/badges/new/start', '/badges/new', '/badges/new/form', '/badges/new/examples/nothing');
    for (const { name } of examples)
      await look(`/badges/new/examples/${name}`, `/badges/new/examples/${name}?view=form&id=demo-course`);
  });

  it('holds nothing in the form, as it is opened and after every button', async () => {
    await look(...['demo-course', 'data-track', 'explorer'].map((id) => `/badges/${id}/form`));
    for (const intent of [
      'check',
      'add-requirement',
      'add-penalty',
      'add-row:r0',
      'as-expression:r0',
      'down:r0',
      'try',
    ])
      await work('data-track', { intent });
    await work('explorer', { intent: 'check' });
    await work('data-track', { intent: 'as-expression:r0' });
  });

  it('holds nothing in the form after mistakes', async () => {
    const mistakes: readonly Readonly<Record<string, string>>[] = [
      { name: '', provider: '', repeatable: 'limited', times: 'x' },
      {
        template: '',
        'r0-id': '1',
        'r0-on': '',
        'r1-count': 'x',
        'r1-within': 'y',
        'r2-from': 'soon',
        'r2-after': 'nothing',
      },
      { 'r0-row0-path': '', 'r0-row0-value': 'x', 'r1-row0-value': '' },
      { 'r0-row0-path': 'is_passing', 'r0-row0-value': 'perhaps' },
      { 'r0-mode': 'expression', 'r0-where': 'a =' },
      { 'r0-mode': 'expression', 'r0-where': 'is_passing # why' },
      { 'r0-on': 'badge awarded', 'r0-badge': '' },
      { 'r0-on': 'badge awarded', 'r0-badge': 'nothing' },
      { name: 'x'.repeat(70_000) },
      { provider: 'openbadges', template: 'nothing' },
      { reason: 'x'.repeat(501) },
      { intent: 'try', last: '0' },
    ];
    for (const fields of mistakes) await work('data-track', { intent: 'check', ...fields });
    for (const where of ['a or b', 'not a', 'a in [1]', 'a > 1', 'a =', 'is_passing # why'])
      await work('data-track', { intent: 'as-rows:r0', 'r0-mode': 'expression', 'r0-where': where });
  });

  it('holds nothing in the view as text, with mistakes and without', async () => {
    const path = '/badges/demo-course/edit';
    await look(path);
    const send = async (fields: Readonly<Record<string, string>>): Promise<void> =>
      check(
        JSON.stringify(fields).slice(0, 80),
        await submit(browser, path, path, { version: '2', rules: demoRules, ...fields }),
      );
    await send({ intent: 'check' });
    await send({ intent: 'check', rules: demoRules.replace('is_passing', 'is_pasing') });
    await send({ intent: 'check', rules: demoRules.replace('"demo-course" {', '"other" {') });
    await send({ intent: 'try' });
    await send({ intent: 'try', sample: JSON.stringify(passingEvent({ user: 'ada', at: '2026-11-20T10:00:00Z' })) });
    await send({ intent: 'try', sample: '{}\nx' });
    await send({ intent: 'save', version: '1' });
    await send({ intent: 'save', version: '1', rules: demoRules.replace('Demo course completion', 'A badge of mine') });
    await send({ intent: 'open', rules: 'badge' });
    const form = '/badges/demo-course/form';
    for (const rules of ['badge', `${demoRules}\n${demoRules}`])
      check(rules.slice(0, 9), await submit(browser, path, form, { version: '2', rules, intent: 'open' }));
  });

  it('gives the rule editor all of its texts', async () => {
    for (const path of ['/badges/new', '/badges/data-track/form', '/rules']) {
      const content =
        /<meta name="rule-editor-speech" content="([^"]*)">/.exec((await browser.get(path)).text)?.[1] ?? '';
      const { language, texts, counts, phrases } = JSON.parse(
        content.replaceAll('&#34;', '"').replaceAll('&#39;', "'"),
      );
      expect(language).to.equal(PSEUDO);
      const all = [texts, phrases, ...Object.values<object>(counts)].flatMap((table) => Object.values<string>(table));
      expect(hardCoded(all, [])).to.deep.equal([]);
      expect(all.length).to.be.greaterThan(50);
    }
  });

  it('holds nothing for those who may write drafts only', async () => {
    const editor = await site.signIn('editor');
    check(
      'in force',
      await submit(editor, '/badges/data-track/edit', '/badges/data-track/edit', {
        version: '1',
        rules: demoRules.replace('"demo-course" {', '"data-track" {'),
        intent: 'save',
      }),
    );
    check(
      'would be',
      await submit(editor, '/badges/new', '/badges/new', {
        rules: demoRules.replace('"demo-course" {', '"newer" {'),
        intent: 'save',
      }),
    );
    check('cannot apply', await plan({ rules: demoRules.replace('"demo-course" {', '"newer" {') }, [], editor));
  });

  async function plan(
    fields: Readonly<Record<string, string>>,
    files: readonly (readonly [string, string])[] = [],
    as = browser,
  ) {
    const call = as.post('/rules/plan').field('_csrf', csrfOf((await as.get('/rules')).text));
    for (const [name, value] of Object.entries(fields)) call.field(name, value);
    for (const [name, content] of files) call.attach('files', Buffer.from(content), name);
    return call;
  }

  it('holds nothing where rules come from files', async () => {
    await look('/rules');
    const other = demoRules.replace('"demo-course" {', '"newer" {').replace('is_passing = true', 'is_passing = false');
    check('nothing sent', await plan({}));
    check('no rules', await plan({}, [['a.txt', 'x']]));
    check('not UTF-8', await plan({}, [['a.rules', '']]));
    check('mistakes', await plan({ rules: demoRules.replace('is_passing', 'is_pasing') }));
    check('too much', await plan({ rules: '#'.repeat(Math.ceil(1.1 * MIB)) }));
    check('nothing to do', await plan({ rules: (await site.services.exportRules()).text }));
    const page = await plan({
      rules: `${other}\n${demoRules.replace('Demo course completion', 'A badge of mine')}`,
      prune: 'yes',
    });
    check('a plan', page);
    const fields = fieldsOnPage(page.text, '/rules/apply');
    const apply = (changes: Readonly<Record<string, string>>) => {
      const call = browser.post('/rules/apply');
      for (const [name, value] of Object.entries({ ...fields, ...changes })) call.field(name, value);
      return call;
    };
    check('no reason', await apply({ reason: '' }));
    check('another plan', await apply({ ...TYPED, plan: 'x' }));
    await site.services.saveBadge(`# mine\n${demoRules}`, {
      expectedVersion: 2,
      actor: 'grace',
      reason: 'spring term',
    });
    check('too late', await apply(TYPED));
  });

  it('holds nothing on templates, and where they are made', async () => {
    const { items } = await site.services.providerStore.templates({ limit: 50 });
    const accounts = await site.services.providerStore.accounts();
    for (const { provider, accountId, templateId } of items) {
      const slug = accounts.find(({ id, provider: at }) => id === accountId && at === provider)?.slug;
      await look(`/templates/${provider}/${slug}/${encodeURIComponent(templateId)}`);
    }
    await look('/templates/sync', '/templates/hall/science/nothing');
    check('no account', await submit(browser, '/templates/sync', '/templates/sync'));
    await look(
      '/open-badge-templates/new',
      '/open-badge-templates/course-completer',
      '/open-badge-templates/course-completer/edit',
      '/open-badge-templates/nothing',
    );
    const send = async (path: string, fields: Readonly<Record<string, string>>) => {
      const { text } = await browser.get(path);
      const call = browser.post(path);
      for (const [name, value] of Object.entries({ _csrf: csrfOf(text), ...openedOf(text, path), ...fields }))
        call.field(name, value);
      return call;
    };
    const wrong = {
      id: 'X',
      criteriaUrl: 'x',
      achievementType: 'x',
      alignments: 'x',
      state: 'x',
      tags: 'x'.repeat(61),
    };
    check('mistakes', await send('/open-badge-templates/new', wrong));
    const right = {
      id: 'course-completer',
      name: 'Course completer',
      description: 'Finished the course.',
      criteria: 'Finished the course.',
      state: 'active',
    };
    check('taken', await send('/open-badge-templates/new', right));
    check('picture', await send('/open-badge-templates/new', { ...right, image: 'gone' }));
  });

  it('holds nothing on the issuer', async () => {
    await look('/issuer');
    const { text } = await browser.get('/issuer');
    const call = browser
      .post('/issuer')
      .field({ _csrf: csrfOf(text), ...openedOf(text, '/issuer'), name: '', url: 'x', email: 'x' });
    check('mistakes', await call);
    check('not sure', await submit(browser, '/issuer', '/issuer/keys/1/distrust'));
    await submit(browser, '/issuer', '/issuer/keys/rotate');
    await look('/issuer');
    const viewer = await site.signIn('viewer');
    check('a viewer', await viewer.get('/issuer'));
    check('a viewer of a badge', await viewer.get('/badges/demo-course'));
  });
});
