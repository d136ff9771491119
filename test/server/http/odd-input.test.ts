import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { openRoutes, pageRoutes } from '../../../server/http/app.ts';
import { RIGHTS } from '../../../server/http/people/rights.ts';
import { type Access, type Route, scopeOf } from '../../../server/http/routes.ts';
import { projectPath } from '../../../server/paths.ts';
import { idleLmsSignIn } from '../../support/lms-sign-in.ts';
import { LETTERS, seed } from '../../support/seed.ts';
import { type Browser, csrfOf, makeSite, type Site, textOf } from '../../support/web.ts';

/** What people, browsers and attackers put where something else is expected. */
const ODD_TEXTS: readonly string[] = [
  '',
  ' ',
  '0',
  '-1',
  '1e999',
  '9'.repeat(400),
  '__proto__',
  'constructor',
  '../../etc/passwd',
  '<script>alert(1)</script>',
  '"\'`{7*7}<%= 7 %>',
  'a\u0000b',
  '\uD800',
  'ЖЖ\u202E\u0301',
  '[object Object]',
  '{"$gt":""}',
  '2026-13-45T99:99:99Z',
  'x'.repeat(20_000),
];
const PATH_TEXTS = ODD_TEXTS.filter((text) => text.trim() !== '' && text.length < 1_000);

/** Every name under which a route reads something, as the source has it: a new one is tried without being named here. */
function namesRead(reader: RegExp): readonly string[] {
  const folder = projectPath('server', 'http');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const names = files.flatMap((name) =>
    [...readFileSync(join(folder, name), 'utf8').matchAll(reader)].map(([, found]) => found as string),
  );
  return [...new Set(names)].sort();
}

