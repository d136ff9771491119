import { expect } from 'chai';
import { followNothing } from '../../../plugin/badges/replay/follow-rules.ts';
import { createRuleBook, type RuleBook } from '../../../plugin/badges/rule-book.ts';
import { type ApplyResult, createRuleChanges, type RuleChanges } from '../../../plugin/badges/rule-changes.ts';
import { InputError, NotFoundError, StoreError } from '../../../plugin/errors.ts';
import { ruleEnvironment } from '../../../plugin/events/environment.ts';
import { MemoryBadgeStore } from '../../../plugin/ports/memory-badge-store.ts';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { StandingClock } from '../../support/badge-world.ts';
import { noTemplates } from '../../support/no-templates.ts';
import { PASSING } from '../../support/rule-values.ts';

const environment = ruleEnvironment({ enabledEventTypes: null, providers: ['memory'] });
const clock = new StandingClock();

const rule = (id: string, where = '') =>
  `badge "${id}" {\n  active true\n\n  requirement r {\n    on ${PASSING}\n${where}  }\n}\n`;
const stricter = (id: string) => rule(id, '    where is_passing\n').replace('on org', 'on    org');

describe('changing many badges', () => {
  let store: MemoryBadgeStore;
  let book: RuleBook;
  let rules: RuleChanges;
  beforeEach(() => {
    store = new MemoryBadgeStore();
    book = createRuleBook({ store, environment, clock, logger: silentLogger, follower: followNothing });
    rules = createRuleChanges({
      store,
      ruleBook: book,
      environment,
      clock,
      follower: followNothing,
      templates: noTemplates,
    });
  });

  const files = (...texts: readonly string[]) => texts.map((text, at) => ({ name: `file ${at}`, text }));
  const planned = async (given: ReturnType<typeof files>, prune = false): Promise<string> => {
    const result = await rules.plan(given, { prune });
    if (!result.ok) throw new Error('expected a plan');
    return result.plan.hash;
  };
  const apply = (given: ReturnType<typeof files>, plan: string | null, prune = false): Promise<ApplyResult> =>
    rules.apply(given, { plan, prune, actor: 'editor', reason: 'spring term' });
  const inForce = async () => (await store.list()).map(({ id, version }) => `${id} ${version}`);
  const active = () => [...book.index().badges()].map(({ id }) => id).sort();

  it('applies what was planned in one step, puts it in force and keeps who and why', async () => {
    await store.save({ ...(await drafted('old')), updatedAt: clock.now(), updatedBy: 'tester' }, 0);
    const given = files(rule('a'), rule('b'));
    const result = await apply(given, await planned(given, true), true);
    expect(result.outcome).to.equal('applied');
    expect(await inForce()).to.deep.equal(['a 1', 'b 1']);
    expect(active()).to.deep.equal(['a', 'b']);
    expect(await store.revision()).to.equal(2);
    const [removal] = await store.history('old');
    expect(removal).to.include({ removed: true, updatedBy: 'editor', reason: 'spring term' });
    expect((await store.get('a'))?.reason).to.equal('spring term');
  });

  it('changes nothing while anything is wrong', async () => {
    const result = await apply(files(rule('a'), rule('b').replace(PASSING, 'x.y')), null);
    expect(result.outcome === 'invalid' && result.texts.map(({ name }) => name)).to.deep.equal(['file 1']);
    expect(await inForce()).to.deep.equal([]);
  });

  it('refuses a plan when the stored rules changed since, and shows the plan now', async () => {
    const given = files(rule('a'));
    const hash = await planned(given);
    await book.saveBadge(rule('other'), { expectedVersion: 0, actor: 'somebody', reason: 'in between' });
    const result = await apply(given, hash);
    if (result.outcome !== 'stale') return expect.fail('expected it to be refused');
    expect(result.because).to.equal('stored-rules-changed');
    expect(result.latest).to.include({ id: 'other', updatedBy: 'somebody', reason: 'in between' });
    expect(await inForce()).to.deep.equal(['other 1']);
    expect((await apply(given, result.plan.hash)).outcome).to.equal('applied');
  });

  it('refuses a plan when the files changed since', async () => {
    const hash = await planned(files(rule('a')));
    const result = await apply(files(stricter('a')), hash);
    expect(result.outcome === 'stale' && result.because).to.equal('files-changed');
    expect(await inForce()).to.deep.equal([]);
  });

  it('applies a plan once', async () => {
    const given = files(rule('a'));
    const hash = await planned(given);
    expect((await apply(given, hash)).outcome).to.equal('applied');
    expect((await apply(given, hash)).outcome).to.equal('stale');
    expect(await inForce()).to.deep.equal(['a 1']);
  });

  it('lets one of several win who apply at the same time; without a hash the others plan again', async () => {
    const given = ['x', 'y', 'z'].map((id) => files(rule(id), id === 'x' ? rule('all') : stricter('all')));
    const hashes = await Promise.all(given.map((one) => planned(one)));
    const outcomes = await Promise.all(given.map((one, at) => apply(one, hashes[at] as string)));
    expect(outcomes.map(({ outcome }) => outcome).sort()).to.deep.equal(['applied', 'stale', 'stale']);
    await Promise.all(given.map((one) => apply(one, null)));
    expect((await store.list()).map(({ id }) => id)).to.deep.equal(['all', 'x', 'y', 'z']);
  });

  it('hands on that the database is away', async () => {
    store.apply = async () => {
      throw new StoreError('unavailable', 'away');
    };
    expect(await thrownBy(apply(files(rule('a')), null))).to.be.instanceOf(StoreError);
  });

  describe('and the way back', () => {
    const saved = { expectedVersion: 0, actor: 'editor' };
    const why = { actor: 'admin', reason: 'it was better before' };

    it('restores a former version as a new one', async () => {
      await book.saveBadge(rule('a'), saved);
      await book.saveBadge(stricter('a'), { ...saved, expectedVersion: 1 });
      const result = await rules.restore('a', 1, why);
      expect(result.ok && result.badge).to.deep.include({
        ...{ version: 3, source: rule('a'), updatedBy: 'admin', reason: 'it was better before' },
      });
      expect((await store.history('a')).map(({ version }) => version)).to.deep.equal([3, 2, 1]);
    });

    it('restores a badge that was removed', async () => {
      await apply(files(rule('a'), rule('b')), null);
      await apply(files(rule('b')), null, true);
      expect(active()).to.deep.equal(['b']);
      const result = await rules.restore('a', 1, why);
      expect(result.ok && result.badge.version).to.equal(3);
      expect(active()).to.deep.equal(['a', 'b']);
    });

    it('refuses a version that is not there, is a removal or is in force', async () => {
      await apply(files(rule('a'), rule('b')), null);
      await apply(files(rule('b')), null, true);
      const errors = await Promise.all(
        [
          rules.restore('unknown', 1, why),
          rules.restore('b', 2, why),
          rules.restore('a', 2, why),
          rules.restore('b', 1, why),
        ].map(thrownBy),
      );
      expect(errors.map((error) => (error as Error).message)).to.deep.equal([
        'the badge has no such version; its history lists those it has',
        'the badge has no such version; its history lists those it has',
        'with version 2 the badge was removed; restore the version before it',
        'the text of version 1 is in force already',
      ]);
      expect(errors[0]).to.be.instanceOf(NotFoundError);
      expect(errors[2]).to.be.instanceOf(InputError);
    });

    it('does not restore over a change that the author has not seen', async () => {
      await book.saveBadge(rule('a'), saved);
      await book.saveBadge(stricter('a'), { ...saved, expectedVersion: 1 });
      const error = await thrownBy(rules.restore('a', 1, { ...why, expectedVersion: 1 }));
      expect((error as { code?: string }).code).to.equal('conflict.stale');
    });

    it('checks the former text again', async () => {
      await book.saveBadge(rule('up'), saved);
      await book.saveBadge(rule('a').replace(PASSING, 'badge "up" awarded'), saved);
      await book.saveBadge(rule('a'), { ...saved, expectedVersion: 1 });
      await apply(files(rule('a')), null, true);
      const result = await rules.restore('a', 1, why);
      expect(!result.ok && result.diagnostics.map(({ code }) => code)).to.deep.equal(['badge.unknown']);
    });
  });

  describe('removing one badge', () => {
    const inactive = (id: string) => rule(id).replace('active true', 'active false');
    const why = { actor: 'editor', reason: 'not needed', expectedVersion: 1 };

    it('takes it out of force, keeps who and why, and leaves the others', async () => {
      await apply(files(inactive('a'), rule('b')), null);
      const removal = await rules.remove('a', why);
      expect(removal).to.include({ id: 'a', version: 2, removed: true, updatedBy: 'editor', reason: 'not needed' });
      expect(await inForce()).to.deep.equal(['b 1']);
      expect(await store.removed()).to.deep.equal([removal]);
    });

    it('refuses one that is active, awaited, unknown, or not the one the author saw', async () => {
      const waits = (id: string) => rule(id).replace(PASSING, 'badge "up" awarded');
      await apply(files(inactive('up'), waits('w2'), waits('w1'), rule('on'), inactive('seen')), null);
      const errors = await Promise.all(
        [
          rules.remove('on', why),
          rules.remove('up', why),
          rules.remove('unknown', why),
          rules.remove('seen', { ...why, expectedVersion: 4 }),
        ].map(thrownBy),
      );
      expect(errors.map((error) => [(error as InputError).code, (error as InputError).message])).to.deep.equal([
        ['input.badge-active', 'the badge is active; deactivate it, then remove it'],
        [
          'input.badge-awaited',
          'the badge cannot be removed while others wait for it; change or remove first: "w1", "w2"',
        ],
        ['not-found.badge', 'there is no badge with this id in force'],
        ['conflict.stale', 'badge "seen" was changed after version 4; open it again and repeat your change there'],
      ]);
      expect(await inForce()).to.deep.equal(['on 1', 'seen 1', 'up 1', 'w1 1', 'w2 1']);
    });

    it('sees a badge that begins to wait for it at the last moment', async () => {
      await apply(files(inactive('up')), null);
      const applyOfStore = store.apply.bind(store);
      let late = true;
      store.apply = async (changes, authorship) => {
        if (late) {
          late = false;
          const waits = rule('late').replace(PASSING, 'badge "up" awarded');
          await book.saveBadge(waits, { expectedVersion: 0, actor: 'somebody' });
        }
        return applyOfStore(changes, authorship);
      };
      const error = await thrownBy(rules.remove('up', why));
      expect((error as InputError).code).to.equal('input.badge-awaited');
      expect(await inForce()).to.deep.equal(['late 1', 'up 1']);
    });
  });
});

async function drafted(id: string) {
  return { id, source: rule(id), active: true, name: null, template: null };
}

async function thrownBy(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}
