import { expect } from 'chai';
import { InputError, NotFoundError } from '../../../plugin/errors.ts';
import { toFindingKinds } from '../../../plugin/providers/comparison/findings.ts';
import { findAccount } from '../../../plugin/providers/comparison/request.ts';
import { aTemplate } from '../../support/account-directory.ts';
import { passing } from '../../support/badge-world.ts';
import { aComparisonWorld, type ComparisonWorld, GROUP } from '../../support/comparison-world.ts';

const PEOPLE = ['ada', 'bob', 'cleo'].map((username, at) => ({ username, lmsUserId: at + 1, name: username }));

describe('a comparison with a provider', () => {
  let world: ComparisonWorld;
  beforeEach(async () => {
    world = await aComparisonWorld();
    for (const [at, person] of PEOPLE.entries()) await world.run(passing(true, at, person));
  });
  afterEach(() => world.close());

  const credentialOf = (username: string) => {
    const found = world.accredible.world.credentials.find(({ recipient }) => recipient.name === username);
    if (!found) throw new Error(`no credential of ${username}`);
    return found;
  };
  const progressOf = async (username: string) => {
    const learner = await world.learners.findByUsername(username);
    const found = await world.progress.load(learner?.id ?? '', 'demo');
    if (!found) throw new Error(`no progress of ${username}`);
    return found;
  };
  const kinds = async () => (await world.compare()).findings.map(({ kind }) => kind);

  it('finds nothing where both have the same', async () => {
    const { job, findings } = await world.compare();
    expect([job.state, job.error]).to.deep.equal(['done', null]);
    expect(job.counts).to.deep.equal({ same: 3 });
    expect(job.result).to.deep.equal({ listed: 3 });
    expect(findings).to.deep.equal([]);
  });

  it('finds what is missing there, and has it awarded again on request', async () => {
    const gone = credentialOf('bob');
    world.accredible.world.remove(gone);
    const { job, findings } = await world.compare();
    const { learnerId } = await progressOf('bob');
    expect(findings).to.deep.equal([
      {
        kind: 'missing',
        learnerId,
        badgeId: 'demo',
        number: 1,
        externalId: String(gone.id),
        templateId: String(GROUP),
        here: 'accepted',
        there: null,
      },
    ]);
    expect(job.counts).to.deep.equal({ same: 2, missing: 1 });
    const mended = await world.mend(job, 'missing');
    expect(mended.counts).to.deep.equal({ 'put right': 1 });
    expect((await progressOf('bob')).issued[0]?.externalId).to.equal(String(credentialOf('bob').id));
    expect(await kinds()).to.deep.equal([]);
    expect((await world.mend(job, 'missing')).counts).to.deep.equal({ 'left alone': 1 });
    expect(world.accredible.world.credentials).to.have.length(3);
  });

  it('does not call missing what only the index does not know yet', async () => {
    world.accredible.indexLagMs = 86_400_000;
    const { job, findings } = await world.compare();
    expect(findings).to.deep.equal([]);
    expect(job.counts).to.deep.equal({ 'there, but not listed': 3 });
  });

  it('finds what is extra there, and whom it belongs to where that is known', async () => {
    const create = (name: string, email: string) =>
      world.accredible.world.create({ group_id: 1, recipient: { name, email } }, null);
    const known = create('Ada', 'Ada@example.com');
    const unknown = create('Zoe', 'zoe@example.com');
    const { job, findings } = await world.compare();
    const ada = await world.learners.findByUsername('ada');
    const nothing = { badgeId: null, number: null, templateId: '1', here: null, there: 'accepted' };
    expect(findings).to.deep.equal([
      { kind: 'extra-known', learnerId: ada?.id, externalId: String(known.id), ...nothing },
      { kind: 'extra-unknown', learnerId: null, externalId: String(unknown.id), ...nothing },
    ]);
    const keys = await world.scratch.next(job.id, null, 100);
    expect(keys.join(' ').toLowerCase()).to.not.contain('example.com').and.not.contain('zoe');
    const before = world.accredible.calls.length;
    await world.mend(job, 'extra-known', 'extra-unknown');
    expect(world.accredible.calls).to.have.length(before);
  });

  it('finds what was issued while we never heard of it, and takes it over', async () => {
    world.accredible.fail({ match: 'POST /v1/credentials', kind: 'drop', when: 'after' });
    await world.run(passing(true, 9, { username: 'dan', lmsUserId: 9, name: 'dan' }));
    expect((await progressOf('dan')).issued[0]?.externalId).to.equal(null);
    const { job, findings } = await world.compare();
    expect(findings.map(({ kind }) => kind)).to.deep.equal(['unconfirmed']);
    await world.mend(job, 'unconfirmed');
    const { issued, effects } = await progressOf('dan');
    expect(issued[0]).to.deep.include({ externalId: String(credentialOf('dan').id), externalState: 'accepted' });
    expect(effects.map(({ state }) => state)).to.deep.equal(['done', 'done']);
    expect(world.accredible.world.credentials).to.have.length(4);
  });

  it('finds what stands there and not here, and takes it back once more', async () => {
    await world.run(passing(false, 20, PEOPLE[1]));
    expect(credentialOf('bob').expiredOn).not.to.equal(null);
    credentialOf('bob').expiredOn = null;
    const { job, findings } = await world.compare();
    expect(findings.map(({ kind, here, there }) => [kind, here, there])).to.deep.equal([
      ['stands-there', 'expired', 'accepted'],
    ]);
    expect((await world.mend(job, 'stands-there')).counts).to.deep.equal({ 'put right': 1 });
    expect(credentialOf('bob').expiredOn).not.to.equal(null);
    expect(await kinds()).to.deep.equal([]);
  });

  it('never takes back what another award of the same badge needs', async () => {
    const { learnerId, badgeId, issued } = await progressOf('bob');
    const latest = await world.progress.load(learnerId, badgeId);
    const [first] = issued;
    if (!latest || !first) throw new Error('no badge');
    await world.progress.save({
      ...latest,
      issued: [
        { ...first, revokedAt: first.awardedAt },
        { ...first, number: 2, uuid: '99999999-0000-4000-8000-000000000002' },
      ],
    });
    expect(await kinds()).to.deep.equal([]);
  });

  it('finds what was taken back there and not here, and records it', async () => {
    credentialOf('cleo').expiredOn = '2026-03-02';
    const { job, findings } = await world.compare();
    expect(findings.map(({ kind, here, there }) => [kind, here, there])).to.deep.equal([
      ['revoked-there', 'accepted', 'expired'],
    ]);
    await world.mend(job, 'revoked-there');
    expect((await progressOf('cleo')).issued[0]?.externalState).to.equal('expired');
    expect((await world.compare()).job.counts).to.deep.equal({ same: 2, 'on record': 1 });
  });

  it('goes on where it was when a step fails, and begins the list again in another process', async () => {
    for (let at = 0; at < 120; at++)
      world.accredible.world.create({ group_id: 1, recipient: { name: 'X', email: `x${at}@example.org` } }, null);
    world.accredible.fail({ match: '/v2/credentials/search', kind: 'status', status: 503, times: 3 });
    const { job } = await world.compare();
    expect([job.state, job.error?.code]).to.deep.equal(['running', 'provider.unavailable']);
    world.clock.advance(120_000);
    await world.runJob('refresh-badges', { turn: 0 });
    const ended = await world.jobStore.get(job.id);
    expect(ended?.counts).to.deep.equal({ same: 3, 'extra-unknown': 120 });
  });

  it('calls nothing missing that another account may have issued', async () => {
    world.accredible.world.remove(credentialOf('bob'));
    const other = { ...world.account, id: 'account-2', slug: 'other' };
    await world.accounts.saveAccount(other);
    await world.accounts.saveTemplate(aTemplate('accredible', String(GROUP), { accountId: 'account-2', version: 0 }));
    const { findings } = await world.compare();
    expect(findings).to.deep.equal([]);
  });
});

describe('asking for a comparison', () => {
  const account = (provider: string, slug: string) => ({ provider, slug, name: slug }) as never;

  it('names the account by its slug, and the provider where that is not enough', () => {
    const accounts = [account('credly', 'main'), account('accredible', 'main'), account('accredible', 'art')];
    expect(findAccount(accounts, 'art')).to.deep.equal(accounts[2]);
    expect(findAccount(accounts, 'credly/main')).to.deep.equal(accounts[0]);
    expect(() => findAccount(accounts, 'main')).to.throw(
      InputError,
      'several accounts are called "main"; write credly/main or accredible/main',
    );
    expect(() => findAccount(accounts, 'none')).to.throw(
      NotFoundError,
      'there is no account "none"; those there are: credly/main, accredible/main, accredible/art',
    );
  });

  it('takes only what can be put right', () => {
    expect(toFindingKinds(['missing', 'state'])).to.deep.equal(['missing', 'state']);
    expect(() => toFindingKinds(['extra-known'])).to.throw(
      InputError,
      '"extra-known" cannot be put right; choose from missing, unconfirmed, stands-there, revoked-there, state',
    );
  });
});
