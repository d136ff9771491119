/** Every page that a site has, and how a browser comes to see it. */

import type { Page } from 'playwright-core';
import { createApiToken } from '../../server/http/people/tokens.ts';
import type { BrowserSite } from './browser-site.ts';
import { setHidden } from './in-browser.ts';
import { demoRules, LETTERS, OWN_BADGE } from './seed.ts';

export const SHOW_PLAN = 'Show what would change';
const changedRules = [
  demoRules.replace('is_passing = false and ', '').replace('active   true', 'active   false'),
  'badge "never" {\n  name "Never"\n\n  requirement r {',
  '    on org.openedx.learning.course.passing.status.updated.v1\n    where is_passing and not is_passing\n  }\n}\n',
].join('\n');

/** Opens a page of a seeded site in one of its states. */
export type View = readonly [title: string, open: (page: Page) => Promise<unknown>];

/** Every page, filled, empty and in error. */
export async function pageViews({
  site: { services },
  address,
}: Pick<BrowserSite, 'site' | 'address'>): Promise<readonly View[]> {
  const idOf = async (username: string) => (await services.learners.findByUsername(username))?.id ?? '';
  const path = (title: string, path: string): View => [title, (page) => page.goto(`${address}${path}`)];
  const editWith = (title: string, text: string, version: string): View => [
    title,
    async (page) => {
      await page.goto(`${address}/badges/demo-course/edit`);
      await page.locator('#rules').fill(text);
      await page.evaluate(setHidden('version', version));
      await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: 'Save', exact: true }).click()]);
    },
  ];
  const formWith = (title: string, id: string, typed: Readonly<Record<string, string>>, button: string): View => [
    title,
    async (page) => {
      await page.goto(`${address}/badges/${id}/form`);
      for (const [field, text] of Object.entries(typed)) await page.locator(`#${field}`).fill(text);
      await Promise.all([
        page.waitForEvent('load'),
        page.getByRole('button', { name: button, exact: button === 'Save' }).click(),
      ]);
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
      await Promise.all([
        page.waitForEvent('load'),
        page.getByRole('button', { name: button, exact: button === 'Save' }).click(),
      ]);
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
    fillIn('tokens-errors', '/tokens/new', { label: '', expires: 'soon' }, 'Make the token'),
    [
      'token-new',
      async (page) => {
        await page.goto(`${address}/tokens/new`);
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
    path('names-and-dates', '/names-and-dates'),
    path('names-and-dates-wrong', '/names-and-dates?style=dd+YYYY&dateLanguage=zz_'),
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
    path('credentials-ordered', '/credentials?order=status,-learner'),
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
    path('credential-type-delete', '/credential-types/type-1/delete'),
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
        await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: 'Save', exact: true }).click()]);
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
    path('template-differences', '/templates/sync/job-preview'),
    path('template-differences-changed', '/templates/sync/job-preview?account=science&kind=changed'),
    [
      'template-differences-unconfirmed',
      async (page) => {
        await page.goto(`${address}/templates/sync/job-preview`);
        await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: 'Synchronise' }).click()]);
      },
    ],
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
    [
      'edit-conflict',
      async (page) => {
        await page.goto(`${address}/open-badge-templates/course-completer/edit`);
        const opened = JSON.parse((await page.locator('[name="opened"]').getAttribute('value')) ?? '{}') as object;
        const before = { ...opened, name: 'As it was', tags: '' };
        await page.evaluate(setHidden('opened', JSON.stringify(before)));
        await page.locator('#name').fill('As I have it');
        await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: 'Save', exact: true }).click()]);
      },
    ],
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
