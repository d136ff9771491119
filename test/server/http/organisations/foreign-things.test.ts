/** Every route, asked by every role limited to an organisation, for things of another one. */

import { expect } from 'chai';
import supertest, { type Response } from 'supertest';
import { openRoutes, pageRoutes } from '../../../../server/http/app.ts';
import { allLists } from '../../../../server/http/lists/all.ts';
import type { AnyList } from '../../../../server/http/lists/list.ts';
import { opennessOf, openRouteNames } from '../../../../server/http/organisations/openness.ts';
import { mayDo, type Right, ROLES, type Role } from '../../../../server/http/people/rights.ts';
import { SCOPES } from '../../../../server/http/people/scopes.ts';
import { createApiToken } from '../../../../server/http/people/tokens.ts';
import { type Route, scopeOf } from '../../../../server/http/routes.ts';
import { closedRoutes } from '../../../support/closed-routes.ts';
import { belongTo, FOREIGN_WORDS, whatThereIs } from '../../../support/organisations.ts';
import { routeAddress, seedAll } from '../../../support/route-addresses.ts';
import { DEMO_COURSE } from '../../../support/seed.ts';
import { type Browser, csrfOf, makeSite, type Site, textOf } from '../../../support/web.ts';

/** What somebody sends who knows what the foreign thing looks like. */
const SENT = {
  ...{ version: '2', expectedVersion: '2', reason: 'because', comment: 'because', name: 'Taken over', intent: 'save' },
  ...{ slug: 'certificate', id: 'course-completer', description: 'Taken over', state: 'active', kind: 'pdf-template' },
  ...{ credentialTypeId: 'type-1', type: 'type-1', contextKey: DEMO_COURSE, context: DEMO_COURSE, confirmed: '1' },
  ...{ secret: 'stolen', typed: 'science', retrievalFunction: 'course-completions', generationFunction: 'pdf' },
  ...{ rules: 'badge "demo-course" { requirement a { on org.openedx.learning.course.passing.status.updated.v1 } }' },
};
const NOBODY = 'nobody-has-this';
const NO_ID = '00000000-0000-4000-8000-0000000000ff';