const FIELDS = namesRead(/(?:textField|wholeNumberField)\(req, '(\w+)'/g);
const PARAMETERS = namesRead(/query(?:Texts?|Choice)\(req, '(\w+)'/g);

describe('odd input', function () {
  this.timeout(240_000);
  let site: Site;
  let browser: Browser;
  let token: string;
  let routes: readonly Route[];
  before(async () => {
    site = makeSite({ rateLimits: { take: async () => null, giveBack: async () => {} }, lmsSignIn: idleLmsSignIn });
    await seed(site);
    routes = [...openRoutes(site.services), ...pageRoutes(site.services)];
    browser = await site.signIn('administrator');
    token = csrfOf((await browser.get('/')).text);
  });

  /** Something that exists, so that what is behind the first look-up is reached too. */
  async function existing(path: string): Promise<string> {
    const learner = await site.services.learners.findByUsername('ada');
    return path
      .replace('/badges/:badge', '/badges/demo-course')
      .replace('/badges/:id', '/badges/demo-course')
      .replace('/learners/:id', `/learners/${learner?.id}`)
      .replace('/jobs/:id', '/jobs/job-failed')
      .replace('/configurations/:id', '/configurations/configuration-1')
      .replace('/runs/:id', '/runs/run-1')
      .replace('/events/:id', '/events/event-ada-demo')
      .replace('/dead-letters/:id', `/dead-letters/${LETTERS.malformed}`)
      .replace(':version', '1')
      .replace(/:\w+/g, 'none');
  }

  function send({ method }: Route, address: string) {
    return method === 'get' ? browser.get(address) : browser.post(address);
  }

  it('is tried under names that the source really reads', () => {
    expect(FIELDS).to.include.members(['reason', 'rules', 'plan', 'version']);
    expect(PARAMETERS).to.include.members(['after', 'search', 'from']);
  });

  it('in a path finds nothing, and is never our mistake', async () => {
    for (const route of routes.filter(({ path }) => path.includes(':'))) {
      for (const odd of PATH_TEXTS) {
        // A lone surrogate cannot be written in an address at all.
        const address = route.path.replace(/:\w+/g, encodeURIComponent(odd.replace('\uD800', '\uFFFD')));
        const call = send(route, address);
        const { status } = await (route.method === 'post' ? call.type('form').send({ _csrf: token }) : call);
        expect(status, `${route.method} ${route.path} with ${JSON.stringify(odd)}`).to.be.oneOf([
          200, 303, 400, 401, 404, 409, 415, 422, 429,
        ]);
        if (status === 200) expect(route.method).to.equal('get');
      }
    }
    expect((await browser.get('/badges/%E0%A4%A')).status).to.equal(400);
  });

  it('in the parameters of a page is taken for what it is, once or many times', async () => {
    for (const route of routes.filter(({ method, access }) => method === 'get' && scopeOf(access) === null)) {
      if (route.path === '/sign-in/:token' || route.path.endsWith('/download')) continue;
      const address = await existing(route.path);
      for (const [index, odd] of ODD_TEXTS.entries()) {
        const parameters = new URLSearchParams(Object.fromEntries(PARAMETERS.map((name) => [name, odd.slice(0, 200)])));
        // Some come twice, and some as what looks like an object.
        parameters.append(PARAMETERS[index % PARAMETERS.length] as string, 'again');
        parameters.append(`${PARAMETERS[(index + 1) % PARAMETERS.length]}[$gt]`, '');
        // A picture has no text.
        const { status, text = '' } = await browser.get(`${address}?${parameters}`);
        expect(status, `${route.path} with ${JSON.stringify(odd)}`).to.be.oneOf([200, 303, 400, 404, 422, 429]);
        // a picture has none
        expect(text ?? '', route.path).to.not.include('<script>alert');
      }
    }
  });

  it('in a form is refused with a page that says what to do, and changes nothing', async () => {
    const posts = routes.filter(
      ({ method, access, path }) => method === 'post' && changes(access) && path !== '/accounts/new',
    );
    for (const route of posts) {
      const address = await existing(route.path);
      for (const odd of ODD_TEXTS) {
        const before = await state(site);
        const body = Object.fromEntries(FIELDS.map((name) => [name, odd]));
        const answer = await browser
          .post(address)
          .type('form')
          .send({ ...body, _csrf: token });
        const what = `${route.path} with ${JSON.stringify(odd.slice(0, 40))}`;
        expect(answer.status, what).to.be.oneOf([200, 303, 400, 404, 409, 413, 422, 429]);
        if (answer.status >= 400) {
          expect(textOf(answer.text), what).to.have.length.greaterThan(20);
          expect(await state(site), what).to.deep.equal(before);
        }
      }
    }
  });

  it('instead of a form is refused: no form at all, lists, another type, binary bytes', async () => {
    for (const route of routes.filter(({ method, access }) => method === 'post' && changes(access))) {
      const address = await existing(route.path);
      const before = await state(site);
      const answers = [
        await browser.post(address).type('form').send({ _csrf: token }),
        await browser
          .post(address)
          .type('form')
          .send(`${FIELDS.map((name) => `${name}=1&${name}=2`).join('&')}&_csrf=${token}`),
        await browser
          .post(address)
          .type('json')
          .send({ _csrf: token, reason: { $gt: '' } }),
        await browser.post(address).type('text/plain').send('reason=x'),
        await browser
          .post(address)
          .type('form')
          .send(Buffer.from([0, 255, 254, 37, 255, 38, 61])),
        await browser.post(address).set('content-type', 'multipart/form-data; boundary=x').send('--x\r\nno end'),
      ];
      for (const [index, { status }] of answers.entries())
        expect(status, `${route.path}, answer ${index}`).to.be.lessThan(500);
      for (const { status } of answers.slice(2)) expect(status, route.path).to.be.oneOf([400, 403, 413, 415]);
      if (answers.every(({ status }) => status >= 400)) expect(await state(site), route.path).to.deep.equal(before);
    }
  });
});

/** Whether a form there needs a right beyond that of looking. */
function changes(access: Access): boolean {
  return access !== 'look' && RIGHTS.some((right) => right === access);
}

/** What a person can change. */
async function state({ services }: Site): Promise<unknown> {
  const { badges, progress, access, deadLetters, jobStore } = services;
  return {
    badges: await badges.revision(),
    progress: (await progress.list({ limit: 1_000 })).items.map(({ learnerId, badgeId, version }) => [
      learnerId,
      badgeId,
      version,
    ]),
    accounts: (await access.accounts()).length,
    audit: (await access.audit({ limit: 1_000 })).items.length,
    letters: (await deadLetters.letters({ limit: 1_000 })).items,
    jobs: (await jobStore.list({ limit: 1_000 })).items,
  };
}
