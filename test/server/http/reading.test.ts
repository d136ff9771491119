/** Reading changes nothing: every GET of the route table, on a real database that holds something of everything. */

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import supertest from 'supertest';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { compose, type Laurel } from '../../../server/compose.ts';
import { readSettings } from '../../../server/config.ts';
import { createApp, openRoutes, pageRoutes } from '../../../server/http/app.ts';
import { hashPassword } from '../../../server/http/people/passwords.ts';
import { SCOPES } from '../../../server/http/people/scopes.ts';
import { createApiToken } from '../../../server/http/people/tokens.ts';
import { scopeOf } from '../../../server/http/routes.ts';
import { aConfiguration, aRun, aType } from '../../contracts/credential-store.ts';
import { databaseOf, dump, meet, zelda } from '../../support/person-world.ts';
import { anAccount } from '../../support/provider-accounts.ts';
import { PASSWORD, submit } from '../../support/web.ts';

/** What may change all the same, and why. */
const NOTED: Readonly<Record<string, string>> = {
  sessions: 'when somebody was here last, and the token of forms',
  rate_limits: 'how often somebody asked',
};
/** Asked for before the first badge, the issuer makes its key, so that nobody remembers it without one; then it is the same. */
const MAKES_KEY = '/.well-known/did.json';
/** Entries of the audit that write down that somebody read much, or a document, and when a token was used last. */
const isNote = (collection: string, text: string) =>
  collection === 'audit' && /"action":"(credential\.downloaded|list\.exported)"/.test(text);
const withoutUse = (text: string) => text.replace(/"lastUsedAt":("[^"]*"|null)/, '');

describe('reading', function () {
  this.timeout(120_000);
  let folder: string;
  let laurel: Laurel;
  let browser: ReturnType<typeof supertest.agent>;
  let token: string;
  let addressOf: (path: string) => string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'laurel-reading-'));
    laurel = await compose(readSettings({ LAUREL_DATA_DIR: folder }), { logger: silentLogger, roles: [] });
    const { services, stores } = laurel;
    await meet(laurel, zelda);
    // It says too little to be signed.
    await databaseOf(laurel).collection('issued_open_badges').deleteMany({});
    await stores.credentials.saveType(aType({ id: 'type' }));
    await stores.credentials.saveConfiguration(aConfiguration({ id: 'configuration', credentialTypeId: 'type' }));
    await stores.credentials.createRun(aRun({ id: 'run', configurationId: 'configuration' }));
    await stores.providers.saveAccount(anAccount('university'));
    await services.access.createAccount({
      ...{ id: 'account', name: 'Ada', role: 'administrator', lmsUsername: null, disabledAt: null },
      ...{ passwordHash: await hashPassword(PASSWORD, { logN: 4, blockSize: 8, parallel: 1 }), createdAt: new Date() },
    });
    token = (await createApiToken(services, 'tests', 'cli', { scopes: SCOPES })).token;
    browser = supertest.agent(createApp(services));
    await submit(browser, '/sign-in', '/sign-in', { name: 'Ada', password: PASSWORD });
    const ids = await idsOf(laurel);
    addressOf = (path) => ids.reduce((address, [from, to]) => address.replace(from, to), path);
  });
  after(async () => {
    await laurel.stop();
    rmSync(folder, { recursive: true, maxRetries: 5 });
  });

  it('changes nothing, whatever address is asked for', async () => {
    await browser.get(MAKES_KEY);
    const answers = new Map<string, number>();
    let before = await hashes(laurel);
    for (const { method, path, access } of [...openRoutes(laurel.services), ...pageRoutes(laurel.services)]) {
      if (method !== 'get') continue;
      const call = browser.get(addressOf(path));
      const { status } = await (scopeOf(access) === null ? call : call.set('Authorization', `Bearer ${token}`));
      expect(status, path).to.be.lessThan(500);
      answers.set(path, status);
      const after = await hashes(laurel);
      expect(after, path).to.deep.equal(before);
      before = after;
    }
    const seen = [...answers].filter(([, status]) => status === 200);
    expect(seen.length / answers.size, `seen: ${JSON.stringify([...answers])}`).to.be.greaterThan(0.75);
  });

  it('would be caught if it did: the same comparison sees a change', async () => {
    const before = await hashes(laurel);
    await laurel.services.access.endSessions('account');
    expect(await hashes(laurel)).not.to.deep.equal(before);
  });
});

/** Each collection with a hash of its documents, whatever their order. */
async function hashes(laurel: Laurel): Promise<Readonly<Record<string, string>>> {
  const kept = [...(await dump(laurel))].filter(([collection]) => !(collection in NOTED));
  return Object.fromEntries(
    kept.map(([collection, texts]) => {
      const documents = texts.filter((text) => !isNote(collection, text)).map(withoutUse);
      return [collection, createHash('sha256').update(documents.toSorted().join('\n')).digest('hex')];
    }),
  );
}

/** Something that exists for each parameter of a path; what stands first is looked for first. */
async function idsOf(laurel: Laurel): Promise<readonly (readonly [RegExp, string])[]> {
  const db = databaseOf(laurel);
  const first = async (collection: string, filter: object = {}) =>
    String((await db.collection(collection).findOne(filter))?._id ?? 'none');
  const credential = await db.collection('credentials').findOne({ status: 'available' });
  const id = String(credential?._id);
  return [
    [/^\/accounts\/:id/, '/accounts/account'],
    [/^\/badges\/:id/, '/badges/demo-course'],
    [/:badge\b/, 'demo-course'],
    [/:version/, '1'],
    [/^\/learners\/:id/, `/learners/${await first('learners', { username: zelda.username })}`],
    [/:username/, zelda.username],
    [/^\/events\/:id/, '/events/counts'],
    [/^\/dead-letters\/:id/, '/dead-letters/letter-own'],
    [/^\/configurations\/:id/, '/configurations/configuration'],
    [/:type\b/, 'type'],
    [/^\/runs\/:id/, '/runs/run'],
    [/^\/(jobs|comparisons)\/:id/, `/$1/${await first('jobs')}`],
    [/^\/(credentials|mails|download)\/:id/, `/$1/${id}`],
    [/:provider\/accounts\/:slug/, 'credly/accounts/university'],
    [/:provider\b/, 'credly'],
    [/:name/, '04-one-course'],
    [/^\/open-badges\/:uuid/, '/open-badges/none'],
    [/:uuid/, String(credential?.verifyId)],
    [/:key/, String(credential?.contextKey)],
    [/:\w+/g, 'none'],
  ];
}
