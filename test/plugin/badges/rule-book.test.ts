import { expect } from 'chai';
import { followNothing } from '../../../plugin/badges/replay/follow-rules.ts';
import { createRuleBook, type RuleBook } from '../../../plugin/badges/rule-book.ts';
import { ConflictError } from '../../../plugin/errors.ts';
import { ruleEnvironment } from '../../../plugin/events/environment.ts';
import { MemoryBadgeStore } from '../../../plugin/ports/memory-badge-store.ts';
import { type Logger, silentLogger } from '../../../plugin/ports/runtime.ts';
import { DEMO, passing, StandingClock } from '../../support/badge-world.ts';
import { PASSING } from '../../support/rule-values.ts';

const clock = new StandingClock();

function rule(id: string, { active = true, on = PASSING as string, name = '' } = {}): string {
  return `badge "${id}" {
  ${name === '' ? '' : `name "${name}"`}
  template memory "template-of-${id}"
  active ${active}
  # why this rule is as it is
  requirement pass { on ${on} }
}
`;
}
const LETTERS = 'use letters from a to z, digits, "-", "_" and ".", such as "not-an-id"';
const awardOf = (id: string) => `badge "${id}" awarded`;

function aRuleBook(store: MemoryBadgeStore, logger: Logger = silentLogger, providers = ['memory']): RuleBook {
  const environment = ruleEnvironment({ enabledEventTypes: null, providers });
  return createRuleBook({ store, environment, clock, logger, follower: followNothing });
}

