import { expect } from 'chai';
import supertest from 'supertest';
import { eventCatalogue } from '../../../plugin/events/catalogue.ts';
import { sampleData } from '../../../plugin/events/sample-event.ts';
import { type Logger, silentLogger } from '../../../plugin/ports/runtime.ts';
import { openRoutes, pageRoutes } from '../../../server/http/app.ts';
import { SCOPES } from '../../../server/http/people/scopes.ts';
import { createApiToken } from '../../../server/http/people/tokens.ts';
import { HOSTILE } from '../../support/hostile-site.ts';
import { liveMarkup } from '../../support/live-markup.ts';
import { formsOf, linksOf, type PageForm } from '../../support/page-forms.ts';
import { LETTERS, seed } from '../../support/seed.ts';
import { type Browser, csrfOf, INGEST_TOKEN, makeSite, type Site } from '../../support/web.ts';

/** Ends something that other forms are about: sent after them. */
const ENDS = /retire|remove|delete|revoke|disable|give-up|discard|\/end|distrust|invalid/;
/** Would end the session that the rest is sent in. */
const LEAVES = /^\/(sign-out|sign-in|account\/password|accounts\/[^/]+\/sessions\/end)$/;
const MOST_PAGES = 300;
/** Leaves texts, attributes in either quotes, and what holds text alone. */
const BREAKS_OUT = `'"></title></textarea></select><script>alert(1)</script><img src=x onerror=alert(2)>`;

/** Walks a site by its routes and links, as somebody who opens everything would. */
async function walk(site: Site, browser: Browser, visit: (address: string, html: string) => void): Promise<number> {
  const learner = await site.services.learners.findByUsername('ada');
  const starts = [...openRoutes(site.services), ...pageRoutes(site.services)]
    .filter(({ method, path }) => method === 'get' && path !== '/sign-in/:token')
    .map(({ path }) =>
      path
        .replace(/badges\/:(badge|id)/, 'badges/demo-course')
        .replace('learners/:id', `learners/${learner?.id}`)
        .replace('dead-letters/:id', `dead-letters/${LETTERS.malformed}`)
        .replace('configurations/:id', 'configurations/configuration-1')
        .replace('jobs/:id', 'jobs/job-failed')
        .replace('runs/:id', 'runs/run-1')
        .replace('events/:id', 'events/event-ada-demo')
        .replace(':version', '1'),
    )
    .filter((path) => !path.includes(':'));
  const waiting = [...starts];
  const seen = new Set(waiting);
  let pages = 0;
  for (let address = waiting.shift(); address !== undefined && pages < MOST_PAGES; address = waiting.shift()) {
    const { status, text = '', headers } = await browser.get(address);
    expect(status, address).to.be.oneOf([200, 206, 303, 400, 401, 404, 409, 422, 429, 503]);
    if (!String(headers['content-type']).startsWith('text/html')) continue;
    pages += 1;
    visit(address, text);
    for (const link of linksOf(text)) {
      const path = link.split('#')[0] ?? '';
      if (!path.startsWith('/') || path.startsWith('//') || seen.has(path) || path.includes('export')) continue;
      seen.add(path);
      waiting.push(path);
    }
  }
  return pages;
}

