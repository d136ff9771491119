import { expect } from 'chai';
import type { SessionData } from 'express-session';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { connectDatabase, type Database } from '../../../server/mongo/connect.ts';
import { createSessionStore, MongoAccountSessions } from '../../../server/mongo/session-store.ts';
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

  it('are found by their account, and go when they were ended, those that a request under way writes again included', async () => {
    const accountSessions = new MongoAccountSessions(database.connection);
    const site = makeSite({ sessions: await createSessionStore(database.connection, 3600), accountSessions });
    const browser = await site.signIn('editor');
    const [{ id } = { id: '' }] = await site.services.access.accounts();
    const open = await accountSessions.ofAccount({ id, generation: 0 });
    expect(open.map(({ browser: name }) => name)).to.deep.equal(['Unknown browser']);
    expect(open[0]?.lastSeenAt.getTime()).to.be.closeTo(Date.now(), 60_000);
    const sessions = database.connection.collection('sessions');
    const kept = await sessions.findOne({ 'session.identity.accountId': id });
    const account = await site.services.access.endSessions(id);
    await accountSessions.forgetEnded({ id, generation: account?.generation ?? 0 });
    expect(await accountSessions.ofAccount({ id, generation: 1 })).to.deep.equal([]);
    expect(await sessions.countDocuments({ 'session.identity.accountId': id })).to.equal(0);
    if (kept) await sessions.insertOne(kept);
    expect((await browser.get('/badges')).status).to.equal(303);
  });

  it('that earlier versions kept as text go on', async () => {
    const sessions = database.connection.collection('sessions');
    const site = makeSite({ sessions: await createSessionStore(database.connection, 3600) });
    const browser = await site.signIn('operator');
    const kept = await sessions.findOne({ 'session.identity': { $exists: true } }, { sort: { lastModified: -1 } });
    const { generation, browser: _name, ...identity } = kept?.session.identity ?? {};
    expect(generation).to.equal(0);
    const text = JSON.stringify({ ...kept?.session, identity });
    await sessions.updateOne({ _id: kept?._id }, { $set: { session: text } });
    expect((await browser.get('/badges')).status).to.equal(200);
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