describe('things of another organisation', () => {
  let site: Site;
  let learnerId: string;
  let routes: readonly Route[];

  beforeEach(async () => {
    site = makeSite();
    await seedAll(site);
    await belongTo('OpenedX', site);
    learnerId = (await site.services.learners.findByUsername('ada'))?.id ?? '';
    routes = [...openRoutes(site.services), ...pageRoutes(site.services)].filter(({ access }) => access !== 'public');
  });

  it('have an answer for every route: a new one is open to limited accounts, or it stands among the closed', () => {
    const names = routes.map(nameOf);
    expect(names.filter((name) => !openRouteNames.includes(name)).toSorted()).to.deep.equal(closedRoutes);
    // Every list has two actions in the table, whether it has any or not.
    const missing = openRouteNames.filter((name) => !names.includes(name) && !name.startsWith('post /actions/'));
    expect(missing).to.deep.equal([]);
  });

  for (const role of ROLES) {
    it(`are not there for somebody in the role ${role}, and nothing that is asked changes them`, async () => {
      const browser = await site.signIn(role, ['Elsewhere']);
      const token = csrfOf((await browser.get('/badges')).text);
      const before = await whatThereIs(site);
      for (const route of routes.filter(isPage)) await expectNothing({ browser, role, token }, route);
      expect(await whatThereIs(site)).to.include.members([...before]);
    }).timeout(120_000);
  }

  interface Asker {
    readonly browser: Browser;
    readonly role: Role;
    readonly token: string;
  }

  async function ask({ browser, token }: Asker, { method }: Route, address: string, more = {}): Promise<Response> {
    const call = browser[method](address);
    return method === 'post' ? call.type('form').send({ ...SENT, ...more, _csrf: token }) : call;
  }

  async function expectNothing(asker: Asker, route: Route): Promise<void> {
    const name = `${nameOf(route)} as ${asker.role}`;
    if (route.path.startsWith('/actions/') && opennessOf(route) === 'limited') return expectNoAction(asker, route);
    const answer = await ask(asker, route, foreign(route.path));
    if (route.access !== 'signed-in' && !mayDo(asker.role, route.access as Right)) {
      expect(answer.status, name).to.equal(403);
    } else if (opennessOf(route) === 'closed' && route.path !== '/') {
      expect(answer.status, name).to.equal(403);
      expect(textOf(answer.text), name).to.include('Your account is limited to some organisations');
    } else if (opennessOf(route) === 'limited' && /:(?!kind|name)/.test(route.path)) {
      // Of what never was there is an empty history.
      expect(answer.status, name).to.equal(/^\/history\//.test(route.path) ? 200 : 404);
      expectNothingForeign(answer, name);
      const never = await ask(asker, route, nowhere(route.path));
      expect(unnamed(answer.text ?? ''), name).to.equal(unnamed(never.text ?? ''));
      expect(String(answer.body), name).to.equal(String(never.body));
    } else {
      expect(answer.status, name).to.be.oneOf([200, 303, 400, 404, 409, 422]);
      expectNothingForeign(answer, name);
    }
  }

  /** Chosen one by one, and all that there are. */
  async function expectNoAction(asker: Asker, route: Route): Promise<void> {
    const list = allLists(site.services).find(({ path }) => route.path.startsWith(`/actions${path}`)) as AnyList;
    const selected = await idsIn(list);
    expect(selected, list.path).not.to.be.empty;
    const mayAct = mayDo(asker.role, list.actionAccess ?? list.access);
    for (const { name: action, access } of list.actions ?? [])
      for (const which of ['selected', 'all']) {
        const name = `${nameOf(route)} ${action} of ${which} as ${asker.role}`;
        const answer = await ask(asker, route, route.path, { action, which, selected, query: '' });
        if (!mayAct) expect(answer.status, name).to.equal(403);
        else if (access !== undefined && !mayDo(asker.role, access)) expect(answer.status, name).to.equal(404);
        else expect(answer.status, name).to.equal(route.path.endsWith('/done') ? 422 : 200);
        expectNothingForeign(answer, name);
      }
  }

  it('are not there for an API token', async () => {
    const before = await whatThereIs(site);
    for (const scope of SCOPES) {
      const limits = { scopes: [scope], organisations: ['Elsewhere'] };
      const { token } = await createApiToken(site.services, 'tests', 'cli', limits);
      for (const route of routes.filter(({ access }) => scopeOf(access) === scope)) {
        const name = nameOf(route);
        const address = `${routeAddress(route.path, learnerId)}?username=ada`.replace(
          /:key/,
          encodeURIComponent(DEMO_COURSE),
        );
        const call = supertest(site.app)[route.method](address).set('Authorization', `Bearer ${token}`);
        const answer = await (route.method === 'post' ? call.type('json').send('[]') : call);
        expectNothingForeign(answer, name);
        if (opennessOf(route) === 'closed')
          expect([answer.status, answer.body.code], name).to.deep.equal([403, 'request.organisations']);
        else expect(answer.status, name).to.equal(route.path.includes(':username') ? 404 : 200);
      }
    }
    expect(await whatThereIs(site)).to.include.members([...before]);
  });

  const foreign = (path: string): string =>
    routeAddress(path.replace('/history/:kind/:id', '/history/badge/demo-course'), learnerId);

  /** The same address of something that nobody has. */
  function nowhere(path: string): string {
    const never = /^\/(credentials|mails)/.test(path) ? NO_ID : NOBODY;
    const missing = path.replace(/:(id|badge|asset|type|template|account|slug)\b/g, never);
    return routeAddress(missing, learnerId);
  }

  /** Without what every page has of its own: the ids in its address, the number of the request. */
  function unnamed(html: string): string {
    return [...SHORT_IDS, NOBODY].reduce(
      (text, id) => text.replaceAll(id, 'ID'),
      textOf(html).replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g, 'ID'),
    );
  }
});

const SHORT_IDS = ['demo-course', 'configuration-1', 'type-1', 'certificate', 'run-1', 'job-failed', 'science'];

function nameOf({ method, path }: Route): string {
  return `${method} ${path}`;
}

function isPage({ access }: Route): boolean {
  return scopeOf(access) === null && access !== 'learner';
}

async function idsIn(list: AnyList): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const rows of list.records.scan({ where: list.always ?? [], order: list.order }))
    ids.push(...rows.map((row: unknown) => list.idOf(row)));
  return ids;
}

function expectNothingForeign({ text = '' }: Response, name: string): void {
  for (const word of FOREIGN_WORDS) expect(text, name).not.to.include(word);
}