describe('hostile texts through every door', function () {
  this.timeout(300_000);

  /** What was our mistake, as the log has it. */
  let failures: string[];
  beforeEach(() => {
    failures = [];
  });

  /** No counting of tries: what is behind the limits is to be reached. */
  const newSite = async (): Promise<Site> => {
    const logger: Logger = { ...silentLogger, error: (_message, facts) => void failures.push(JSON.stringify(facts)) };
    const site = makeSite({ rateLimits: { take: async () => null, giveBack: async () => {} }, logger });
    await seed(site);
    return site;
  };

  async function formsOfSite(site: Site, browser: Browser): Promise<readonly PageForm[]> {
    const found = new Map<string, PageForm>();
    await walk(site, browser, (address, html) => {
      for (const form of formsOf(html, address)) {
        const key = `${form.method} ${form.action} ${form.texts.join()}`;
        if (!LEAVES.test(form.action)) found.set(key, form);
      }
    });
    return [...found.values()].sort((a, b) => Number(ENDS.test(a.action)) - Number(ENDS.test(b.action)));
  }

  for (const evil of [BREAKS_OUT, 'javascript:alert(1)']) {
    it(`${JSON.stringify(evil)} in any field of any form runs neither in the answer nor on a page afterwards`, async () => {
      const site = await newSite();
      const browser = await site.signIn('administrator');
      const forms = await formsOfSite(site, browser);
      const fields = forms.reduce((sum, { texts }) => sum + texts.length, 0);
      expect(forms.length).to.be.greaterThan(60);
      expect(fields).to.be.greaterThan(150);
      let kept = 0;
      for (const { action, method, fields, texts } of forms) {
        const names = texts.filter((name) => !/password|repeated/.test(name));
        // One at a time, so that the others do not hold it up; then all of them.
        const bodies = [
          ...(evil === BREAKS_OUT ? names.map((name) => ({ [name]: evil })) : []),
          everywhere(names, evil),
        ];
        for (const body of bodies) {
          const sent = { ...fields, ...body };
          const answer = await (method === 'get'
            ? browser.get(action).query(sent)
            : browser
                .post(action)
                .type('form')
                .send({ ...sent, _csrf: fields._csrf ?? csrfOf((await browser.get('/')).text) }));
          const what = `${method} ${action} with ${JSON.stringify(body).slice(0, 200)}`;
          expect(answer.status, `${what}: ${failures}`).to.be.lessThan(500);
          if (method === 'post' && answer.status === 303) kept += 1;
          expect(answer.headers.location ?? '/', what).to.match(/^\/(?![/\\])/);
          if (String(answer.headers['content-type']).startsWith('text/html'))
            expect(liveMarkup(answer.text), what).to.deep.equal([]);
        }
      }
      // Some of them must have been taken, or the pages afterwards would prove nothing.
      expect(kept).to.be.greaterThan(10);
      await site.runJobs();
      await site.dispatcher.runDue();
      const pages = await walk(site, browser, (address, html) => expect(liveMarkup(html), address).to.deep.equal([]));
      expect(pages).to.be.greaterThan(100);
    });
  }

  it('that are nested without end are refused by every form and every call that takes JSON', async () => {
    const site = await newSite();
    const browser = await site.signIn('administrator');
    const forms = await formsOfSite(site, browser);
    for (const deep of ['['.repeat(9_000) + ']'.repeat(9_000), `${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}`]) {
      for (const { action, fields, texts } of forms.filter(
        ({ method, texts }) => method === 'post' && texts.length > 0,
      )) {
        // The forms of rules make one long text of all their fields, which takes its time.
        const bodies = action.endsWith('/form') ? [{ [texts[0] ?? '']: deep }] : [everywhere(texts, deep)];
        for (const body of bodies) {
          const { status } = await browser
            .post(action)
            .type('form')
            .send({ ...fields, ...body });
          expect(status, `${action}: ${failures}`).to.be.lessThan(500);
        }
      }
      for (const address of ['/events', '/api/v2/user/retire', '/api/v2/replace_usernames', '/badges/hall/webhook']) {
        const { token } = await createApiToken(site.services, 'tests', 'tests', { scopes: SCOPES });
        const answer = await supertest(site.app)
          .post(address)
          .set('Authorization', `Bearer ${token}`)
          .set('Content-Type', 'application/json')
          .send(deep);
        expect([answer.status, answer.body.code], address).to.deep.equal(
          deep.length > 16 * 1024 && address.endsWith('webhook')
            ? [413, 'request.too-large']
            : [400, 'request.too-deep'],
        );
      }
    }
  });

  it('in any text of any event runs on no page, whether the event is taken or not', async () => {
    const site = await newSite();
    const browser = await site.signIn('administrator');
    const now = site.services.clock.now();
    let taken = 0;
    let number = 0;
    for (const type of eventCatalogue.values()) {
      for (const evil of HOSTILE.slice(0, 4)) {
        const wishes = { username: evil, name: evil, email: evil, courseKey: evil, now, uuid: evil };
        const data = replaceTexts(sampleData(type, wishes), evil);
        const { status } = await supertest(site.app)
          .post('/events')
          .type('application/cloudevents+json')
          .set('Authorization', `Bearer ${INGEST_TOKEN}`)
          .send(
            JSON.stringify({
              ...{ specversion: '1.0', id: `${evil} ${++number}`, source: evil, type: type.name },
              ...{ time: now.toISOString(), datacontenttype: 'application/json', data },
            }),
          );
        expect(status, type.name).to.be.oneOf([202, 400, 422]);
        if (status === 202) taken += 1;
      }
    }
    expect(taken).to.be.greaterThan(100);
    await walk(site, browser, (address, html) => expect(liveMarkup(html), address).to.deep.equal([]));
  });

  it('in any field of the API are refused or taken as texts, and answered as JSON that no browser runs', async () => {
    const site = await newSite();
    for (const evil of HOSTILE) {
      const calls: readonly (readonly [string, object])[] = [
        ['/api/v2/user/retire', { username: evil, original_username: evil, badges: evil }],
        ['/api/v2/user/retire', { username: evil }],
        ['/api/v2/replace_usernames', { username_mappings: [{ [evil]: evil }] }],
        ['/events', { specversion: evil, id: evil, source: evil, type: evil, time: evil, data: evil }],
        [`/badges/${encodeURIComponent(evil)}/webhook`, { id: evil, type: evil }],
        ['/badges/hall/webhook', { id: evil, event_type: evil, organization_id: evil }],
      ];
      const { token } = await createApiToken(site.services, 'tests', 'tests', { scopes: SCOPES });
      for (const [address, body] of calls) {
        const { status, headers } = await supertest(site.app)
          .post(address)
          .set('Authorization', `Bearer ${token}`)
          .set('Content-Type', 'application/json')
          .send(JSON.stringify(body));
        expect(status, address).to.be.lessThan(500);
        expect(headers['content-type'], address).to.match(/^application\/(problem\+)?json/);
        expect(headers['x-content-type-options'], address).to.equal('nosniff');
      }
    }
  });
});

function everywhere(names: readonly string[], text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, text]));
}

/** The same data with the hostile text in every place where a text is. */
function replaceTexts(value: unknown, evil: string): unknown {
  if (typeof value === 'string') return /^\d{4}-\d\d-\d\dT/.test(value) ? value : evil;
  if (Array.isArray(value)) return value.map((one) => replaceTexts(one, evil));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, replaceTexts(inner, evil)]));
}
