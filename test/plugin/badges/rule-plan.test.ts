import { expect } from 'chai';
import { type PlanResult, planRules, type RulePlan, startsFrom } from '../../../plugin/badges/rule-plan.ts';
import { ruleEnvironment } from '../../../plugin/events/environment.ts';
import { hashOfSource } from '../../../plugin/ports/badge-store.ts';
import { PASSING } from '../../support/rule-values.ts';

const environment = ruleEnvironment({ enabledEventTypes: null, providers: ['memory'] });

const rule = (id: string, on: string = PASSING, rest = '') =>
  `badge "${id}" {\n  active true\n\n  requirement r {\n    on ${on}${rest}\n  }\n}\n`;
const awardOf = (id: string) => `badge "${id}" awarded`;
const expecting = (id: string, what: string) =>
  `\ntest "t" {\n  badge "${id}"\n  event ${PASSING} {}\n  expect ${what}\n}\n`;

/** Ids to texts: of the stored badges, or of the files. */
type Texts = Readonly<Record<string, string>>;

function storedRules(texts: Texts, revision = 7) {
  const badges = Object.entries(texts).map(([id, source]) => ({
    ...{ id, source, version: 3, hash: hashOfSource(source), active: true, name: null, template: null },
    ...{ updatedAt: new Date('2026-01-01T00:00:00Z'), updatedBy: 'tester', reason: null },
  }));
  return { revision, badges };
}

function plan(stored: Texts, files: Texts, { prune = false, revision = 7 } = {}): PlanResult {
  const given = Object.entries(files).map(([name, text]) => ({ name, text }));
  return planRules({ stored: storedRules(stored, revision), files: given, prune, environment });
}

function sound(...given: Parameters<typeof plan>): RulePlan {
  const result = plan(...given);
  if (!result.ok) throw new Error(JSON.stringify(result.texts));
  return result.plan;
}

function refused(...given: Parameters<typeof plan>): unknown[] {
  const result = plan(...given);
  if (result.ok) throw new Error('expected errors');
  return result.texts.flatMap(({ name, diagnostics }) =>
    diagnostics.map(({ line, column, code, message }) => [`${name}:${line}:${column}`, code, message]),
  );
}

