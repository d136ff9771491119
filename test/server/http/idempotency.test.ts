import { expect } from 'chai';
import supertest from 'supertest';
import { MemoryAnswerStore } from '../../../server/http/api/kept-answers.ts';
import { createApiToken } from '../../../server/http/people/tokens.ts';
import { answerStoreContract } from '../../contracts/answer-store.ts';
import { passingEvent, seed } from '../../support/seed.ts';
import { INGEST_TOKEN, makeSite, type Site } from '../../support/web.ts';

answerStoreContract('MemoryAnswerStore', async () => {
  const store = new MemoryAnswerStore();
  return [store, store];
});

describe('Idempotency-Key', () => {
  let site: Site;
  let token: string;
  beforeEach(async () => {
    site = makeSite();
    await seed(site);
    token = (await createApiToken(site.services, 'pipeline', 'cli', { scopes: ['learners:retire'] })).token;
  });

  const event = (id: string) => passingEvent({ user: 'ada', at: '2026-03-02T10:15:00Z', id });
  const send = (key: string, body: object, path = '/events', bearer = INGEST_TOKEN) =>
    supertest(site.app)
      .post(path)
      .set({ Authorization: `Bearer ${bearer}`, 'Idempotency-Key': key })
      .send(body);

  it('gives a call that comes again the answer of the first, and does nothing', async () => {
    const first = await send('k-1', event('e-1'));
    expect([first.status, first.headers['idempotency-replayed']]).to.deep.equal([202, undefined]);
    const processed = site.processed.length;
    const again = await send('k-1', event('e-1'));
    expect([again.status, again.headers['idempotency-replayed'], again.headers['content-type']]).to.deep.equal([
      202,
      'true',
      'application/json; charset=utf-8',
    ]);
    expect(again.body).to.deep.equal(first.body);
    expect(site.processed.length).to.equal(processed);
  });

  it('refuses the key for another body, and takes a new one', async () => {
    await send('k-1', event('e-1')).expect(202);
    const { body } = await send('k-1', event('e-2'))
      .expect(422)
      .expect('content-type', /^application\/problem\+json/);
    expect([body.code, body.detail]).to.deep.equal([
      'request.key-reused',
      'this Idempotency-Key came with another body before; use a new key for another call',
    ]);
    await send('k-2', event('e-2')).expect(202);
  });

  it('belongs to one caller and one address', async () => {
    await send('k-1', event('e-1')).expect(202);
    const retired = await send('k-1', { username: 'grace' }, '/api/v2/user/retire', token).expect(202);
    expect(retired.body.state).to.equal('accepted');
    const again = await send('k-1', { username: 'grace' }, '/api/v2/user/retire/', token).expect(202);
    expect([again.body, again.headers['idempotency-replayed']]).to.deep.equal([retired.body, 'true']);
  });

  it('is refused while the first call is under way', async () => {
    let finish = (): void => {};
    const slow = makeSite({
      processEvent: () =>
        new Promise<void>((resolve) => {
          finish = resolve;
        }),
    });
    const ask = () =>
      supertest(slow.app)
        .post('/events')
        .set({ Authorization: `Bearer ${INGEST_TOKEN}`, 'Idempotency-Key': 'k-1' })
        .send(event('e-1'));
    const first = ask().then((answer) => answer.status);
    const begun = finish;
    while (finish === begun) await new Promise((resolve) => setTimeout(resolve, 2));
    const { body } = await ask().expect(409).expect('retry-after', '1');
    expect([body.code, body.detail]).to.deep.equal([
      'request.under-way',
      'a call with this Idempotency-Key is under way; wait for its answer, or send it again in a moment',
    ]);
    finish();
    expect(await first).to.equal(202);
    await ask().expect(202).expect('idempotency-replayed', 'true');
  });

  it('is free again after a refusal', async () => {
    await send('k-1', { not: 'an event' }).expect(400);
    let answer = await send('k-1', event('e-1'));
    // Freed once the answer is out.
    while (answer.body.code === 'request.under-way') answer = await send('k-1', event('e-1'));
    expect(answer.status).to.equal(202);
  });

  it('must be one', async () => {
    for (const key of ['', 'two words', 'x'.repeat(256)]) {
      const { body } = await send(key, event('e-1')).expect(400);
      expect([body.code, body.detail]).to.deep.equal([
        'request.idempotency-key',
        'Idempotency-Key must be 1 to 255 printable characters without blanks; a UUID is usual',
      ]);
    }
  });
});
