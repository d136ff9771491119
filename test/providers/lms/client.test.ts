import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { createLmsClient, type LmsClientParts } from '../../../providers/lms/client.ts';
import { LmsError } from '../../../providers/lms/lms-error.ts';
import { CLIENT } from '../../../server/stand-ins/lms/stand-in-lms.ts';
import { COURSE, type LmsWorld, lmsWorld } from '../../support/lms-world.ts';

const ME = { what: 'the user of our application', path: '/api/user/v1/me' };

async function failure(work: Promise<unknown>): Promise<LmsError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof LmsError) return error;
    throw error;
  }
  throw new Error('nothing failed');
}

describe('the client of the LMS', () => {
  let world: LmsWorld;
  beforeEach(async () => {
    world = await lmsWorld();
  });
  afterEach(() => world.close());

  const tokens = () => world.server.requests.filter((request) => request.startsWith('POST /oauth2')).length;
  function client(parts: Partial<LmsClientParts> = {}) {
    return createLmsClient({
      baseUrl: world.server.url,
      ...CLIENT,
      sleep: async (ms) => {
        world.waits.push(ms);
        world.advance(ms);
      },
      ...parts,
    });
  }

  it('signs in once for many requests, also side by side', async () => {
    const lms = client();
    const found = await Promise.all(Array.from({ length: 5 }, () => lms.get(ME)));
    expect(found).to.deep.equal(Array.from({ length: 5 }, () => ({ username: 'issuer' })));
    expect(tokens()).to.equal(1);
  });

  it('renews a token shortly before it ends, and once when the LMS does not accept it any more', async () => {
    const begun = Date.now();
    let offset = 0;
    const lms = client({ now: () => begun + offset });
    await lms.get(ME);
    offset = 3_569_000;
    await lms.get(ME);
    expect(tokens()).to.equal(1);
    offset = 3_571_000;
    await lms.get(ME);
    expect(tokens()).to.equal(2);
    world.server.revokeTokens();
    expect(await lms.get(ME)).to.deep.equal({ username: 'issuer' });
    expect(tokens()).to.equal(3);
  });

  it('gives up when the LMS accepts a new token neither', async () => {
    world.server.failNext('/api/user/v1/me', 401, 2);
    expect((await failure(client().get(ME))).message).to.equal(
      'the LMS does not accept our token for the user of our application; check LAUREL_LMS_CLIENT_ID and that its application still exists in the LMS',
    );
    expect(tokens()).to.equal(2);
  });

  it('says that the client is not known, without its secret', async () => {
    const error = await failure(client({ clientSecret: 'a wrong secret' }).get(ME));
    expect(error.message).to.equal(
      'the LMS does not know LAUREL_LMS_CLIENT_ID with LAUREL_LMS_CLIENT_SECRET; compare them with the application in its Django admin',
    );
    expect(error.retry).to.equal('never');
    expect(JSON.stringify([error, error.message, error.stack, error.cause])).not.to.contain('a wrong secret');
  });

  it('waits as long as a throttled LMS asks, together with the requests beside it', async () => {
    const lms = client({ now: () => Date.now() });
    world.server.perMinute = 2;
    const begun = Date.now();
    await Promise.all([lms.get(ME), lms.get(ME)]);
    await lms.get(ME);
    expect(world.waits).to.have.length(1);
    // a minute from the first of them, less what the requests have taken
    expect(world.waits[0]).to.be.within(59_000 - (Date.now() - begun), 61_000);
  });

  it('comes back later to an LMS that is throttled for too long', async () => {
    const lms = client({ now: () => Date.now(), sleep: async (ms) => void world.waits.push(ms) });
    world.server.perMinute = 0;
    const error = await failure(lms.get(ME));
    expect(error).to.deep.include({ code: 'provider.unavailable', retry: 'later', status: 429 });
    expect(error.message).to.equal('the LMS asks us to come back later for the user of our application (429)');
    expect(world.waits.length).to.be.within(19, 40);
  });

  it('tries again when the LMS is away for a moment, and not for ever', async () => {
    world.server.failNext('/me', 503, 2);
    world.server.failNext('/me', 0, 1);
    expect(await client().get(ME)).to.deep.equal({ username: 'issuer' });
    expect(world.waits).to.have.length(3);
    world.server.failNext('/me', 502, 99);
    const error = await failure(client().get(ME));
    expect(error.message).to.equal('the LMS failed to give the user of our application (502)');
    expect(error.retry).to.equal('later');
    expect(world.waits).to.have.length(6);
  });

  it('does not repeat what was refused', async () => {
    world.server.failNext('/me', 403, 1);
    expect((await failure(client().get(ME))).message).to.equal(
      'the LMS does not let us read the user of our application; the user of our application must be staff ("laurel lms check" tells more)',
    );
    expect(world.waits).to.deep.equal([]);
  });

  it('keeps what was asked, and of whom, out of its errors', async () => {
    const query = new URLSearchParams({ username: 'ada', email: 'ada@example.com' });
    for (const status of [0, 400, 403, 404, 500, 502]) {
      world.server.failNext('/accounts', status, 9);
      const error = await failure(client().get({ what: 'accounts of learners', path: '/api/user/v1/accounts', query }));
      expect(JSON.stringify([error, error.message, error.stack, error.cause, error.details])).not.to.match(/ada|JWT/);
      for (let more = 0; more < 9; more++) await client().get(ME);
      await world.close();
      world = await lmsWorld();
    }
  });

  it('stops waiting when it is told to', async () => {
    const stop = new AbortController();
    world.server.failNext('/me', 503, 9);
    const lms = client({ sleep: async () => stop.abort() });
    expect((await failure(lms.get({ ...ME, signal: stop.signal }))).message).to.equal(
      'the server is stopping and does not wait for the user of our application any more',
    );
  });

  it('encodes course keys so that a + stays one', async () => {
    const query = new URLSearchParams({ course_id: COURSE });
    const page = await client().get({ what: 'enrollments', path: '/api/enrollment/v1/enrollments', query });
    expect(page).to.deep.equal({ next: null, previous: null, results: [] });
  });
});