describe('a plan', () => {
  it('lets files bring badges only with ids that new badges can have, and keep the ids of stored ones', () => {
    const old = rule('Not An Id!');
    expect(refused({}, { 'a.rules': old })).to.deep.equal([
      ['a.rules:1:7', 'book.id', '"Not An Id!" cannot be the id of a new badge'],
    ]);
    expect(
      sound({ 'Not An Id!': rule('Not An Id!', PASSING, '\n    where is_passing') }, { 'a.rules': old }),
    ).to.include({
      revision: 7,
    });
  });

  it('says what is added, changed, unchanged and kept', () => {
    const found = sound(
      { a: rule('a'), b: rule('b'), c: rule('c') },
      { 'one.rules': `${rule('b')}\n${rule('fresh')}`, 'two.rules': rule('a', PASSING, '\n    where is_passing') },
    );
    expect(found.changes).to.deep.equal([
      {
        ...{ change: 'changed', id: 'a', name: null, active: true, template: null, version: 3, file: 'two.rules' },
        source: `badge "a" {\n  active true\n\n  requirement r {\n    on    ${PASSING}\n    where is_passing\n  }\n}\n`,
        before: rule('a'),
        summary: [
          'requirement r: the condition is narrower: it takes some of the events that it took, and no other',
          '  - (every event of the type)',
          '  + is_passing',
          '    no longer: {"is_passing":false}',
        ],
      },
      {
        change: 'added',
        id: 'fresh',
        source: rule('fresh'),
        active: true,
        name: null,
        template: null,
        file: 'one.rules',
      },
    ]);
    expect([found.unchanged, found.kept, found.warnings, found.revision]).to.deep.equal([['b'], ['c'], [], 7]);
  });

  it('removes what the files no longer hold only when that is asked', () => {
    const stored = { a: rule('a'), b: rule('b') };
    expect(sound(stored, { f: rule('a') }).changes).to.deep.equal([]);
    const found = sound(stored, { f: rule('a') }, { prune: true });
    expect(found.changes).to.deep.equal([{ change: 'removed', id: 'b', name: null, source: rule('b'), version: 3 }]);
    expect(found.kept).to.deep.equal([]);
  });

  it('is a plain value', () => {
    const found = sound({ a: rule('a') }, { f: rule('b') }, { prune: true });
    expect(JSON.parse(JSON.stringify(found))).to.deep.equal(found);
  });

  it('takes another form of the same text for unchanged, and other comments for a change without a new meaning', () => {
    const ugly = rule('a').replaceAll(/\s+/g, ' ');
    expect(sound({ a: rule('a') }, { f: ugly }).changes).to.deep.equal([]);
    const [change] = sound({ a: rule('a') }, { f: `# new\n${rule('a')}` }).changes;
    expect(change?.change === 'changed' && change.summary).to.deep.equal([
      'the same meaning: only comments, order or tests changed',
    ]);
  });

  it('hands on the warnings of the files', () => {
    const doubtful = rule('a', PASSING, '\n    where is_passing = true and is_passing = false');
    expect(sound({}, { 'f.rules': doubtful }).warnings.map(({ file, line, code }) => [file, line, code])).to.deep.equal(
      [['f.rules', 6, 'condition.never']],
    );
  });

  describe('as a whole', () => {
    it('lets badges of one file wait for those of another or for stored ones', () => {
      const files = { f: rule('b', awardOf('a')), g: rule('c', awardOf('stored')), h: rule('a') };
      expect(sound({ stored: rule('stored') }, files).changes.map(({ id }) => id)).to.deep.equal(['a', 'b', 'c']);
    });

    it('tells of every mistake at once, with its file and place', () => {
      expect(refused({}, { f: `${rule('a', 'x.y')}${rule('b', awardOf('nobody'))}`, g: 'badge "c" {' })).to.deep.equal([
        ['f:5:8', 'type.unknown-event', '"x.y" is not a known event type'],
        ['f:12:14', 'badge.unknown', 'there is no badge "nobody"'],
        ['g:1:12', 'syntax.unexpected', 'expected "}", but the text ends here'],
      ]);
    });

    it('refuses a badge that two files define', () => {
      expect(refused({}, { 'f.rules': rule('a'), 'g.rules': `\n${rule('a')}` })).to.deep.equal([
        ['g.rules:2:7', 'badge.duplicate', 'badge "a" is defined in f.rules too'],
      ]);
    });

    it('refuses circles through files and stored badges', () => {
      const stored = { a: rule('a'), b: rule('b', awardOf('a')), c: rule('c', awardOf('b')) };
      expect(refused(stored, { f: rule('a', awardOf('c')) })).to.deep.equal([
        ['f:5:8', 'badge.cycle', 'badges wait for each other: "a" waits for "c" waits for "b" waits for "a"'],
      ]);
      expect(refused({}, { f: rule('a', awardOf('b')), g: rule('b', awardOf('a')) })).to.deep.equal([
        ['f:5:8', 'badge.cycle', 'badges wait for each other: "a" waits for "b" waits for "a"'],
      ]);
    });

    it('refuses to remove a badge that another waits for', () => {
      expect(refused({ a: rule('a') }, { f: rule('b', awardOf('a')) }, { prune: true })).to.deep.equal([
        ['f:5:8', 'badge.unknown', 'badge "b" waits for badge "a", which would be removed'],
      ]);
    });

    it('is not kept from anything by a stored badge that is no longer valid', () => {
      const stored = { old: rule('old', 'gone.event'), a: rule('a') };
      expect(sound(stored, { f: `# new\n${rule('a')}` }).changes.map(({ id }) => id)).to.deep.equal(['a']);
      const [change] = sound(stored, { f: rule('old') }).changes;
      expect(change?.change === 'changed' && change.summary).to.deep.equal([
        'the text in force could not be read any more',
      ]);
    });
  });

  describe('and the tests in the texts', () => {
    it('runs those of changed badges among the badges of the target state', () => {
      const second = rule('second', awardOf('first')) + expecting('second', 'awarded');
      expect(sound({}, { f: rule('first'), g: second }).changes).to.have.length(2);
      expect(refused({}, { f: rule('first', PASSING, '\n    where is_passing'), g: second })).to.deep.equal([
        [
          ...['g:12:10', 'test.failed'],
          'test "t" expected awarded, but it is none, 0 awards standing, progress 0, nothing fulfilled',
        ],
      ]);
    });

    it('runs those of stored badges that wait for a changed one, and no others', () => {
      const stored = {
        first: rule('first'),
        second: rule('second', awardOf('first')),
        third: rule('third', awardOf('second')) + expecting('third', 'awarded'),
        alone: rule('alone') + expecting('alone', 'not awarded'),
      };
      expect(sound(stored, { f: `# new\n${rule('first')}` }).changes).to.have.length(1);
      expect(
        refused(stored, { f: rule('first', PASSING, '\n    where is_passing') }).map((row) => (row as string[])[0]),
      ).to.deep.equal(['badge "third" as stored:12:10']);
    });
  });

  describe('and its hash', () => {
    const stored = { a: rule('a'), b: rule('b') };
    const files = { f: rule('a', PASSING, '\n    where is_passing'), g: rule('c') };
    const hash = sound(stored, files).hash;

    it('is the same for the same files on the same state, however they are named, cut and laid out', () => {
      expect(hash).to.match(/^[0-9a-f]{64}$/);
      expect(sound(stored, files).hash).to.equal(hash);
      const one = `${files.g}\n${files.f}`.replaceAll(/\n\s+/g, ' ');
      expect(sound(stored, { other: one }).hash).to.equal(hash);
      expect(sound(stored, { ...files, h: rule('b') }).hash, 'unchanged ones change nothing').to.equal(hash);
    });

    it('is another for any other change', () => {
      const others = [
        sound(stored, { ...files, h: rule('d') }),
        sound(stored, { g: files.g }),
        sound(stored, { ...files, f: `# c\n${files.f}` }),
        sound(stored, files, { prune: true }),
      ].map((other) => other.hash);
      expect(new Set([hash, ...others]).size).to.equal(5);
      for (const other of others) expect(startsFrom(other, storedRules(stored))).to.equal(true);
    });

    it('is another on any other state, even one that looks the same again', () => {
      const others = [
        sound({ ...stored, b: rule('b', awardOf('a')) }, files),
        sound({ a: rule('a') }, files),
        sound(stored, files, { revision: 9 }),
      ].map((other) => other.hash);
      expect(new Set([hash, ...others]).size).to.equal(4);
      for (const other of others) expect(startsFrom(other, storedRules(stored))).to.equal(false);
    });
  });
});
