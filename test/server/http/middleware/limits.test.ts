import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import supertest from 'supertest';
import { silentLogger } from '../../../../plugin/ports/runtime.ts';
import { pageRoutes } from '../../../../server/http/app.ts';
import { Lifecycle } from '../../../../server/lifecycle.ts';
import { listen } from '../../../../server/listen.ts';
import { StandingLimits } from '../../../support/standing-limits.ts';
import { makeSite, submit } from '../../../support/web.ts';

/** With the keys they were asked for. */
function watchedLimits(): { readonly rateLimits: StandingLimits; readonly keys: string[] } {
  const keys: string[] = [];
  const rateLimits = new StandingLimits();
  const take = rateLimits.take.bind(rateLimits);
  rateLimits.take = (key, limit, now) => {
    keys.push(key);
    return take(key, limit, now);
  };
  return { rateLimits, keys };
}

describe('limits on what may be tried', function () {
  this.timeout(60_000);

  it('are one for all processes: half of the tries in each are all that there are', async () => {
    const rateLimits = new StandingLimits();
    const [one, other] = [makeSite({ rateLimits }), makeSite({ rateLimits })];
    const verify = (index: number) =>
      supertest((index % 2 ? one : other).app).get('/verify/00000000-0000-4000-9000-000000000002');
    for (let index = 0; index < 120; index++) expect((await verify(index)).status).to.equal(404);
    expect((await verify(0)).status).to.equal(429);
    const refused = await verify(1);
    expect(refused.status).to.equal(429);
    expect(Number(refused.headers['retry-after'])).to.be.within(1, 60);
  });

  it('count failed sign-ins for an account from anywhere, and no sign-in that succeeds', async () => {
    const rateLimits = new StandingLimits();
    const sites = [makeSite({ rateLimits }), makeSite({ rateLimits })];
    for (let times = 0; times < 12; times++) await sites[0]?.signIn('viewer').catch(() => null);
    const attempt = async (index: number) => {
      const site = sites[index % 2] ?? makeSite();
      return (await submit(site.browser(), '/sign-in', '/sign-in', { name: 'root', password: 'wrong' })).status;
    };
    const answers: number[] = [];
    for (let index = 0; index < 11; index++) answers.push(await attempt(index));
    expect(answers.slice(0, 10)).to.not.include(429);
    expect(answers[10]).to.equal(429);
  });

  it('hold for searches by account and address, and store neither', async () => {
    const { rateLimits, keys } = watchedLimits();
    const site = makeSite({ rateLimits });
    const browser = await site.signIn('viewer');
    let status = 200;
    for (let call = 0; call < 301; call++) status = (await browser.get('/learners?search=ada')).status;
    expect(status).to.equal(429);
    expect((await browser.get('/learners')).status).to.equal(200);
    expect((await browser.get('/learners?search=')).status).to.equal(200);
    for (const key of keys) expect(key).to.match(/^(costly|sign-in address|sign-in account) [\w-]{22,43}$/);
  });

  it('hold for every export, of lists too, and for previews', async () => {
    const { rateLimits, keys } = watchedLimits();
    const site = makeSite({ rateLimits });
    const browser = await site.signIn('administrator');
    const exports = pageRoutes(site.services).filter(({ path }) => /\/exports?\b|\/preview$/.test(path));
    expect(exports.map(({ path }) => path)).to.include.members([
      '/exports/learners.csv',
      '/rules/export',
      '/configurations/:id/schedule/preview',
    ]);
    for (const { method, path } of exports) {
      keys.length = 0;
      await browser[method](path);
      expect(
        keys.filter((key) => key.startsWith('costly ')),
        path,
      ).to.have.length(1);
    }
  });

  it('cannot be counted while the database is away: nothing is tried then', async () => {
    const { StoreError } = await import('../../../../plugin/errors.ts');
    const away = () => Promise.reject(new StoreError('unavailable', 'the database does not answer'));
    const site = makeSite({ rateLimits: { take: away, giveBack: away } });
    expect((await supertest(site.app).get('/verify/00000000-0000-4000-9000-000000000002')).status).to.equal(503);
  });
});

describe('a connection that never finishes what it says', function () {
  this.timeout(30_000);

  it('is ended by the server', async () => {
    const lifecycle = new Lifecycle(silentLogger);
    const patience = { headersMs: 1_500, requestMs: 2_500, idleMs: 10_000, checkMs: 50 };
    const { port, serve } = await listen({ port: 0, host: '127.0.0.1', lifecycle, patience });
    serve((request, response) => void request.resume().once('end', () => response.end('ok')));
    const answerTo = async (text: string): Promise<string> => {
      const socket = connect(port, '127.0.0.1');
      let answer = '';
      socket.on('data', (chunk) => {
        answer += chunk.toString();
      });
      socket.on('error', () => {});
      socket.write(text);
      await once(socket, 'close');
      return answer.split('\r\n')[0] ?? '';
    };
    const timeout = 'HTTP/1.1 408 Request Timeout';
    expect(await answerTo('GET / HTTP/1.1\r\nhost: x\r\nx-slow: ')).to.equal(timeout);
    expect(await answerTo('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nslow')).to.equal(timeout);
    expect(await answerTo('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')).to.equal('HTTP/1.1 200 OK');
    await lifecycle.stop();
  });

  it('is ended when an answer is asked for and not read', async () => {
    const lifecycle = new Lifecycle(silentLogger);
    const patience = { headersMs: 5_000, requestMs: 5_000, idleMs: 300, checkMs: 50 };
    const { port, serve } = await listen({ port: 0, host: '127.0.0.1', lifecycle, patience });
    const left = new Promise<void>((resolve) => {
      serve((_, response) => {
        response.once('close', () => resolve());
        // more than any buffer between the two takes
        response.end(Buffer.alloc(64 * 1024 * 1024));
      });
    });
    const socket = connect(port, '127.0.0.1').pause();
    socket.on('error', () => {});
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await left;
    socket.destroy();
    await lifecycle.stop();
  });
});
