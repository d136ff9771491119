import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Badge, loadRules, runTest } from '../dsl/index.ts';
import { simulate } from '../plugin/badges/simulate.ts';
import { decodeCloudEvent } from '../plugin/events/decode.ts';
import { ruleEnvironment } from '../plugin/events/environment.ts';
import { providerNames } from '../providers/names.ts';
import { projectPath } from '../server/paths.ts';

const environment = ruleEnvironment({ enabledEventTypes: null, providers: providerNames });

describe('the rule files of the examples', () => {
  const names = readdirSync(projectPath('examples'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.rules'))
    .sort();

  it('are those of every folder, tests among them', () => {
    expect(names).to.include.members([
      join('credly', 'demo-course.rules'),
      join('open-badges', 'course-completer.rules'),
      join('rules-next', '04-one-course.rules'),
    ]);
    const tests = names.flatMap((name) => loadRules(textOf(name), environment).tests);
    expect(tests.map(({ title }) => title)).to.include('the first course is enough');
  });

  for (const name of names) {
    it(`${name} has no mistake and no warning, and passes its tests`, () => {
      const text = textOf(name);
      const { badges, tests, diagnostics } = loadRules(text, environment);
      expect(diagnostics).to.deep.equal([]);
      for (const test of tests) expect(runTest(test, badges, environment, text).failures, test.title).to.deep.equal([]);
    });
  }

  function textOf(name: string): string {
    return readFileSync(projectPath('examples', name), 'utf8');
  }
});

describe('the documented examples', () => {
  const names = readdirSync(projectPath('examples', 'rules')).sort();
  const lines = (name: string): unknown[] =>
    readFileSync(projectPath('examples', 'events', name), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  const badgesOf = (name: string): readonly Badge[] =>
    loadRules(readFileSync(projectPath('examples', 'rules', name), 'utf8'), environment).badges;

  it('are eleven', () => {
    expect(names).to.have.length(11);
  });

  for (const name of names) {
    it(`${name} gives the documented outcomes`, () => {
      const badges = badgesOf(name);
      const events = lines('demo.jsonl').map((value) => decodeCloudEvent(value));
      const expected = (lines('demo.expected.jsonl') as { badge: string }[]).filter(
        ({ badge }) => badge === badges[0]?.id,
      );
      expect(expected).to.have.length(4);
      expect(simulate(badges, events)).to.deep.equal(expected);
      expect(simulate(badges, [...events, ...events].reverse()), 'in any order, twice').to.deep.equal(expected);
    });
  }
});
