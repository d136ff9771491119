import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { type Badge, loadRules } from '../dsl/index.ts';
import { simulate } from '../plugin/badges/simulate.ts';
import { decodeCloudEvent } from '../plugin/events/decode.ts';
import { ruleEnvironment } from '../plugin/events/environment.ts';
import { providerNames } from '../providers/index.ts';
import { projectPath } from '../server/paths.ts';

describe('the documented examples', () => {
  const environment = ruleEnvironment({ enabledEventTypes: null, providers: providerNames });
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
    it(`${name} has no mistake and no warning`, () => {
      const { diagnostics } = loadRules(readFileSync(projectPath('examples', 'rules', name), 'utf8'), environment);
      expect(diagnostics).to.deep.equal([]);
    });

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
