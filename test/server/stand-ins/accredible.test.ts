import { expect } from 'chai';
import {
  AccredibleStandIn,
  type AccredibleStandInOptions,
  DEMO_KEY,
} from '../../../server/stand-ins/accredible/server.ts';

describe('the stand-in for Accredible', () => {
  let accredible: AccredibleStandIn;
  afterEach(() => accredible.close());

  async function open(options: AccredibleStandInOptions = {}): Promise<void> {
    accredible = new AccredibleStandIn({ groups: [{ id: 1 }, { id: 2, department_id: 7 }], ...options });
    await accredible.open();
  }

  async function call(method: string, path: string, body?: object, key = DEMO_KEY) {
    const answer = await fetch(accredible.url + path, {
      method,
      headers: { authorization: `Token token=${key}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, type: answer.headers.get('content-type'), text, data: parsed(text) };
  }

  const create = (fields: object = {}, key = DEMO_KEY) =>
    call(
      'POST',
      '/v1/credentials',
      { credential: { group_id: 1, recipient: { name: 'Ada', email: 'ada@example.edu' }, ...fields } },
      key,
    );

  it('creates with 200, names it by text once and by number in lists', async () => {
    await open();
    const { status, data } = await create({ id: 'ours' });
    expect([status, typeof data.credential.id]).to.deep.equal([200, 'string']);
    const listed = await call('POST', '/v2/credentials/search', { query: { license_id: 'ours' } });
    expect(listed.data.credentials.map(({ id }: { id: unknown }) => typeof id)).to.deep.equal(['number']);
    expect((await call('GET', '/v1/credentials/ours')).data.credential.id).to.equal(data.credential.id);
  });

  it('creates without publishing when there are no credits, and publishes on a change', async () => {
    await open({ credits: 0 });
    const { status, data } = await create();
    expect([status, data.credential.approve]).to.deep.equal([200, false]);
    await call('POST', '/stand-in/settings', { credits: 1 });
    const path = `/v1/credentials/${data.credential.id}`;
    expect((await call('PUT', path, { credential: { approve: true } })).data.credential.approve).to.equal(true);
    expect(accredible.world.credits).to.equal(0);
  });

  it('has errors of every documented shape', async () => {
    await open({ keys: { [DEMO_KEY]: null, science: 7 } });
    const denied = await call('GET', '/v1/issuer/details', undefined, 'wrong');
    expect([denied.status, denied.type, denied.text]).to.deep.equal([401, 'text/plain', 'HTTP Token: Access denied.']);
    expect((await create({}, 'science')).data).to.deep.equal({ success: false, data: 'Group does not exist' });
    expect((await create({ recipient: {} })).data).to.deep.equal({
      errors: 'Can not create credential without recipient data',
    });
    expect((await create({ issued_on: '2026-02-03T10:00:00Z' })).data).to.deep.equal({
      errors: { issued_on: ['is not a date'] },
    });
    expect((await call('GET', '/v1/credentials/404')).data).to.deep.equal({ errors: "Doesn't exist" });
    expect((await call('PATCH', '/v1/credentials/1', {})).data).to.deep.equal({ error: 'Not found' });
    const search = await call('POST', '/v2/credentials/search', { page: { from: 0, cursor: 'x' } });
    expect([search.status, search.data.status]).to.deep.equal([400, 'invalid_search_query']);
    await create();
    expect((await create()).status).to.equal(422);
  });

  it('names a page that is none and the next one that is', async () => {
    await open({ groups: Array.from({ length: 60 }, (_, at) => ({ id: at + 1 })) });
    const first = await call('GET', '/v1/issuer/all_groups?page=1&page_size=50');
    const second = await call('POST', '/v1/issuer/groups/search', { page: 2, page_size: 50 });
    expect([first.data.meta.current_page, first.data.meta.next_page]).to.deep.equal([1, 2]);
    expect([second.data.meta.current_page, second.data.meta.next_page]).to.deep.equal([1, null]);
    expect(second.data.groups).to.have.length(10);
  });

  it('counts calls in ten periods of thirty seconds', async () => {
    let now = 0;
    await open({ callsPerFiveMinutes: 3, now: () => now });
    const ask = async () => (await call('GET', '/v1/issuer/details')).status;
    expect([await ask(), await ask(), await ask(), await ask()]).to.deep.equal([200, 200, 200, 429]);
    now = 270_000;
    expect(await ask()).to.equal(429);
    now = 600_000;
    expect(await ask()).to.equal(200);
  });

  it('does not know at once what was created, where it is said so', async () => {
    let now = 1_000;
    await open({ indexLagMs: 500, now: () => now });
    await create();
    const found = async () => (await call('POST', '/v2/credentials/search', {})).data.credentials.length;
    expect(await found()).to.equal(0);
    now = 1_500;
    expect(await found()).to.equal(1);
  });

  it('is steered from outside', async () => {
    await open();
    const { data } = await create();
    await call('POST', `/stand-in/credentials/${data.credential.id}/expire`);
    expect(accredible.world.credentials[0]?.expiredOn).not.to.equal(null);
    await call('POST', '/stand-in/groups', { id: 9 });
    await call('POST', '/stand-in/groups/2/delete');
    const { data: state } = await call('GET', '/stand-in/state');
    expect(state.groups.map(({ id }: { id: number }) => id)).to.deep.equal([1, 9]);
    expect((await call('GET', '/')).data['This is']).to.equal('a stand-in for Accredible');
    expect((await call('POST', '/stand-in/nothing')).status).to.equal(404);
  });
});

function parsed(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
