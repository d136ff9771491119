import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { openRoutes, pageRoutes } from '../../../server/http/app.ts';
import { projectPath } from '../../../server/paths.ts';
import { fieldsOnPage } from '../../support/page-form.ts';
import { seed } from '../../support/seed.ts';
import { type Browser, csrfOf, makeSite, type Site, textOf } from '../../support/web.ts';

/** One field that two people change at once, through the same form. */
interface Scene {
  /** Where the form is, if not where it goes. */
  readonly page?: string;
  readonly action: string;
  readonly field: string;
  readonly was: string;
  readonly theirs: string;
  readonly yours: string;
  /** As people read the three; left out: as they are sent. */
  readonly read?: readonly [string, string, string];
  /** What a button of the form says besides. */
  readonly press?: Readonly<Record<string, string>>;
  /** What is stored by now. */
  stored(site: Site): Promise<unknown>;
  /** The radio buttons of the field, and the value that keeps yours. */
  readonly choice?: readonly [string, string];
}

const SCHEDULE = '/configurations/configuration-1/schedule';
const TEMPLATE = '/open-badge-templates/course-completer/edit';

const described = (text: string): string => `badge "conflict" {
  name     "Conflict"
  template memory "conflict"
  active   false

  requirement passes {
    description "${text}"
    on    org.openedx.learning.course.passing.status.updated.v1
    where is_passing = true
  }
}
`;

/** Every form that changes what somebody else may be changing. */
const EDITING: Readonly<Record<string, (site: Site) => Promise<Scene>>> = {
  'post /accounts/:id/role': async (site) => {
    const { id } = await accountOf(site, 'viewer');
    return {
      ...{ page: `/accounts/${id}`, action: `/accounts/${id}/role`, field: 'role' },
      ...{ was: 'viewer', theirs: 'editor', yours: 'operator', read: ['Viewer', 'Editor', 'Operator'] },
      stored: async () => (await site.services.access.account(id))?.role,
    };
  },
  'post /accounts/:id/organisations': async (site) => {
    const { id } = await accountOf(site, 'viewer');
    return {
      ...{ page: `/accounts/${id}`, action: `/accounts/${id}/organisations`, field: 'organisations' },
      ...{ was: '', theirs: 'Acme', yours: 'Lab', read: ['nothing', 'Acme', 'Lab'] },
      stored: async () => (await site.services.access.account(id))?.organisations?.join(' ') ?? '',
    };
  },
  'post /accounts/:id/lms': async (site) => {
    const { id } = await accountOf(site, 'viewer');
    return {
      ...{ page: `/accounts/${id}`, action: `/accounts/${id}/lms`, field: 'lmsUsername' },
      ...{ was: '', theirs: 'grace', yours: 'ada', read: ['nothing', 'grace', 'ada'] },
      stored: async () => (await site.services.access.account(id))?.lmsUsername,
    };
  },
  'post /providers/:provider/accounts/:slug/rename': async (site) => ({
    ...{ page: '/providers/hall/accounts/arts', action: '/providers/hall/accounts/arts/rename', field: 'name' },
    ...{ was: 'Faculty of Arts', theirs: 'The arts', yours: 'All arts' },
    stored: async () => (await site.services.providerStore.account('arts'))?.name,
  }),
  'post /badges/:id/edit': async (site) => ({
    ...{ action: '/badges/conflict/edit', field: 'rules', press: { intent: 'save' } },
    ...{ was: described('As it was'), theirs: described('As they have it'), yours: described('As I have it') },
    read: ['As it was', 'As they have it', 'As I have it'],
    stored: async () => (await site.services.badges.get('conflict'))?.source,
  }),
  'post /badges/:id/form': async (site) => ({
    ...{ page: '/badges/conflict/form', action: '/badges/conflict/form', field: 'r0-description' },
    ...{ was: 'As it was', theirs: 'As they have it', yours: 'As I have it', press: { intent: 'save' } },
    stored: async () => /description "(.*)"/.exec((await site.services.badges.get('conflict'))?.source ?? '')?.[1],
  }),
  'post /credential-types/:type/edit': async (site) => ({
    ...{ action: '/credential-types/type-1/edit', field: 'name', press: { action: 'save' } },
    ...{ was: 'Certificate of achievement', theirs: 'Diploma', yours: 'Licence', choice: ['keep:name', 'yours'] },
    stored: async () => (await site.services.credentials.type('type-1'))?.name,
  }),
  'post /configurations/:id/edit': async (site) => ({
    ...{ action: '/configurations/configuration-1/edit', field: 'json', press: { action: 'save', mode: 'json' } },
    ...{
      was: '{}',
      theirs: '{"required_completion":0.5}',
      yours: '{"required_completion":0.7}',
      read: ['nothing', '0.5', '0.7'],
    },
    choice: ['keep:options.required_completion', 'yours'],
    stored: async () => JSON.stringify((await site.services.credentials.configuration('configuration-1'))?.options),
  }),
  'post /configurations/:id/schedule': async (site) => ({
    ...{ action: SCHEDULE, field: 'every', was: '10', theirs: '5', yours: '3' },
    async stored() {
      const rule = (await site.services.credentials.schedule('configuration-1'))?.rule;
      return rule?.kind === 'interval' && String(rule.everyMs / 86_400_000);
    },
  }),
  'post /issuer': async (site) => ({
    ...{ action: '/issuer', field: 'name', was: 'As it was', theirs: 'As they have it', yours: 'As I have it' },
    stored: async () => (await site.services.issuerStore.profile())?.name,
  }),
  'post /open-badge-templates/:template/edit': async (site) => ({
    ...{ action: TEMPLATE, field: 'criteria', was: 'As it was', theirs: 'They\nsay', yours: 'I\nsay' },
    async stored() {
      const template = await site.services.providerStore.template('openbadges', 'openbadges', 'course-completer');
      return template?.details?.criteria;
    },
  }),
};

