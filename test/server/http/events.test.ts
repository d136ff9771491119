import { expect } from 'chai';
import supertest from 'supertest';
import { StoreError } from '../../../plugin/errors.ts';
import { passingEvent, seed } from '../../support/seed.ts';
import { INGEST_TOKEN, makeSite, type Site } from '../../support/web.ts';

const ONE = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';

function send({ app }: Site, body: unknown, type = ONE, token = INGEST_TOKEN): supertest.Test {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return supertest(app).post('/events').set('Authorization', `Bearer ${token}`).set('Content-Type', type).send(text);
}

describe('POST /events', () => {
  const event = passingEvent({ user: 'ada', at: '2026-03-02T10:15:00Z' });
  let site: Site;
  beforeEach(() => {
    site = makeSite();
  });

  it('takes one event, and several, by their content type or as plain JSON', async () => {
    for (const [body, type, accepted] of [
      [event, ONE, 1],
      [event, `${ONE}; charset=utf-8`, 1],
      [[event, event], BATCH, 2],
      [[], BATCH, 0],
      [event, 'application/json', 1],
      [[event], 'application/json', 1],
    ] as const) {
      const answer = await send(site, body, type);
      expect([answer.status, answer.body]).to.deep.equal([202, { accepted }]);
    }
    expect(site.processed).to.have.length(6);
  });

  it('answers only when what the event does is stored', async () => {
    await seed(site);
    await send(site, passingEvent({ user: 'linh', at: '2026-08-01T00:00:00Z' })).expect(202);
    const learner = await site.services.learners.findByUsername('linh');
    const progress = await site.services.progress.load(learner?.id ?? '', 'demo-course');
    expect(progress?.outcome.status).to.equal('awarded');
  });

  it('processes the events of one learner in the order of the batch', async () => {
    const batch = ['a', 'b', 'c', 'd'].flatMap((id) => [
      passingEvent({ user: 'ada', id: `ada-${id}`, at: '2026-03-02T10:15:00Z' }),
      passingEvent({ user: 'grace', id: `grace-${id}`, at: '2026-03-02T10:15:00Z' }),
    ]);
    await send(site, batch, BATCH).expect(202);
    for (const user of ['ada', 'grace']) {
      const ids = site.processed.filter((one) => one.user?.username === user).map(({ id }) => id);
      expect(ids).to.deep.equal(['a', 'b', 'c', 'd'].map((id) => `${user}-${id}`));
    }
  });

  it('takes a batch whole or not at all, and names the event that is wrong', async () => {
    const answer = await send(site, [event, { ...event, type: 'org.openedx.learning.course.pasing.v1' }], BATCH);
    expect(answer.status).to.equal(422);
    expect(answer.headers['content-type']).to.match(/^application\/problem\+json/);
    expect(answer.body).to.include({ status: 422, code: 'event.unknown-type', index: 1 });
    expect(answer.body.detail).to.match(/^event 1 of the list \(counted from 0\): .*; nothing was accepted$/);
    expect(site.processed).to.deep.equal([]);
  });

  it('says what is wrong with a body it cannot take', async () => {
    const { id, ...withoutId } = event;
    for (const [body, type, status, code] of [
      ['{"a":', ONE, 400, 'request.not-json'],
      ['', ONE, 400, 'request.empty'],
      ['"text"', ONE, 400, 'event.malformed'],
      ['null', ONE, 400, 'event.malformed'],
      [withoutId, ONE, 400, 'event.malformed'],
      [event, BATCH, 400, 'request.no-list'],
      [[event], ONE, 400, 'request.list'],
      [event, 'text/plain', 415, 'request.content-type'],
      [{ ...event, padding: 'x'.repeat(70_000) }, ONE, 413, 'request.too-large'],
    ] as const) {
      const answer = await send(site, body, type);
      expect([answer.status, answer.body.code], `${code}: ${answer.body.detail}`).to.deep.equal([status, code]);
      expect(answer.body).to.have.keys('type', 'title', 'status', 'detail', 'code', 'requestId', ...extra(answer.body));
    }
    expect(site.processed).to.deep.equal([]);
  });

  it('keeps the members of a problem document to what RFC 9457 says they are', async () => {
    const answer = await send(site, { ...event, type: 'org.openedx.learning.course.pasing.v1' });
    expect(answer.body).to.include({ type: 'about:blank', status: 422, code: 'event.unknown-type' });
  });

  it('refuses a compressed body that is damaged instead of blaming itself', async () => {
    const answer = await send(site, event).set('Content-Encoding', 'gzip');
    expect([answer.status, answer.body.code, answer.body.detail]).to.deep.equal([
      400,
      'request.unreadable',
      'the request body could not be read; send it again',
    ]);
  });

  it('tells in whole sentences what to do about the commonest refusals', async () => {
    expect((await send(site, '{"a":')).body.detail).to.equal(
      'the body is not valid JSON; send one JSON value in UTF-8',
    );
    expect((await send(site, event, 'text/plain')).body.detail).to.equal(
      'send events as application/cloudevents+json, application/cloudevents-batch+json or application/json',
    );
    expect((await send(site, event, ONE, 'wrong')).body.detail).to.equal(
      'send the token of LAUREL_INGEST_TOKEN, or an API token with the scope "events:write", as "Authorization: Bearer ..."',
    );
    expect((await send(site, { ...event, padding: 'x'.repeat(70_000) })).body.detail).to.equal(
      'the request is larger than 65536 bytes; send less at once',
    );
  });

  it('looks at the token before the body', async () => {
    expect((await send(site, 'x'.repeat(70_000), 'text/plain', 'wrong')).status).to.equal(401);
  });

  it('is shut while no token is set', async () => {
    const shut = makeSite({ settings: { ingestToken: null } });
    const answer = await send(shut, event);
    expect([answer.status, answer.body.detail]).to.deep.equal([
      403,
      'this door is shut: set LAUREL_INGEST_TOKEN to open it, or send an API token with the scope "events:write" as "Authorization: Bearer ..."',
    ]);
  });

  it('asks to come back later while the store is away', async () => {
    const away = makeSite({
      processEvent: async () => {
        throw new StoreError('unavailable', 'the database does not answer; try again');
      },
    });
    const answer = await send(away, event);
    expect([answer.status, answer.headers['retry-after']]).to.deep.equal([503, '10']);
    expect(answer.body).to.include({ code: 'store.unavailable', detail: 'the database does not answer; try again' });
  });

  it('slows down callers that keep being refused, and never those that succeed', async () => {
    for (let call = 0; call < 60; call++) await send(site, event, ONE, 'wrong').expect(401);
    await send(site, event, ONE, 'wrong').expect(429);
    const patient = makeSite();
    for (let call = 0; call < 65; call++) await send(patient, [], BATCH).expect(202);
  });
});

function extra(body: Readonly<Record<string, unknown>>): readonly string[] {
  const usual = ['type', 'title', 'status', 'detail', 'code', 'requestId'];
  return Object.keys(body).filter((key) => !usual.includes(key));
}
