import { expect } from 'chai';
import { createRuleFollower, type RuleFollower } from '../../../../plugin/badges/replay/follow-rules.ts';
import { fromParameters } from '../../../../plugin/badges/replay/replay-request.ts';
import { createRuleBook, type RuleBook } from '../../../../plugin/badges/rule-book.ts';
import { createRuleChanges, type RuleChanges } from '../../../../plugin/badges/rule-changes.ts';
import { createRuleReader } from '../../../../plugin/badges/rule-reader.ts';
import { StoreError } from '../../../../plugin/errors.ts';
import { ruleEnvironment } from '../../../../plugin/events/environment.ts';
import { createJobs } from '../../../../plugin/jobs/request-job.ts';
import { staleBadge } from '../../../../plugin/ports/badge-store.ts';
import { MemoryBadgeStore } from '../../../../plugin/ports/memory-badge-store.ts';
import { MemoryJobStore } from '../../../../plugin/ports/memory-job-store.ts';
import { silentLogger } from '../../../../plugin/ports/runtime.ts';
import { StandingClock } from '../../../support/badge-world.ts';
import { noTemplates } from '../../../support/no-templates.ts';
import { PASSING } from '../../../support/rule-values.ts';

const environment = ruleEnvironment({ enabledEventTypes: null, providers: ['memory'] });
const rule = (id: string, { active = true, where = 'is_passing', name = '' } = {}) =>
  `badge "${id}" {\n${name === '' ? '' : `  name   "${name}"\n`}  active ${active}\n\n  requirement r {\n    on    ${PASSING}\n    where ${where}\n  }\n}\n`;

describe('what follows a change of rules', () => {
  let clock: StandingClock;
  let store: MemoryBadgeStore;
  let jobStore: MemoryJobStore;
  let book: RuleBook;
  let changes: RuleChanges;

  function begin(alone = false): void {
    clock = new StandingClock();
    store = new MemoryBadgeStore();
    jobStore = new MemoryJobStore();
    let ids = 0;
    const jobs = createJobs({ store: jobStore, clock, ids: { uuid: () => `job-${++ids}` } });
    const follower: RuleFollower = createRuleFollower({ jobs, read: createRuleReader(environment), clock, alone });
    book = createRuleBook({ store, environment, clock, logger: silentLogger, follower });
    changes = createRuleChanges({ store, ruleBook: book, environment, clock, follower, templates: noTemplates });
  }
  beforeEach(() => begin());

  const save = async (text: string, expectedVersion: number): Promise<string | null> => {
    const saved = await book.saveBadge(text, { expectedVersion, actor: 'ada', reason: 'a test' });
    return saved.ok ? saved.replay : expect.fail('refused');
  };
  const jobs = async () => (await jobStore.list({ limit: 99 })).items;

  it('is a replay where the meaning of an active badge changed', async () => {
    await save(rule('a'), 0);
    const id = await save(rule('a', { where: 'not is_passing' }), 1);
    const [job, ...others] = await jobs();
    expect(others).to.deep.equal([]);
    expect(job).to.deep.include({ id, kind: 'replay', state: 'waiting', requestedBy: 'ada', reason: 'a test' });
    expect(job?.title).to.equal('Bring learners up to date with badge "a"');
    expect(fromParameters(job?.parameters ?? {})).to.deep.include({
      badges: ['a'],
      membership: 'as-received',
      everybody: true,
      after: { badge: 'a', version: 1 },
    });
    expect(job?.dueAt).to.deep.equal(new Date(clock.now().getTime() + 5_000));
  });

  it('is nothing where nobody can gain or lose anything by it', async () => {
    expect(await save(rule('a'), 0), 'a new badge').to.equal(null);
    expect(await save(rule('a', { name: 'A' }), 1), 'a name').to.equal(null);
    expect(await save(`# why\n${rule('a', { name: 'A' })}`, 2), 'a comment').to.equal(null);
    expect(await save(rule('a', { active: false }), 3), 'switched off').to.equal(null);
    expect(await save(rule('a', { active: false, where: 'not is_passing' }), 4), 'while switched off').to.equal(null);
    expect(await save(rule('a', { where: 'not is_passing' }), 5), 'switched on').not.to.equal(null);
  });

  it('is a replay for a badge that comes back, and for a new one that waits for others', async () => {
    await save(rule('a'), 0);
    const follower = `badge "b" {\n  active true\n\n  requirement r {\n    on badge "a" awarded\n  }\n}\n`;
    expect(await save(follower, 0)).not.to.equal(null);
    await changes.apply([{ name: 'f', text: rule('a') }], { plan: null, prune: true, actor: 'ada', reason: null });
    const restored = await changes.restore('b', 1, { actor: 'ada', reason: null });
    expect(restored.ok && restored.replay).to.be.a('string');
  });

  it('can begin at once where no other process takes in events', async () => {
    begin(true);
    await save(rule('a'), 0);
    await save(rule('a', { where: 'not is_passing' }), 1);
    expect((await jobs())[0]?.dueAt).to.deep.equal(clock.now());
  });

  it('is one replay for a plan, and counts earlier events where that was asked for', async () => {
    await save(rule('a'), 0);
    const given = ['a', 'b', 'c'].map((id) => ({
      name: id,
      text: rule(id, { where: 'not is_passing', active: id !== 'c' }),
    }));
    const since = '2026-03-01T00:00:00.000000000Z' as never;
    const applied = await changes.apply(given, { plan: null, prune: false, actor: 'ada', reason: null, since });
    const [job] = await jobs();
    expect(applied.outcome === 'applied' && applied.replay).to.equal(job?.id);
    expect(job?.title).to.equal('Bring learners up to date with 2 badges');
    expect(fromParameters(job?.parameters ?? {})).to.deep.include({
      badges: ['a', 'b'],
      membership: 'backfill',
      from: since,
      after: { revision: 1 },
    });
  });

  it('is recorded before the change: whenever it breaks off, nothing changed or a job follows', async () => {
    await save(rule('a'), 0);
    const changed = rule('a', { where: 'not is_passing' });
    const { save: really } = store;
    store.save = () => Promise.reject(new StoreError('unavailable', 'away'));
    const failure = await save(changed, 1).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(StoreError);
    expect(
      (await jobs()).map(({ state }) => state),
      'the change may have come about',
    ).to.deep.equal(['waiting']);
    store.save = (draft) => Promise.reject(staleBadge(draft.id, 1));
    const conflict = await save(changed, 1).catch((error: { code: string }) => error.code);
    expect(conflict).to.equal('conflict.stale');
    expect((await jobs()).map(({ state }) => state).sort(), 'somebody was faster').to.deep.equal([
      'cancelled',
      'waiting',
    ]);
    store.save = really;
    const late = await save(changed, 7).catch((error: { code: string }) => error.code);
    expect(late).to.equal('conflict.stale');
    expect(await jobs(), 'who is late already asks for no job at all').to.have.length(2);
  });
});
