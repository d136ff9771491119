import { expect } from 'chai';
import { coverageOf, loadRules } from '../../dsl/index.ts';
import { environment } from '../support/dsl-harness.ts';

describe('coverageOf', () => {
  const cover = (...texts: string[]) => {
    const files = texts.map((text, index) => {
      const known = new Set(['b', 'base']);
      const loaded = loadRules(text, { ...environment, knownBadges: known });
      expect(loaded.diagnostics.filter(({ severity }) => severity === 'error')).to.deep.equal([]);
      return { name: `${index}.rules`, text, ...loaded };
    });
    return coverageOf(files, environment);
  };
  const badge = (where: string, id = 'b'): string =>
    `badge "${id}" { requirement r { on org.example.course.passed.v1 where ${where} } }\n`;
  const test = (...payloads: string[]): string =>
    `test "t" { badge "b" ${payloads.map((fields) => `event org.example.course.passed.v1 { ${fields} }`).join(' ')} }\n`;
  const seen = (...texts: string[]): string[] =>
    cover(...texts).conditions.map(
      ({ line, column, text, seenTrue, seenFalse }) => `${line}:${column} ${text} ${seenTrue}/${seenFalse}`,
    );

  it('asks a comparison only where the ones before it leave it open', () => {
    const rule = badge('is_passing and (score > 5 or mode = "x")');
    const column = rule.indexOf('is_passing') + 1;
    expect(
      seen(rule + test('is_passing = false, score = 9, mode = "x"', 'is_passing = true, score = 9')),
    ).to.deep.equal([
      `1:${column} is_passing true/true`,
      `1:${column + 16} score > 5 true/false`,
      `1:${column + 29} mode = "x" false/false`,
    ]);
  });

  it('tells equal comparisons apart by their place, and looks into a not', () => {
    const rule = badge('mode = "x" or not (not mode = "x")');
    expect(seen(rule + test('mode = "y"')).map((line) => line.replace(/^\S+ /, ''))).to.deep.equal([
      'mode = "x" false/true',
      'mode = "x" false/true',
    ]);
    expect(cover(rule + test('mode = "y"', 'mode = "x"')).ratio).to.equal(0.75);
  });

  it('counts what the badge waits for, and not the badges of others', () => {
    const waiting = 'badge "b" { requirement r { on badge "base" awarded } }\n';
    expect(seen(waiting + test('is_passing = true'), badge('is_passing', 'base'))[0]).to.match(
      / is_passing true\/false$/,
    );
    expect(seen(badge('is_late') + test('is_passing = true'), badge('is_passing', 'base'))[1]).to.match(
      / is_passing false\/false$/,
    );
  });

  it('is complete where there is nothing to cover', () => {
    expect(cover('badge "b" { requirement r { on org.example.course.passed.v1 } }')).to.deep.equal({
      conditions: [],
      ratio: 1,
    });
  });
});