/** Why no other form can overwrite what somebody else has changed. */
const NOT_EDITING: Readonly<Record<string, readonly string[]>> = {
  'makes something new, or refuses where it is there': [
    '/setup',
    '/accounts/new',
    '/accounts/:id/link',
    '/tokens/new',
    '/badges/new',
    '/badges/new/form',
    '/credential-assets/new',
    '/credential-types/new',
    '/configurations/new',
    '/open-badge-templates/new',
    '/providers/:provider/add',
    '/first-steps/sample-template',
    '/first-steps/sample-course',
  ],
  'says one of two states, whatever it was before': [
    '/accounts/:id/disable',
    '/accounts/:id/enable',
    '/providers/:provider/accounts/:slug/enable',
    '/providers/:provider/accounts/:slug/disable',
    '/first-steps',
  ],
  'is about one version, and refused when there is another by then': [
    '/badges/:id/activate',
    '/badges/:id/deactivate',
    '/badges/:id/versions/:version/restore',
    '/badges/:id/remove',
    '/rules/apply',
    '/configuration-file/import',
    '/templates/sync/:id/apply',
    '/credential-types/:type/versions/:version/restore',
    '/configurations/:id/versions/:version/restore',
    '/configurations/:id/delete',
    '/configurations/:id/schedule/enable',
    '/configurations/:id/schedule/disable',
    '/credential-assets/:asset/delete',
    '/credential-types/:type/delete',
  ],
  'ends something for good, or begins something': [
    '/accounts/:id/sessions/end',
    '/account/sessions/end',
    '/tokens/:id/revoke',
    '/sign-out',
    '/test-event',
    '/templates/sync',
    '/learners/:id/badges/:badge/effects/:effect/retry',
    '/learners/:id/badges/:badge/effects/:effect/give-up',
    '/credentials/:id/reissue',
    '/credentials/:id/invalidate',
    '/credentials/:id/allow',
    '/mails/:id/retry',
    '/mails/:id/give-up',
    '/learners/:id/retire',
    '/configurations/:id/generate',
    '/configurations/:id/schedule/remove',
    '/runs/:id/cancel',
    '/runs/:id/resume',
    '/runs/:id/retry',
    '/comparisons',
    '/comparisons/:id/mend',
    '/jobs/:id/cancel',
    '/jobs/:id/resume',
    '/replays',
    '/progress/check',
    '/dead-letters/:id/replay',
    '/dead-letters/:id/discard',
    '/issuer/keys/rotate',
    '/issuer/keys/:number/distrust',
    '/providers/:provider/accounts/:slug/rotate',
    '/providers/:provider/accounts/:slug/remove',
  ],
  'changes nothing': [
    '/configuration-file/plan',
    '/rules/plan',
    '/rules/plan/preview',
    '/events/:id/reveal',
    '/credential-types/preview',
    '/configurations/preview',
    '/configurations/:id/schedule/preview',
    '/lms/check',
    '/providers/:provider/accounts/:slug/check',
    '/verify',
    '/open-badges/:uuid/holder',
  ],
  'is about the one who sends it': ['/account/password', '/sign-in', '/sign-in/:token'],
  'is no form': [
    '/events',
    '/api/v2/user/retire',
    '/api/v2/replace_usernames',
    '/badges/:provider/webhook',
    '/badges/:provider/webhook/:secret',
  ],
  'is tried out below, since it is about a file or a secret': [
    '/credential-assets/:asset/replace',
    '/providers/:provider/accounts/:slug/secret',
  ],
};

