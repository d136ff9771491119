import { expect } from 'chai';
import type { SessionData } from 'express-session';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { connectDatabase, type Database } from '../../../server/mongo/connect.ts';
import { createSessionStore } from '../../../server/mongo/session-store.ts';
import { testDatabase } from '../../support/database.ts';
import { makeSite } from '../../support/web.ts';

describe('sessions in MongoDB', () => {
  let server: Awaited<ReturnType<typeof testDatabase>>;
  let database: Database;
  before(async () => {
    server = await testDatabase();
    database = await connectDatabase({ uri: server.uri, logger: silentLogger });
  });
  after(async () => {
    await database?.close();
    await server?.close();
  });

  it('carry a sign-in from one process to another, and end everywhere at once', async () => {
    const site = makeSite({ sessions: await createSessionStore(database.connection, 3600) });
    const browser = await site.signIn('viewer');
    const page = await browser.get('/badges');
    expect(page.status).to.equal(200);
    const cookie = String(page.headers['set-cookie']?.[0]).split(';')[0] ?? '';
    const other = makeSite({
      sessions: await createSessionStore(database.connection, 3600),
      access: site.services.access,
    });
    expect((await other.browser().get('/badges').set('Cookie', cookie)).status).to.equal(200);
    const token = /name="_csrf" value="([^"]+)"/.exec(page.text)?.[1];
    await browser.post('/sign-out').type('form').send({ _csrf: token }).expect(303);
    expect((await other.browser().get('/badges').set('Cookie', cookie)).status).to.equal(303);
  });

  it('are forgotten by the database itself when their time is over', async () => {
    const indexes = await database.connection.collection('sessions').indexes();
    expect(indexes.some(({ expireAfterSeconds }) => expireAfterSeconds === 0)).to.equal(true);
  });

  it('answer 503 and ask for patience while the database is away', async () => {
    const store = await createSessionStore(database.connection, 3600);
    const site = makeSite({ sessions: store });
    const browser = await site.signIn('viewer');
    store.get = (_id: string, callback: (error: unknown, session?: SessionData | null) => void) =>
      callback(new Error('connection refused to mongodb://secret@host'));
    const answer = await browser.get('/badges');
    expect([answer.status, answer.headers['retry-after']]).to.deep.equal([503, '10']);
    expect(answer.text).to.include('The database cannot be reached; wait a moment and try again.');
    expect(answer.text).not.to.include('secret@host');
  });
});
