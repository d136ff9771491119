/** The editor judges as the server does: the very bundle that browsers load, in Node here and in a browser in
 *  test/integration/rule-editor.test.ts. */

import { runInThisContext } from 'node:vm';
import { expect } from 'chai';
import type { diagnose } from '../../browser/check.ts';
import { checkWhere } from '../../dsl/index.ts';
import type { readVocabulary } from '../../plugin/badges/rule-vocabulary.ts';
import { bundle } from '../../server/assets/bundle.ts';
import { seed } from '../support/seed.ts';
import { makeSite, type Site } from '../support/web.ts';
import { conditionTexts, ruleTexts } from '../support/written-texts.ts';

const TEXTS = Number(process.env.LAUREL_TEST_TEXTS ?? 1_500);
const PASSING = 'org.openedx.learning.course.passing.status.updated.v1';

interface Bundled {
  readonly diagnose: typeof diagnose;
  readonly readVocabulary: typeof readVocabulary;
}

describe('the editor, built for browsers,', function () {
  this.timeout(600_000);
  let bundled: Bundled;
  let site: Site;
  let vocabulary: ReturnType<typeof readVocabulary>;

  before(async () => {
    const { outputFiles } = await bundle('test/browser/verdict-entry.ts', { globalName: 'bundled' });
    bundled = runInThisContext(`(() => { ${outputFiles?.[0]?.text}; return bundled; })()`) as Bundled;
    site = makeSite();
    await seed(site);
    const browser = await site.signIn('viewer');
    vocabulary = bundled.readVocabulary((await browser.get('/rules/vocabulary.json')).body);
  });

  it('finds the same in a badge, at the same places and in the same words', () => {
    const verdicts = { sound: 0, broken: 0 };
    for (const text of ruleTexts(TEXTS, 1)) {
      const server = site.services.checkBadge(text);
      expect(bundled.diagnose(text, { kind: 'badge', id: null }, vocabulary), text).to.deep.equal(server);
      verdicts[server.length === 0 ? 'sound' : 'broken']++;
    }
    // Or nothing would have been compared.
    expect(verdicts.sound).to.be.greaterThan(20);
    expect(verdicts.broken).to.be.greaterThan(20);
  });

  it('finds the same in a condition', () => {
    const type = site.services.environment.eventTypes.get(PASSING);
    for (const text of conditionTexts(TEXTS, 2)) {
      const server = type && text.trim() !== '' ? checkWhere(text, type).diagnostics : [];
      expect(bundled.diagnose(text, { kind: 'expression', eventType: PASSING }, vocabulary), text).to.deep.equal(
        server,
      );
    }
  });

  it('knows the stored badges, and so the circles through them', async () => {
    const badges = { explorer: 'demo-course' };
    for (const [id, upstream] of Object.entries(badges)) {
      expect(vocabulary.environment.knownBadges?.has(id)).to.equal(true);
      expect(vocabulary.upstreams(id)).to.deep.equal([upstream]);
    }
    const text = 'badge "demo-course" {\n  requirement r {\n    on badge "explorer" awarded\n  }\n}\n';
    const [circle] = bundled.diagnose(text, { kind: 'badge', id: 'demo-course' }, vocabulary);
    expect(circle).to.include({
      code: 'badge.cycle',
      line: 3,
      column: 8,
      message: 'badges wait for each other: "demo-course" waits for "explorer" waits for "demo-course"',
    });
    expect([circle]).to.deep.equal(site.services.checkBadge(text));
  });

  it('says as the server that the id of a stored badge stays', () => {
    const text = 'badge "renamed" {\n  requirement r {\n    on badge "explorer" awarded\n  }\n}\n';
    expect(bundled.diagnose(text, { kind: 'badge', id: 'demo-course' }, vocabulary)[0]).to.include({
      code: 'book.renamed',
      line: 1,
      column: 7,
      message: 'the id of a badge cannot change',
      hint: 'keep "demo-course", or make a new badge for "renamed"',
    });
  });

  it('holds the language and an editor, and nothing of the server', async () => {
    const { metafile } = await bundle('browser/rule-editor.ts');
    const inputs = Object.keys(metafile.inputs);
    expect(inputs.length).to.be.greaterThan(50);
    const ours = inputs.filter((name) => !name.startsWith('node_modules/') && !/^(browser|dsl)\//.test(name));
    expect(ours.sort()).to.deep.equal([
      'plugin/badges/badge-id.ts',
      'plugin/badges/badge-source.ts',
      'plugin/badges/badge-tests.ts',
      'plugin/badges/badge-text.ts',
      'plugin/badges/book-diagnostics.ts',
      'plugin/badges/editor-texts.ts',
      'plugin/badges/rule-vocabulary.ts',
      'plugin/words.ts',
    ]);
    const packages = new Set(inputs.flatMap((name) => /^node_modules\/(@[^/]+|[^/]+)/.exec(name)?.[1] ?? []));
    expect([...packages].sort()).to.deep.equal([
      '@chevrotain',
      '@codemirror',
      '@lezer',
      '@marijn',
      'chevrotain',
      'crelt',
      'lodash-es',
      'style-mod',
      'w3c-keyname',
    ]);
  });
});