async function accountOf(site: Site, name: string) {
  const account = await site.services.access.accountByName(name);
  if (account === null) throw new Error(`there is no account ${name}`);
  return account;
}

describe('two people at the same form', () => {
  let site: Site;
  let browser: Browser;
  beforeEach(async () => {
    site = makeSite();
    await seed(site);
    await site.signIn('viewer');
    browser = await site.signIn('administrator');
  });

  it('are thought of wherever a form is sent to', () => {
    const sent = [...openRoutes(site.services), ...pageRoutes(site.services)]
      .filter(({ method, path }) => method === 'post' && !path.startsWith('/actions/'))
      .map(({ path }) => `post ${path}`);
    const others = Object.values(NOT_EDITING).flatMap((paths) => paths.map((path) => `post ${path}`));
    expect([...Object.keys(EDITING), ...others].toSorted()).to.deep.equal(sent.toSorted());
  });

  async function send(action: string, fields: Readonly<Record<string, string>>) {
    return browser.post(action).type('form').send(fields);
  }

  for (const [route, sceneOf] of Object.entries(EDITING)) {
    it(`${route} keeps both changes and what it was, and lets the second person choose`, async () => {
      await site.services.saveBadge(described('As it was'), { expectedVersion: 0, actor: 'ada' });
      const {
        action,
        page = action,
        field,
        was,
        theirs,
        yours,
        read = [was, theirs, yours],
        ...scene
      } = await sceneOf(site);
      const before = fieldsOnPage((await browser.get(page)).text, action);
      if (before[field] !== was) {
        const made = await send(action, { ...before, ...scene.press, [field]: was });
        expect(made.status, textOf(made.text)).to.equal(303);
      }
      const opened = { ...fieldsOnPage((await browser.get(page)).text, action), ...scene.press };
      expect((await send(action, { ...opened, [field]: theirs })).status).to.equal(303);
      const late = await send(action, { ...opened, [field]: yours });
      expect(late.status).to.equal(409);
      for (const value of read)
        expect(textOf(late.text).replaceAll(/\s+/g, ' ')).to.include(value.replaceAll('\n', ' '));
      expect(textOf(late.text)).to.include('administrator');
      expect(await scene.stored(site)).to.equal(theirs);

      const target = late.text.includes(` action="${action}"`) ? action : action.replace(/\/form$/, '/edit');
      const [name, value] = scene.choice ?? [field, yours];
      const chosen = { ...fieldsOnPage(late.text, target), ...scene.press };
      const saved = await send(target, target === action ? { ...chosen, [name]: value } : chosen);
      expect(saved.status, textOf(saved.text)).to.equal(303);
      expect(await scene.stored(site)).to.equal(yours);
    });
  }

  it('lose nothing where each has changed another field: both are chosen already', async () => {
    const opened = fieldsOnPage((await browser.get(TEMPLATE)).text, TEMPLATE);
    expect((await send(TEMPLATE, { ...opened, name: 'Their name' })).status).to.equal(303);
    const late = await send(TEMPLATE, { ...opened, tags: 'mine' });
    expect(late.status).to.equal(409);
    expect(late.text).to.not.include('both changed it');
    expect((await send(TEMPLATE, fieldsOnPage(late.text, TEMPLATE))).status).to.equal(303);
    const now = fieldsOnPage((await browser.get(TEMPLATE)).text, TEMPLATE);
    expect(now).to.include({ name: 'Their name', tags: 'mine' });
  });

  it('go on editing with what was chosen, and are asked again if somebody saves again', async () => {
    const opened = fieldsOnPage((await browser.get(TEMPLATE)).text, TEMPLATE);
    await send(TEMPLATE, { ...opened, name: 'Their name' });
    const late = await send(TEMPLATE, { ...opened, name: 'My name' });
    const form = await send(TEMPLATE, { ...fieldsOnPage(late.text, TEMPLATE), name: 'My name', further: 'yes' });
    expect(form.status).to.equal(200);
    const again = fieldsOnPage(form.text, TEMPLATE);
    expect(again).to.include({ name: 'My name' });
    await send(TEMPLATE, { ...fieldsOnPage((await browser.get(TEMPLATE)).text, TEMPLATE), name: 'Their second' });
    const asked = await send(TEMPLATE, again);
    expect(asked.status).to.equal(409);
    expect(textOf(asked.text)).to.include('Their second').and.to.include('Their name').and.to.include('My name');
  });

  it('keep what a form was made from when it is shown again for a mistake', async () => {
    const opened = fieldsOnPage((await browser.get(TEMPLATE)).text, TEMPLATE);
    await send(TEMPLATE, { ...opened, description: 'Theirs' });
    const mistaken = await send(TEMPLATE, { ...opened, name: '' });
    expect(mistaken.status).to.equal(422);
    expect((await send(TEMPLATE, { ...fieldsOnPage(mistaken.text, TEMPLATE), name: 'Mine' })).status).to.equal(409);
  });

  it('put the badge rules of both together where they changed different places', async () => {
    await site.services.saveBadge(described('As it was'), { expectedVersion: 0, actor: 'ada' });
    const [path, press] = ['/badges/conflict/edit', { intent: 'save' }];
    const opened: Record<string, string> = { ...fieldsOnPage((await browser.get(path)).text, path), ...press };
    const changed = (from: string, to: string) => ({ ...opened, rules: (opened.rules ?? '').replace(from, to) });
    expect((await send(path, changed('"Conflict"', '"Their name"'))).status).to.equal(303);
    const late = await send(path, changed('As it was', 'As I have it'));
    expect(late.status).to.equal(409);
    const both =
      /<textarea id="both"[^>]*>\n([\s\S]*?)<\/textarea>/.exec(late.text)?.[1]?.replaceAll('&#34;', '"') ?? '';
    expect(both).to.include('"Their name"').and.to.include('"As I have it"');
    const saved = await send(path, { ...fieldsOnPage(late.text, path), ...press, rules: both });
    expect(saved.status).to.equal(303);
    expect((await site.services.badges.get('conflict'))?.source).to.equal(both);
  });

  it('are no conflict when a schedule only ran: what a form says has not changed', async () => {
    const opened = fieldsOnPage((await browser.get(SCHEDULE)).text, SCHEDULE);
    const { credentials } = site.services;
    const stored = await credentials.schedule('configuration-1');
    if (stored === null) throw new Error('there is no schedule');
    const ran = {
      ...stored,
      totalRuns: stored.totalRuns + 1,
      updatedAt: new Date(stored.updatedAt.getTime() + 60_000),
    };
    expect(await credentials.replaceSchedule(ran, stored)).to.equal(true);
    expect((await send(SCHEDULE, { ...opened, every: '4' })).status).to.equal(303);
    await credentials.removeSchedule('configuration-1');
    const gone = await send(SCHEDULE, { ...opened, every: '2' });
    expect(gone.status).to.equal(409);
    expect(textOf(gone.text)).to.include(
      'Somebody has removed or changed this schedule, or it ran, since you opened it.',
    );
    expect((await send(SCHEDULE, fieldsOnPage(gone.text, SCHEDULE))).status).to.equal(303);
  });

  it('keep the files of an asset beside each other until one is chosen', async () => {
    const path = '/credential-assets/certificate/replace';
    const file = readFileSync(projectPath('examples', 'credentials', 'certificate-template.pdf'));
    const opened = fieldsOnPage((await browser.get(path)).text, path);
    const replace = (name: string, description: string, bytes: Buffer) =>
      Object.entries({ ...opened, description })
        .reduce((form, [field, value]) => (field === 'files' ? form : form.field(field, value)), browser.post(path))
        .attach('files', bytes, name);
    expect((await replace('theirs.pdf', 'Theirs', file)).status).to.equal(303);
    const mine = Buffer.concat([file, Buffer.from('\n% mine\n')]);
    const late = await replace('mine.pdf', 'Mine', mine);
    expect(late.status).to.equal(409);
    expect(textOf(late.text)).to.include('theirs.pdf').and.to.include('mine.pdf');
    const choices = [...late.text.matchAll(/name="file" value="([^"]+)"/g)].map((match) => match[1] ?? '');
    const own = choices.find((value) => value.endsWith('mine.pdf')) ?? '';
    const saved = await send(path, { ...fieldsOnPage(late.text, path), description: 'Theirs', file: own });
    expect(saved.status, textOf(saved.text)).to.equal(303);
    const { credentials, files } = site.services;
    const asset = await credentials.asset('certificate');
    expect(asset).to.include({ fileName: 'mine.pdf', description: 'Theirs', sizeBytes: mine.length });
    expect(await files.get(`asset/certificate/${asset?.sha256}`)).to.not.equal(null);
    const strange = await send(path, { ...fieldsOnPage((await browser.get(path)).text, path), file: '../x' });
    expect(strange.status).to.equal(422);
  });

  it('learn of each other’s secret of a provider account without seeing it', async () => {
    for (const secret of ['key-of-them', 'key-of-mine']) site.hall.accepted.set(secret, null);
    const page = '/providers/hall/accounts/science';
    const action = `${page}/secret`;
    const opened = fieldsOnPage((await browser.get(page)).text, action);
    expect((await send(action, { ...opened, secret: 'key-of-them' })).status).to.equal(303);
    const late = await send(action, { ...opened, secret: 'key-of-mine' });
    expect(late.status).to.equal(409);
    expect(textOf(late.text)).to.match(
      /administrator put another secret there on .* UTC, since you opened this page\. Yours was not checked and not saved/,
    );
    expect(late.text).to.not.include('key-of-');
    expect((await send(action, { ...fieldsOnPage(late.text, action), secret: 'key-of-mine' })).status).to.equal(303);
  });

  it('are told when a form does not say what it was made from', async () => {
    const answer = await send('/issuer', {
      ...{ _csrf: csrfOf((await browser.get('/issuer')).text), opened: '{"name":7}' },
      ...{ name: 'Mine', url: 'https://example.org', email: '' },
    });
    expect(answer.status).to.equal(422);
    expect(textOf(answer.text)).to.include('The form is incomplete');
  });
});
