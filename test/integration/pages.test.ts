/** The pages in a real browser: the way in, every page in every look, accessibility, and the keyboard alone.
 *  LAUREL_TEST_SCREENSHOTS names a folder to keep pictures in. */

import { existsSync, mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import axe from 'axe-core';
import { expect } from 'chai';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { ExtensionRegistry } from '../../plugin/extensions/registry.ts';
import type { Job } from '../../plugin/ports/job-store.ts';
import { courseCompletions, createPdfGeneration } from '../../providers/index.ts';
import { createLocalEngine } from '../../providers/pdf/local-engine.ts';
import { createApiToken, createOneTimeSignIn } from '../../server/http/tokens.ts';
import {
  accessibilityFaults,
  countReachable,
  describeFocus,
  type Focus,
  focusedId,
  focusedName,
  setHidden,
  sidewaysScroll,
} from '../support/in-browser.ts';
import { fontsFolder } from '../support/pdf.ts';
import { demoRules, LETTERS, OWN_BADGE, seed } from '../support/seed.ts';
import { makeSite, PASSWORD, type Site } from '../support/web.ts';

const executablePath = process.env.LAUREL_CHROMIUM ?? '/usr/bin/chromium';
const pictures = process.env.LAUREL_TEST_SCREENSHOTS ?? null;
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const LOOKS = [
  { width: 1280, height: 900, colorScheme: 'light' },
  { width: 1280, height: 900, colorScheme: 'dark' },
  { width: 320, height: 720, colorScheme: 'light' },
  { width: 320, height: 720, colorScheme: 'dark' },
] as const;

describe('pages in a browser', function () {
  this.timeout(180_000);
  let browser: Browser;
  let server: Server;
  let site: Site;
  let address: string;
  let cookies: Awaited<ReturnType<BrowserContext['cookies']>>;

  before(async function () {
    if (!existsSync(executablePath)) {
      if (process.env.CI) throw new Error(`there is no browser at ${executablePath}; set LAUREL_CHROMIUM`);
      console.log(`      no browser at ${executablePath}; set LAUREL_CHROMIUM to run these tests`);
      this.skip();
    }
    if (pictures) mkdirSync(pictures, { recursive: true });
    browser = await chromium.launch({
      executablePath,
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
    const generation = createPdfGeneration(createLocalEngine(fontsFolder));
    site = makeSite({ extensions: new ExtensionRegistry().addRetrieval(courseCompletions).addGeneration(generation) });
    await seed(site);
    const pioneer = demoRules.replaceAll('demo-course"', 'pioneer"').replace('active   true', 'active   false');
    await site.services.saveBadge(pioneer, { expectedVersion: 0, actor: 'ada' });
    await site.services.removeBadge('pioneer', { actor: 'ada', reason: 'The pilot has ended', expectedVersion: 1 });
    server = createServer(site.app);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  after(async () => {
    await browser?.close();
    server?.closeAllConnections();
    await new Promise((resolve) => (server ? server.close(resolve) : resolve(null)));
  });

  it('let the first administrator in by the one-time link, with the keyboard alone', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const complaints = collectComplaints(page);
    await page.goto(`${address}/sign-in/${await createOneTimeSignIn(site.services)}`);
    await tabTo(page, 'Sign in');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${address}/setup`);
    await tabTo(page, 'Name');
    await page.keyboard.type('Ada');
    await page.keyboard.press('Tab');
    await page.keyboard.type('short');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'There is a problem' }).waitFor();
    await tabTo(page, 'The password needs at least 12 characters.');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(focusedId)).to.equal('password');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${address}/?done=account-created`);
    expect((await page.getByRole('status').textContent())?.trim()).to.equal('The account was created.');
    cookies = await context.cookies();
    expect(complaints.filter((text) => !/status of 422/.test(text))).to.deep.equal([]);
    await context.close();
  });

  for (const look of LOOKS) {
    const name = `${look.width} px, ${look.colorScheme}`;

    it(`have no accessibility fault and no sideways scrolling at ${name}`, async () => {
      const page = await openPage({ ...look, bypassCSP: true });
      const faults: string[] = [];
      for (const [title, open] of await views(site, address)) {
        await open(page);
        await page.evaluate(axe.source);
        faults.push(...(await faultsOf(page)).map((fault) => `${title}: ${fault}`));
        if (pictures) {
          const path = join(pictures, `${title}-${look.width}-${look.colorScheme}.png`);
          await page.screenshot({ path, fullPage: true });
        }
      }
      expect(faults).to.deep.equal([]);
      await page.context().close();
    });
  }

  it('show where the focus is on everything that can be reached by Tab, without complaint of the content policy', async () => {
    const page = await openPage({});
    const complaints = collectComplaints(page);
    for (const [title, open] of await views(site, address)) {
      await open(page);
      const expected = await page.evaluate<number>(countReachable);
      const seen = new Set<string>();
      await page.keyboard.press('Tab');
      for (let step = 0; step <= expected; step++) {
        const focus = await page.evaluate<Focus | null>(describeFocus);
        if (focus === null || seen.has(focus.path)) break;
        seen.add(focus.path);
        expect(focus.outlined, `${title}: ${focus.path}`).to.equal(true);
        await page.keyboard.press('Tab');
      }
      expect(seen.size, title).to.be.at.least(Math.min(expected, 3));
    }
    expect(complaints.filter((text) => !/status of (404|409|422)/.test(text))).to.deep.equal([]);
    await page.context().close();
  });

  it('let a failed effect be retried with the keyboard alone', async () => {
    const page = await openPage({});
    await page.goto(`${address}/progress?effects=failed`);
    await tabTo(page, 'barbara');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'barbara', level: 1 }).waitFor();
    await tabTo(page, 'Retry Award at the provider of Demo course completion');
    await page.keyboard.press('Enter');
    await page.getByText('The effect is pending again').waitFor();
    await page.context().close();
  });

  it('lead from "New badge" over an example and a mistake to a badge in force with the keyboard alone', async () => {
    const page = await openPage({});
    const complaints = collectComplaints(page);
    await page.goto(`${address}/badges`);
    await tabTo(page, 'New badge');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${address}/badges/new/start`);
    await tabTo(page, 'One specific course', 'startsWith');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${address}/badges/new/examples/04-one-course`);
    await tabTo(page, 'Name of the badge');
    await page.keyboard.type('Botany');
    await page.keyboard.press('Tab');
    await page.keyboard.type('botany');
    await tabTo(page, 'Course: its key');
    await page.keyboard.type('course-v1:AcmeX+BOT101+2026');
    await page.keyboard.press('Enter');
    await page.waitForURL(/new\/form/);
    await tabTo(page, 'Active');
    await page.keyboard.press('Space');
    await tabTo(page, 'Add data rule to requirement demo');
    await page.keyboard.press('Enter');
    await page.locator('#r0-row2-path').waitFor();
    expect(await page.evaluate(focusedId)).to.equal('r0-row2-path');
    await page.keyboard.type('is_p');
    await tabTo(page, 'Value of data rule 3 of requirement demo', 'startsWith');
    await page.keyboard.type('perhaps');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'There is a problem' }).waitFor();
    await tabTo(page, 'Requirement 1: This field takes true or false', 'startsWith');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(focusedId)).to.equal('r0-row2-value');
    await tabTo(page, 'Remove data rule 3 of requirement demo');
    await page.keyboard.press('Enter');
    await page.locator('#r0-row2-path').waitFor({ state: 'detached' });
    await tabTo(page, 'Save');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${address}/badges/botany?done=badge-saved`);
    expect(await site.services.badges.get('botany')).to.include({ active: true, name: 'Botany' });
    expect(complaints.filter((text) => !/status of 422/.test(text))).to.deep.equal([]);
    await page.context().close();
  });

  it('bring a file in, show its plan, and put exactly that in force, as a browser sends it', async () => {
    const page = await openPage({});
    const complaints = collectComplaints(page);
    const comment = '# "Grüße" & <b>Küsse</b> &amp; 100 %\r\n\r\n';
    const rules = demoRules.replaceAll('demo-course"', 'as-sent"').replaceAll('\n', '\r\n');
    await page.goto(`${address}/rules`);
    const buffer = Buffer.from(comment + rules);
    await page.locator('#files').setInputFiles({ name: 'grüße.rules', mimeType: 'application/octet-stream', buffer });
    await page.getByRole('button', { name: SHOW_PLAN }).click();
    await page.getByText('from grüße.rules, active at once').waitFor();
    await page.locator('#reason').fill('As sent');
    await page.getByRole('button', { name: 'Apply these changes' }).click();
    await page.waitForURL(`${address}/rules?done=rules-applied`);
    const saved = await site.services.badges.get('as-sent');
    expect(saved?.source).to.match(/^# "Grüße" & <b>Küsse<\/b> &amp; 100 %\n/);
    expect(saved?.reason).to.equal('As sent');
    expect(complaints).to.deep.equal([]);
    await page.context().close();
  });

  it('keep the progress of a job in step with the server while it runs', async () => {
    const page = await openPage({});
    const complaints = collectComplaints(page);
    await site.services.jobStore.create({ ...(await aRunningJob()), id: 'job-live' });
    await page.goto(`${address}/jobs/job-live`);
    await page.getByText('1,216 of 4,000').waitFor();
    await site.services.jobStore.checkpoint('job-live', 0, { done: 3_999 });
    await page.getByText('3,999 of 4,000').waitFor();
    await site.services.jobStore.checkpoint('job-live', 0, { done: 4_000, state: 'done' });
    await page.getByText('4,000 of 4,000').waitFor();
    expect(await page.getByRole('button', { name: 'Cancel' }).count()).to.equal(0);
    expect(complaints).to.deep.equal([]);
    await page.context().close();
  });

  async function aRunningJob(): Promise<Job> {
    const job = await site.services.jobStore.get('job-running');
    if (job === null) throw new Error('the seed has a running job');
    return job;
  }

  async function openPage(look: {
    readonly width?: number;
    readonly height?: number;
    readonly colorScheme?: 'light' | 'dark';
    readonly bypassCSP?: boolean;
  }): Promise<Page> {
    const { width = 1280, height = 900, ...rest } = look;
    const context = await browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce', ...rest });
    await context.addCookies(cookies);
    return context.newPage();
  }
});

const SHOW_PLAN = 'Show what would change';
const changedRules = [
  demoRules.replace('is_passing = false and ', '').replace('active   true', 'active   false'),
  'badge "never" {\n  name "Never"\n\n  requirement r {',
  '    on org.openedx.learning.course.passing.status.updated.v1\n    where is_passing and not is_passing\n  }\n}\n',
].join('\n');

type View = readonly [title: string, open: (page: Page) => Promise<unknown>];

/** Every page, filled, empty and in error. */
async function views({ services }: Site, address: string): Promise<readonly View[]> {
  const idOf = async (username: string) => (await services.learners.findByUsername(username))?.id ?? '';
  const path = (title: string, path: string): View => [title, (page) => page.goto(`${address}${path}`)];
  const editWith = (title: string, text: string, version: string): View => [
    title,
    async (page) => {
      await page.goto(`${address}/badges/demo-course/edit`);
      await page.locator('#rules').fill(text);
      await page.evaluate(setHidden('version', version));
      await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: 'Save' }).click()]);
    },
  ];
  const formWith = (title: string, id: string, typed: Readonly<Record<string, string>>, button: string): View => [
    title,
    async (page) => {
      await page.goto(`${address}/badges/${id}/form`);
      for (const [field, text] of Object.entries(typed)) await page.locator(`#${field}`).fill(text);
      await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: button }).click()]);
    },
  ];
  const fillIn = (title: string, from: string, typed: Readonly<Record<string, string>>, button: string): View => [
    title,
    async (page) => {
      await page.goto(`${address}${from}`);
      for (const [name, text] of Object.entries(typed)) {
        const field = page.locator(`form [name="${name}"]`);
        if (name === 'prune') await field.check();
        else await field.fill(text);
      }
      await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: button }).click()]);
    },
  ];
  /** What is asked before something is done to all of a list. */
  const onMany = (title: string, from: string, button: string): View => [
    title,
    async (page) => {
      await page.goto(`${address}${from}`);
      await page.locator('[name="which"][value="all"]').check();
      await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: button, exact: true }).click()]);
    },
  ];
  const stored = (await services.badges.get('demo-course'))?.source ?? '';
  const tryOn = (where: string) => async (page: Page) => {
    await page.goto(`${address}${where}`);
    await page.getByText('Test against recent events').click();
    await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: 'Test', exact: true }).click()]);
  };
  const [account] = await services.access.accounts();
  const expiresAt = new Date(services.clock.now().getTime() + 3 * 24 * 60 * 60 * 1000);
  await createApiToken(services, 'course site', 'Ada', { expiresAt });
  const press = (title: string, where: string, button: string): View => fillIn(title, where, {}, button);
  return [
    path('accounts', '/accounts'),
    path('account', `/accounts/${account?.id}?done=account-enabled`),
    path('history-account', `/history/account/${account?.id}`),
    path('history-learner', `/history/learner/${await idOf('ada')}`),
    path('open-badge-templates', '/open-badge-templates'),
    onMany('configurations-delete', '/configurations', 'Delete the unused'),
    press('account-last', `/accounts/${account?.id}`, 'Disable'),
    press('account-link', `/accounts/${account?.id}`, 'Make a link'),
    path('account-new', '/accounts/new'),
    fillIn('account-new-errors', '/accounts/new', { name: '', password: 'short' }, 'Create the account'),
    path('own-account', '/account'),
    fillIn('own-account-errors', '/account', { current: 'wrong', password: 'short' }, 'Change the password'),
    path('tokens', '/tokens'),
    fillIn('tokens-errors', '/tokens', { label: '', expires: 'soon' }, 'Make the token'),
    [
      'token-new',
      async (page) => {
        await page.goto(`${address}/tokens`);
        await page.getByLabel('What it is for').fill('course site');
        await page.getByLabel('badges:read').check();
        await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: 'Make the token' }).click()]);
      },
    ],
    path('dashboard', '/'),
    path('dashboard-month-live', '/?period=month&live=on'),
    path('first-steps', '/first-steps'),
    path('test-event', '/test-event'),
    fillIn('test-event-mistake', '/test-event', { username: 'two words', courseKey: 'DemoX' }, 'Send the event'),
    path('badges', '/badges'),
    path('badge', '/badges/demo-course?done=badge-saved'),
    path('badge-sequence', '/badges/explorer'),
    path('badge-version', '/badges/demo-course/versions/1'),
    path('badge-compare', '/badges/demo-course/compare'),
    path('badge-compare-same', '/badges/demo-course/compare?from=2&to=2'),
    path('badge-restore', '/badges/demo-course/versions/1/restore'),
    fillIn('badge-restore-mistake', '/badges/demo-course/versions/1/restore', {}, 'Restore version 1'),
    path('badge-remove', '/badges/mentor/remove'),
    path('badge-remove-not-now', '/badges/demo-course/remove'),
    fillIn('badge-remove-mistake', '/badges/mentor/remove', {}, 'Remove this badge'),
    path('badge-removed', '/badges/pioneer'),
    path('badges-removed', '/rules/removed?done=badge-removed'),
    path('rule-files', '/rules?done=rules-applied'),
    fillIn('rule-files-empty', '/rules', {}, SHOW_PLAN),
    fillIn('rule-files-mistake', '/rules', { rules: demoRules.replace('is_passing = false', 'is_pasing') }, SHOW_PLAN),
    fillIn('rule-plan', '/rules', { rules: changedRules, prune: 'yes' }, SHOW_PLAN),
    fillIn('rule-plan-nothing', '/rules', { rules: stored }, SHOW_PLAN),
    [
      'rule-plan-stale',
      async (page) => {
        await fillIn('', '/rules', { rules: changedRules }, SHOW_PLAN)[1](page);
        await page.evaluate(setHidden('plan', 'x'));
        await page.locator('#reason').fill('Spring term');
        await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: 'Apply these' }).click()]);
      },
    ],
    path('badge-new', '/badges/new'),
    path('badge-start', '/badges/new/start'),
    path('badge-example', '/badges/new/examples/10-any-ccx-of-a-master-except-one'),
    path('badge-example-mistake', '/badges/new/examples/04-one-course?view=form'),
    path('badge-form-new', '/badges/new/form'),
    path('badge-form', '/badges/demo-course/form'),
    path('badge-form-expression', '/badges/explorer/form'),
    formWith('badge-form-added', 'explorer', { name: 'Explorers' }, 'Add requirement'),
    formWith(
      'badge-form-mistakes',
      'demo-course',
      { 'r0-id': 'two words', 'r1-row2-value': '', 'p0-row0-value': 'maybe' },
      'Save',
    ),
    formWith('badge-form-checked', 'explorer', { 'r1-where': 'is_passing and not is_passing' }, 'Check only'),
    editWith(
      'badge-mistake',
      demoRules.replace('is_passing = false', 'is_pasing = false').replace('resets demo', 'resets dmo'),
      '2',
    ),
    editWith('badge-conflict', demoRules.replace('Falls below', 'Drops below'), '1'),
    ...(['edit', 'form'] as const).map((page): View => [`badge-trial-${page}`, tryOn(`/badges/demo-course/${page}`)]),
    path('progress', '/progress'),
    path('progress-empty', '/progress?search=nobody'),
    path('learner-awarded', `/learners/${await idOf('ada')}`),
    path('learner-waiting', `/learners/${await idOf('linh')}`),
    path('learner-revoked', `/learners/${await idOf('edsger')}`),
    path('learner-failed', `/learners/${await idOf('barbara')}`),
    path('learner-retire', `/learners/${await idOf('ada')}/retire`),
    path('why-awarded', `/learners/${await idOf('ada')}/badges/demo-course`),
    path('why-not', `/learners/${await idOf('linh')}/badges/data-track`),
    path('why-revoked', `/learners/${await idOf('edsger')}/badges/demo-course`),
    path('why-chain', `/learners/${await idOf('ada')}/badges/explorer`),
    path('learners', '/learners'),
    path('learners-none', '/learners?search=nobody'),
    path('find', '/find'),
    path('find-nobody', '/find?search=nobody'),
    path('find-several', '/find?search=e'),
    path('events', '/events'),
    path('events-empty', '/events?id=none'),
    path('event', '/events/event-ada-demo'),
    path('event-ignored', '/events/event-linh-elsewhere'),
    path('event-failed', '/events/event-failed'),
    [
      'event-revealed',
      async (page) => {
        await page.goto(`${address}/events/event-ada-demo`);
        await Promise.all([
          page.waitForEvent('load'),
          page.getByRole('button', { name: 'Reveal personal data' }).click(),
        ]);
      },
    ],
    path('credentials', '/credentials'),
    path('credential', '/credentials/00000000-0000-4000-8000-000000000000'),
    path('credential-error', '/credentials/00000000-0000-4000-8000-000000000002'),
    path('credential-reissue', '/credentials/00000000-0000-4000-8000-000000000000/reissue'),
    fillIn(
      'credential-invalidate-problem',
      '/credentials/00000000-0000-4000-8000-000000000000/invalidate',
      { reason: ' ' },
      'Invalidate this credential',
    ),
    path('mails', '/mails'),
    path('mails-none', '/mails?state=failed'),
    path('mail', '/mails/00000000-0000-4000-8000-000000000000'),
    path('configurations', '/configurations'),
    path('configuration-new', '/configurations/new'),
    path('configuration-edit', '/configurations/configuration-1/edit'),
    path('configuration-delete', '/configurations/configuration-1/delete'),
    fillIn('configuration-problems', '/configurations/new?type=type-1', { contextKey: 'DemoX' }, 'Save'),
    path('credential-assets', '/credential-assets'),
    path('credential-asset', '/credential-assets/certificate'),
    path('credential-asset-delete', '/credential-assets/certificate/delete'),
    fillIn('credential-asset-problems', '/credential-assets/new', { slug: 'No good' }, 'Save'),
    path('credential-types', '/credential-types'),
    path('credential-type', '/credential-types/type-1'),
    path('credential-type-edit', '/credential-types/type-1/edit'),
    fillIn('credential-type-json', '/credential-types/type-1/edit', { name: 'Other' }, 'As JSON'),
    fillIn('credential-type-problems', '/credential-types/new', { 'o.template': 'No good' }, 'Save'),
    path('design-versions', '/credential-types/type-1/versions'),
    path('design-compare', '/configurations/configuration-1/compare'),
    path('design-restore', '/credential-types/type-1/versions/1/restore'),
    [
      'design-conflict',
      async (page) => {
        await page.goto(`${address}/credential-types/type-1/edit`);
        await page.evaluate(setHidden('expected', '2026-01-01T00:00:00.000Z'));
        await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: 'Save' }).click()]);
      },
    ],
    path('eligibility', '/configurations/configuration-1/eligibility?username=ada'),
    path('schedule', '/configurations/configuration-1/schedule'),
    path('schedule-none', '/configurations/configuration-2/schedule'),
    path('runs', '/runs'),
    path('run', '/runs/run-1'),
    path('effects', '/effects'),
    path('effects-none', '/effects?error=none'),
    onMany('effects-give-up', '/effects', 'Give up'),
    path('issued-badges', '/issued-badges'),
    path('comparisons', '/comparisons'),
    path('comparison-new', '/comparisons/new'),
    path('comparison', '/comparisons/job-compared'),
    path('comparison-mend', '/comparisons/job-compared/mend'),
    path('jobs', '/jobs'),
    path('jobs-none', '/jobs?state=cancelled'),
    path('job-running', '/jobs/job-running'),
    path('job-failed', '/jobs/job-failed'),
    path('job-done', '/jobs/job-done'),
    [
      'badge-preview',
      async (page) => {
        await page.goto(`${address}/badges/demo-course/edit`);
        await page.locator('#rules').fill(demoRules.replace('is_passing = true and', 'is_passing = false and'));
        await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: 'Preview effect' }).click()]);
        await page.getByRole('button', { name: /^Save/ }).waitFor();
      },
    ],
    path('replay-new', '/replays/new?badge=demo-course'),
    [
      'replay-mistake',
      async (page) => {
        await page.goto(`${address}/replays/new`);
        await page.locator('#from').fill('2026-03-02');
        await page.locator('#to').fill('2026-03-01');
        await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: 'Preview' }).click()]);
      },
    ],
    path('dead-letters', '/dead-letters'),
    path('dead-letters-empty', '/dead-letters?state=replayed'),
    path('dead-letter', `/dead-letters/${LETTERS.malformed}`),
    path('dead-letter-discarded', `/dead-letters/${LETTERS.discarded}`),
    onMany('dead-letters-replay', '/dead-letters', 'Replay'),
    onMany('dead-letters-discard', '/dead-letters', 'Discard'),
    [
      'dead-letter-mistake',
      async (page) => {
        await page.goto(`${address}/dead-letters/${LETTERS.replayable}`);
        await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: 'Discard it' }).click()]);
      },
    ],
    path('providers', '/providers'),
    path('provider-account', '/providers/hall/accounts/science'),
    path('provider-account-law', '/providers/hall/accounts/law'),
    path('provider-account-trial', '/providers/hall/accounts/trial'),
    path('provider-account-remove', '/providers/hall/accounts/science/remove'),
    path('provider-account-new', '/providers/hall/add'),
    fillIn('provider-account-new-problems', '/providers/hall/add', { slug: 'No good', secret: 'bad' }, 'Check and add'),
    fillIn('provider-secret-refused', '/providers/hall/accounts/science', { secret: 'bad' }, 'Check and replace'),
    path('open-badge', `/open-badges/${OWN_BADGE}`),
    path('open-badge-unknown', '/open-badges/nonsense'),
    path('open-badge-templates', '/open-badge-templates'),
    path('open-badge-template', '/open-badge-templates/course-completer'),
    path('open-badge-template-edit', '/open-badge-templates/course-completer/edit'),
    fillIn('open-badge-template-problems', '/open-badge-templates/new', { id: 'No good' }, 'Save'),
    path('issuer', '/issuer'),
    path('verify-badge', `/verify/${OWN_BADGE}`),
    path('verify-form', '/verify'),
    fillIn('verify-mistake', '/verify', { badge: 'no badge' }, 'Verify'),
    path('audit', '/audit'),
    path('system', '/system'),
    path('system-state', '/system/state'),
    path('configuration-file', '/configuration-file'),
    fillIn('configuration-file-mistake', '/configuration-file', {}, SHOW_PLAN),
    path('lms', '/lms'),
    path('account-new', '/accounts/new'),
    path('not-found', '/nowhere'),
    path('verify', '/verify/00000000-0000-4000-9000-000000000000'),
    path('verify-unknown', '/verify/nonsense'),
    [
      'sign-in',
      async (page) => {
        const signedIn = await page.context().cookies();
        await page.context().clearCookies();
        await page.goto(`${address}/sign-in`);
        await page.context().clearCookies();
        await page.context().addCookies(signedIn);
      },
    ],
  ];
}

async function faultsOf(page: Page): Promise<readonly string[]> {
  const found = await page.evaluate<readonly string[]>(accessibilityFaults(WCAG));
  const overflow = await page.evaluate<number>(sidewaysScroll);
  return overflow > 0 ? [...found, `${overflow} px too wide`] : found;
}

/** Presses Tab until the focus is on what has this name. */
async function tabTo(page: Page, name: string, match: 'is' | 'startsWith' = 'is'): Promise<void> {
  for (let step = 0; step < 80; step++) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate<string>(focusedName);
    if (match === 'is' ? focused === name : focused.startsWith(name)) return;
  }
  throw new Error(`Tab never reaches "${name}"`);
}

function collectComplaints(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return complaints;
}
