import { expect } from 'chai';
import fc from 'fast-check';
import { parse } from '../../../dsl/index.ts';
import { type ExportedRules, fileNameOf } from '../../../plugin/badges/export-rules.ts';
import { followNothing } from '../../../plugin/badges/replay/follow-rules.ts';
import { createRuleBook } from '../../../plugin/badges/rule-book.ts';
import { createRuleChanges, type RuleChanges } from '../../../plugin/badges/rule-changes.ts';
import { ruleEnvironment } from '../../../plugin/events/environment.ts';
import { MemoryBadgeStore } from '../../../plugin/ports/memory-badge-store.ts';
import { silentLogger, systemClock } from '../../../plugin/ports/runtime.ts';
import { noTemplates } from '../../support/no-templates.ts';
import { ODD_IDS, ruleTexts } from '../../support/rule-texts.ts';

const environment = ruleEnvironment({ enabledEventTypes: null, providers: ['memory'] });

/** As if every badge had been wiped. */
function emptySite(): RuleChanges {
  const store = new MemoryBadgeStore();
  const ruleBook = createRuleBook({
    store,
    environment,
    clock: systemClock,
    logger: silentLogger,
    follower: followNothing,
  });
  return createRuleChanges({
    store,
    ruleBook,
    environment,
    clock: systemClock,
    follower: followNothing,
    templates: noTemplates,
  });
}

const named = (texts: readonly string[]) => texts.map((text, at) => ({ name: `file ${at}`, text }));

async function importInto(site: RuleChanges, texts: readonly string[]): Promise<ExportedRules> {
  const result = await site.apply(named(texts), { plan: null, prune: false, actor: 'tester', reason: null });
  const problems = result.outcome === 'invalid' ? result.texts.flatMap(({ diagnostics }) => diagnostics) : [];
  expect(problems.map(({ line, column, message }) => `${line}:${column} ${message}`)).to.deep.equal([]);
  return site.export();
}

const commentsOf = (texts: readonly string[]): string[] =>
  texts.flatMap((text) => parse(text).file.comments.map((comment) => comment.text)).sort();

describe('export and import', () => {
  it('give the same bytes after a wipe, from files and from one text, and lose no comment and no test', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(ruleTexts, async (texts) => {
        const site = emptySite();
        const exported = await importInto(site, texts);
        const sources = exported.files.map(({ text }) => text);
        expect(commentsOf(sources)).to.deep.equal(commentsOf(texts));
        const blocks = (all: readonly string[]) => all.flatMap((text) => parse(text).file.blocks).length;
        expect(blocks(sources)).to.equal(blocks(texts));

        expect(await importInto(emptySite(), sources)).to.deep.equal(exported);
        expect(await importInto(emptySite(), [exported.text])).to.deep.equal(exported);
        for (const again of [sources, [exported.text]]) {
          const result = await site.plan(named(again), { prune: true });
          expect(result.ok && result.plan.changes).to.deep.equal([]);
        }
      }),
      { numRuns: 80 },
    );
  });
});

describe('names of exported files', () => {
  it('are readable where the id is plain', () => {
    expect(['demo-course', 'a_1', 'Demo', 'a.b', 'ü', ''].map(fileNameOf)).to.deep.equal([
      ...['demo-course.rules', 'a_1.rules', '%44emo.rules', 'a%2eb.rules', '%c3%bc.rules', '~.rules'],
    ]);
  });

  it('suit every file system and shell', () => {
    const ids = fc.oneof(
      fc.constantFrom(...ODD_IDS),
      fc.string({ unit: 'grapheme' }),
      fc.string({ minLength: 90, maxLength: 200 }),
    );
    fc.assert(
      fc.property(ids, (id) => {
        const name = fileNameOf(id);
        expect(name).to.match(/^[a-z0-9_%~][a-z0-9_%~-]*\.rules$/);
        expect(name).not.to.match(/^(con|prn|aux|nul|com\d|lpt\d)\./);
        expect(name.length).to.be.at.most(130);
      }),
      { numRuns: 300 },
    );
  });

  it('are different for different ids, also where upper and lower case are one', () => {
    const pieces = fc.array(fc.constantFrom('a', 'A', '%', '4', '1', '%41', '~', '.', 'con', 'é', 'x'.repeat(60)), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(pieces, pieces, (a, b) => {
        const [one, other] = [a.join(''), b.join('')];
        expect(fileNameOf(one).toLowerCase() === fileNameOf(other).toLowerCase()).to.equal(one === other);
      }),
      { numRuns: 500 },
    );
    expect(new Set(ODD_IDS.map(fileNameOf)).size).to.equal(ODD_IDS.length);
  });
});