describe('the client of an LMS that misbehaves', () => {
  let server: Server;
  let lms: ReturnType<typeof createLmsClient>;
  async function answering(handle: RequestListener, parts: Partial<LmsClientParts> = {}) {
    server = createServer(handle);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    lms = createLmsClient({ baseUrl: `http://127.0.0.1:${port}`, ...CLIENT, sleep: async () => {}, ...parts });
  }
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const withToken =
    (handle: RequestListener): RequestListener =>
    (request, response) => {
      if (request.url === '/oauth2/access_token')
        response.end(JSON.stringify({ access_token: 'a.b.c', expires_in: 3600, token_type: 'JWT' }));
      else handle(request, response);
    };

  it('D8: does not follow a redirect, and takes the token nowhere', async () => {
    const asked: string[] = [];
    await answering(
      withToken((request, response) => {
        asked.push(request.url ?? '');
        response.writeHead(302, { location: '/elsewhere' }).end();
      }),
    );
    expect((await failure(lms.get(ME))).message).to.equal(
      'the LMS redirects the user of our application to another address; LAUREL_LMS_URL must be the address that answers itself',
    );
    expect(asked).to.deep.equal(['/api/user/v1/me']);
  });

  it('D8: does not take in more than a bounded reply', async () => {
    await answering(
      withToken((_, response) => response.end(`"${'x'.repeat(5_000)}"`)),
      { maxBytes: 2_000 },
    );
    expect((await failure(lms.get(ME))).message).to.equal(
      'the LMS gave more than 2000 bytes for the user of our application',
    );
  });

  it('D8: does not wait for ever, neither for an answer nor for its end', async () => {
    const slow = withToken((_, response) => void response.write('{'));
    await answering(slow, { timeoutMs: 500 });
    const error = await failure(lms.get(ME));
    expect(error.message).to.equal('the LMS did not give the user of our application within 0.5 s');
    expect(error.retry).to.equal('later');
  });

  it('refuses a token that is no JWT', async () => {
    await answering((_, response) => response.end(JSON.stringify({ access_token: 'opaque', token_type: 'Bearer' })));
    expect((await failure(lms.get(ME))).message).to.equal(
      'the LMS gave no JWT as access token; is LAUREL_LMS_URL the address of an LMS?',
    );
  });

  it('is not satisfied with a page', async () => {
    await answering(withToken((_, response) => response.end('<html>Please log in</html>')));
    expect((await failure(lms.get(ME))).message).to.equal(
      'the LMS answers with something else than JSON for the user of our application; is LAUREL_LMS_URL its address, without a login page in front?',
    );
  });

  it('says that nobody listens', async () => {
    await answering(() => {});
    await new Promise<void>((resolve) => server.close(() => resolve()));
    expect((await failure(lms.get(ME))).message).to.equal(
      'the LMS cannot be reached for an access token (ECONNREFUSED); LAUREL_LMS_URL says where it is',
    );
  });
});
