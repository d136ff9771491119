import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Express } from 'express';
import supertest from 'supertest';
import type { Logger } from '../../../plugin/ports/runtime.ts';
import { compose, type Laurel } from '../../../server/compose.ts';
import { readSettings } from '../../../server/config.ts';
import { createApp, openRoutes, pageRoutes } from '../../../server/http/app.ts';
import { hashPassword } from '../../../server/http/people/passwords.ts';
import { createApiToken } from '../../../server/http/people/tokens.ts';
import { dump, filesBelow, meet, names, passingOf, zelda } from '../../support/person-world.ts';
import { type Browser, csrfOf } from '../../support/web.ts';

const secrets = {
  LAUREL_SECRET_KEY: 'secret-key-Wq81-of-this-site-only',
  LAUREL_INGEST_TOKEN: 'ingest-token-Zk72-of-this-site-only',
  LAUREL_LMS_CLIENT_SECRET: 'lms-client-secret-Jr55',
  smtp: 'smtp-password-Ht93',
  credly: 'credly-token-Bv64-0123456789',
  accredible: 'accreddeadbeef0123456789accred77',
  password: 'a-password-Np38-to-sign-in-with',
};

describe('secrets and personal data', function () {
  this.timeout(120_000);
  let folder: string;
  let laurel: Laurel;
  let app: Express;
  let browser: Browser;
  let token: string;
  const log: string[] = [];
  const answers: (readonly [string, string])[] = [];

  const write =
    (level: string) =>
    (message: string, fields: object = {}): void =>
      void log.push(JSON.stringify({ level, message, ...fields }));
  const logger: Logger = {
    ...{ debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'laurel-redaction-'));
    const { smtp, credly, accredible, password, ...env } = secrets;
    const settings = readSettings({
      ...env,
      ...{ LAUREL_DATA_DIR: join(folder, 'data'), LAUREL_LOG_LEVEL: 'debug' },
      // Nobody answers there: what fails is logged.
      ...{ LAUREL_LMS_URL: 'http://127.0.0.1:9', LAUREL_LMS_CLIENT_ID: 'laurel' },
      ...{ LAUREL_SMTP_URL: `smtp://laurel:${smtp}@127.0.0.1:9`, LAUREL_MAIL_FROM: 'badges@example.org' },
      LAUREL_PROVIDER_ACCOUNTS: `credly/science=6b1d1a4e-4a4e-4b6e-9d57-0a4c1f9d2c11:${credly} accredible/arts=${accredible}`,
    });
    laurel = await compose(settings, { logger, roles: ['dispatcher'] });
    await meet(laurel, zelda);
    app = createApp(laurel.services);
    token = (await createApiToken(laurel.services, 'tests', 'cli')).token;
    await laurel.stores.access.createAccount({
      ...{ id: 'a1', name: 'root', role: 'administrator', createdAt: new Date() },
      ...{ lmsUsername: null, disabledAt: null },
      passwordHash: await hashPassword(password, { logN: 4, blockSize: 8, parallel: 1 }),
    });
    browser = supertest.agent(app);
    const _csrf = csrfOf((await browser.get('/sign-in')).text);
    await browser
      .post('/sign-in')
      .type('form')
      .send({ _csrf, name: 'root', password: `${password}-mistyped` });
    await browser.post('/sign-in').type('form').send({ _csrf, name: 'root', password });
  });
  after(async () => {
    await laurel.stop();
    rmSync(folder, { recursive: true, maxRetries: 5 });
  });

  /** Something that exists, wherever the path wants an id. */
  async function existing(path: string): Promise<string> {
    const { learners, credentials, jobs, providers } = laurel.stores;
    const credential = (await credentials.credentials({ search: zelda.username, limit: 1 })).items[0]?.id;
    const account = (await providers.accounts())[0];
    const ids: Readonly<Record<string, string | undefined>> = {
      learners: (await learners.findByUsername(zelda.username))?.id,
      badges: 'demo-course',
      events: 'counts',
      'dead-letters': 'letter-own',
      ...{ credentials: credential, mails: credential },
      jobs: (await jobs.list({ limit: 1 })).items[0]?.id,
      ...{ credly: account?.slug, accredible: account?.slug },
    };
    return path
      .replace(/\/([\w-]+)\/:(?:id|badge|learner)/g, (whole, kind: string) =>
        ids[kind] ? `/${kind}/${ids[kind]}` : whole,
      )
      .replace('/:provider/:slug', `/${account?.provider}/${account?.slug}`)
      .replace(':version', '1')
      .replace(/:\w+/g, 'none');
  }

  it('seeds what it looks for', async () => {
    expect((await browser.get('/')).status).to.equal(200);
    expect(await laurel.stores.providers.accounts()).to.have.length(2);
  });

  it('never shows a secret on any page, in any answer or error', async () => {
    for (const { method, path } of [...openRoutes(laurel.services), ...pageRoutes(laurel.services)]) {
      const address = await existing(path);
      const call =
        method === 'get' ? browser.get(address) : browser.post(address).type('form').send({ _csrf: 'wrong' });
      const { status, text = '', headers } = await call.set('Authorization', `Bearer ${token}`);
      answers.push([`${method} ${address} ${status}`, `${text} ${JSON.stringify(headers)}`]);
    }
    for (const body of ['{', JSON.stringify(passingOf({ ...zelda, email: '' }, 'x')), '{"specversion":"1.0"}']) {
      const call = supertest(app).post('/events').type('application/cloudevents+json').send(body);
      const { status, text } = await call.set('Authorization', `Bearer ${secrets.LAUREL_INGEST_TOKEN}`);
      answers.push([`post /events ${status}`, text]);
    }
    expect(answers.filter(([what]) => what.endsWith(' 200')).length).to.be.greaterThan(40);
    for (const [what, text] of answers) {
      for (const [name, secret] of Object.entries({ ...secrets, token }))
        expect(text.includes(secret), `${name} in ${what}`).to.equal(false);
    }
  });

  it('never writes a secret, a name, an address or a username into the log, not even at its most talkative', () => {
    expect(log.length).to.be.greaterThan(20);
    for (const line of log) {
      expect(names(line, zelda), line).to.equal(false);
      for (const [name, secret] of Object.entries({ ...secrets, token }))
        expect(line.includes(secret), `${name} in ${line}`).to.equal(false);
    }
  });

  it('keeps no secret readable in the database', async () => {
    for (const [collection, documents] of await dump(laurel)) {
      for (const text of documents) {
        for (const [name, secret] of Object.entries({ ...secrets, token }))
          expect(text.includes(secret), `${name} in ${collection}`).to.equal(false);
      }
    }
    const found = [...filesBelow(join(folder, 'data'))].flatMap(([path, [text = '']]) =>
      Object.entries(secrets).flatMap(([name, secret]) => (text.includes(secret) ? [`${name} in ${path}`] : [])),
    );
    expect(found).to.deep.equal([]);
  });

  it('names nobody where failures are described', async () => {
    const { items } = await laurel.stores.deadLetters.letters({ limit: 50 });
    const { items: events } = await laurel.stores.events.list({ limit: 50 });
    const { items: credentials } = await laurel.stores.credentials.credentials({ limit: 50 });
    const texts = [
      ...items.map(({ reason }) => JSON.stringify(reason)),
      ...events.map(({ outcome }) => JSON.stringify(outcome)),
      ...credentials.map(({ mail, reason }) => JSON.stringify([mail?.lastError, reason])),
      ...answers.filter(([what]) => what.startsWith('post /events')).map(([, text]) => text),
    ];
    for (const text of texts) expect(names(text, zelda), text).to.equal(false);
  });
});