describe('the rule book', () => {
  let store: MemoryBadgeStore;
  let book: RuleBook;
  beforeEach(() => {
    store = new MemoryBadgeStore();
    book = aRuleBook(store);
  });
  const save = (text: string, expectedVersion = 0) => book.saveBadge(text, { expectedVersion, actor: 'tester' });
  const active = (): string[] => [...book.index().badges()].map(({ id }) => id);

  it('stores the canonical text of a sound badge and puts it in force at once', async () => {
    const result = await save(rule('demo', { name: 'Demo' }));
    if (!result.ok) return expect.fail('refused');
    expect(result.badge).to.deep.include({
      id: 'demo',
      version: 1,
      active: true,
      name: 'Demo',
      template: 'memory:template-of-demo',
      updatedAt: clock.now(),
      updatedBy: 'tester',
    });
    expect(
      book
        .index()
        .match(passing(true, 1))
        .map(({ badge }) => badge.id),
    ).to.deep.equal(['demo']);
    expect(book.definitionVersion('demo')).to.equal(1);
    expect(book.badgeName('demo')).to.equal('Demo');
    expect(result.badge.source).to.include('# why this rule is as it is');
    const again = await save(result.badge.source, 1);
    expect(again.ok && again.badge.source).to.equal(result.badge.source);
  });

  it('knows nothing of a badge that is not there', () => {
    expect(book.definitionVersion('demo')).to.equal(0);
    expect(book.badgeName('demo')).to.equal(null);
  });

  it('stores nothing that is wrong, and says where it is wrong', async () => {
    const text = rule('demo').replace(PASSING, `${PASSING}.typo`);
    const result = await save(text);
    expect(result.ok).to.equal(false);
    expect(!result.ok && result.diagnostics[0]).to.deep.include({
      code: 'type.unknown-event',
      severity: 'error',
      line: 6,
    });
    expect(book.checkBadge(text).map(({ code }) => code)).to.deep.equal(['type.unknown-event']);
    expect(await store.list()).to.deep.equal([]);
  });

  const problems = (text: string) =>
    book.checkBadge(text).map(({ code, message, hint, line, column }) => [code, message, hint, line, column]);

  it('takes exactly one badge', async () => {
    expect(['', rule('one') + rule('two')].map(problems)).to.deep.equal([
      [['book.no-badge', 'the text holds no badge', 'begin with badge "some-id" {', 1, 1]],
      [['book.one-badge', 'the text holds more than one badge', 'save each badge by itself', 8, 1]],
    ]);
    expect((await save(rule('one') + rule('two'))).ok).to.equal(false);
  });

  it('refuses what cannot be stored', () => {
    expect(problems(rule('half \\ud83d'))).to.deep.equal([
      ['book.id', 'the id of the badge holds half of a character', 'type the id anew', 1, 7],
    ]);
    const compact = `badge "long" { active true ${`requirement r in group A { on ${PASSING} }`} }`;
    const tests = `test "t" { badge "long" ${'expect progress 0 '.repeat(55_000)} }`;
    expect(problems(`${compact}${tests}`)).to.deep.equal([
      ['book.length', 'the canonical form of badge "long" is longer than 1 MiB', 'shorten it, or move tests out', 1, 7],
    ]);
  });

  it('lets a new badge have only an id that can stand in addresses, and a stored one the id that it has', async () => {
    const refused = [['book.id', '"Not An Id!" cannot be the id of a new badge', LETTERS, 1, 7]];
    expect(problems(rule('Not An Id!'))).to.deep.equal(refused);
    expect((await save(rule('Not An Id!'))).ok).to.equal(false);
    const made = await save(rule('demo'));
    if (!made.ok) return expect.fail('refused');
    const old = { ...made.badge, id: 'Not An Id!', source: made.badge.source.replace('"demo"', '"Not An Id!"') };
    await store.save(old, 0);
    await book.refresh();
    expect(problems(rule('Not An Id!'))).to.deep.equal([]);
    expect((await save(rule('Not An Id!', { name: 'Renamed' }), 1)).ok).to.equal(true);
    expect(active()).to.have.members(['demo', 'Not An Id!']);
  });

  describe('with tests in the text', () => {
    const test = (badge: string, expected: string, event = 'is_passing = true') =>
      `test "it works" {\n  badge "${badge}"\n  event ${PASSING} { ${event} }\n  expect ${expected}\n}\n`;

    it('stores them with their badge', async () => {
      const saved = await save(`${rule('demo')}# why this test\n${test('demo', 'awarded')}`);
      expect(saved.ok && saved.badge.source).to.match(
        /# why this rule[\s\S]*\n}\n\n# why this test\ntest "it works" {[\s\S]*expect awarded\n}\n$/,
      );
      expect(active()).to.deep.equal(['demo']);
    });

    it('does not save a badge whose tests fail, and says what was there instead', async () => {
      const text = rule('demo') + test('demo', 'fulfilled pass, revoked');
      const state = 'awarded (award of 2026-01-01T00:00:00Z), 1 award standing, progress 1, fulfilled pass';
      expect(problems(text)).to.deep.equal([
        [
          'test.failed',
          `test "it works" expected revoked, but it is ${state}`,
          'mend the rule, or the test where it expects the wrong thing',
          ...[11, 26],
        ],
      ]);
      expect((await save(text)).ok).to.equal(false);
      expect(await store.list()).to.deep.equal([]);
    });

    it('runs them among the badges in force', async () => {
      await save(rule('first'));
      const second = rule('second', { on: awardOf('first') });
      expect(problems(second + test('second', 'awarded'))).to.deep.equal([]);
      expect(problems(second + test('second', 'awarded', 'is_passing = false'))).to.deep.equal([]);
      expect(problems(second + test('second', 'not awarded')).map(([code]) => code)).to.deep.equal(['test.failed']);
    });

    it('takes no test about another badge', async () => {
      await save(rule('other'));
      expect(problems(rule('demo') + test('other', 'awarded'))).to.deep.equal([
        ['badge.unknown', 'there is no badge "other" in this file', null, 9, 9],
      ]);
    });
  });

  it('reads only what changed, and forgets what was removed', async () => {
    await save(rule('a'));
    await save(rule('b'));
    const other = aRuleBook(store);
    await other.refresh();
    const states: number[] = [];
    const state = store.state.bind(store);
    store.state = async (known) => {
      const found = await state(known);
      states.push(found.changed.length);
      return found;
    };
    await save(rule('b', { name: 'B' }), 1);
    await store.apply([{ kind: 'remove', id: 'a' }], {
      ...{ expectedRevision: 3, updatedAt: clock.now(), updatedBy: 'tester' },
    });
    states.length = 0;
    expect(await other.refresh()).to.equal(true);
    expect(states).to.deep.equal([1]);
    expect([...other.index().badges()].map(({ id }) => id)).to.deep.equal(['b']);
    expect(other.definitionVersion('a')).to.equal(0);
  });

  it('lets a badge wait for one that is stored, and for no other', async () => {
    const text = rule('second', { on: awardOf('first') });
    expect(book.checkBadge(text).map(({ code }) => code)).to.deep.equal(['badge.unknown']);
    await save(rule('first', { active: false }));
    expect((await save(text)).ok).to.equal(true);
    expect(
      book
        .index()
        .dependents('first')
        .map(({ id }) => id),
    ).to.deep.equal(['second']);
  });

  it('refuses badges that would wait for each other', async () => {
    await save(rule('a'));
    await save(rule('b', { on: awardOf('a') }));
    await save(rule('c', { on: awardOf('b') }));
    const result = await save(rule('a', { on: awardOf('c') }), 1);
    expect(!result.ok && result.diagnostics.map(({ code, message, line }) => [code, message, line])).to.deep.equal([
      ['badge.cycle', 'badges wait for each other: "a" waits for "c" waits for "b" waits for "a"', 6],
    ]);
    expect((await store.get('a'))?.version).to.equal(1);
  });

  it('refuses to overwrite what somebody else has saved', async () => {
    await save(rule('demo'));
    const error = await save(rule('demo', { name: 'Mine' })).catch((e: unknown) => e);
    expect(error).to.be.instanceOf(ConflictError);
  });

  it('takes up what another process saved, and asks for nothing more when there is nothing new', async () => {
    const other = aRuleBook(store);
    expect(await book.refresh()).to.equal(true);
    await other.saveBadge(rule('demo'), { expectedVersion: 0, actor: 'other' });
    expect(active()).to.deep.equal([]);
    expect(await book.refresh()).to.equal(true);
    expect(active()).to.deep.equal(['demo']);
    expect(await book.refresh()).to.equal(false);
    await other.saveBadge(rule('demo', { active: false, name: 'Asleep' }), { expectedVersion: 1, actor: 'other' });
    await book.refresh();
    expect(active()).to.deep.equal([]);
    expect(book.badgeName('demo')).to.equal('Asleep');
  });

  it('leaves a badge out whose text has become invalid, and the others in force', async () => {
    await save(rule('sound'));
    await save(rule('demo'));
    await store.save({ ...(await store.get('demo'))!, source: rule('demo').replace('memory', 'credly') }, 1);
    const errors: unknown[] = [];
    const strict = aRuleBook(store, { ...silentLogger, error: (message, fields) => errors.push([message, fields]) });
    await strict.refresh();
    expect([...strict.index().badges()].map(({ id }) => id)).to.deep.equal(['sound']);
    expect(errors).to.deep.equal([
      [
        'a badge is not in force because its rules are no longer valid; edit and save it',
        { badgeId: 'demo', version: 2, error: 'badge.unknown-provider' },
      ],
    ]);
  });

  it('has the course of an event at hand as the rules were written', async () => {
    const text = rule('course').replace(PASSING, `${PASSING} where is_passing and course.course_key = "${DEMO}"`);
    expect((await save(text)).ok).to.equal(true);
    expect(book.index().match(passing(true, 1))).to.have.length(1);
    expect(book.index().match(passing(false, 1))).to.have.length(0);
  });
});
