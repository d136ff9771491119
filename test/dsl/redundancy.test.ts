import { expect } from 'chai';
import { loadRules } from '../../dsl/index.ts';
import { environment, expectDiagnostics } from '../support/dsl-harness.ts';

const ON = 'on org.example.course.passed.v1';

/** Ids of the redundant ones among requirements of group A. */
function redundant(...clauses: readonly string[]): string[] {
  const blocks = clauses.map(
    (clause, i) => `requirement r${i} in group A { ${clause.startsWith('on ') ? '' : ON} ${clause} }`,
  );
  const { diagnostics } = loadRules(`badge "b" { ${blocks.join('\n')} }`, environment);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).to.deep.equal([]);
  return diagnostics
    .filter(({ code }) => code === 'requirement.redundant')
    .map(({ message }) => message.split('"')[1] as string);
}

describe('redundant requirements', () => {
  it('are named with the one that makes them so', () => {
    expectDiagnostics(
      `badge "b" {\n  requirement all in group A { ${ON} where is_passing }\n  requirement some in group A { ${ON} where is_passing and mode = "x" }\n}`,
      [
        '3:15-19 requirement.redundant: requirement "some" is redundant: "all" of the same group is fulfilled whenever it is | remove it, or make the other one narrower',
      ],
    );
  });

  it('are those whose condition, count, window or interval is narrower', () => {
    expect(redundant('', 'where is_passing')).to.deep.equal(['r1']);
    expect(redundant('where mode = "a"', 'where mode in ["a", "b"]')).to.deep.equal(['r0']);
    expect(redundant('where score >= 5', 'where score > 5')).to.deep.equal(['r1']);
    expect(redundant('count 2', 'count 3')).to.deep.equal(['r1']);
    expect(redundant('count 2', 'count 2 distinct mode')).to.deep.equal(['r1']);
    expect(redundant('count 2', 'count 2 within 3 days')).to.deep.equal(['r1']);
    expect(redundant('count 2 within 4 days', 'count 3 within 3 days')).to.deep.equal(['r1']);
    expect(redundant('from 2026-01-01', 'from 2026-02-01 until 2026-03-01')).to.deep.equal(['r1']);
    expect(redundant('on badge "elsewhere" awarded', 'on badge "elsewhere" awarded from 2026-01-01')).to.deep.equal([
      'r1',
    ]);
  });

  it('are the later of two that say the same', () => {
    expect(redundant('where mode = "a"', 'where mode = "a"', 'where mode = "a"')).to.deep.equal(['r1', 'r2']);
  });

  it('are not those that another does not cover', () => {
    expect(redundant('where mode = "a"', 'where mode = "b"')).to.deep.equal([]);
    expect(redundant('where mode = "a" and is_late', 'where mode = "a" and is_passing')).to.deep.equal([]);
    expect(redundant('count 2 distinct mode', 'count 3')).to.deep.equal([]);
    expect(redundant('count 2 within 3 days', 'count 3')).to.deep.equal([]);
    expect(redundant('from 2026-01-01', 'until 2026-01-01')).to.deep.equal([]);
    expect(redundant('', 'on badge "elsewhere" awarded')).to.deep.equal([]);
    expect(redundant('after r1', 'where is_passing')).to.deep.equal([]);
  });

  it('are not those of other groups, nor those that a penalty leaves while it resets the wider one', () => {
    const text = (groups: readonly [string, string], resets: string): string =>
      `badge "b" { requirement r in group ${groups[0]} { ${ON} } requirement s in group ${groups[1]} { ${ON} where is_passing } penalty p { ${ON} where is_late resets ${resets} } }`;
    const codes = (source: string): string[] => loadRules(source, environment).diagnostics.map(({ code }) => code);
    expect(codes(text(['A', 'B'], 's'))).to.deep.equal([]);
    expect(codes(text(['A', 'A'], 'r'))).to.deep.equal([]);
    expect(codes(text(['A', 'A'], 's'))).to.deep.equal(['requirement.redundant']);
    expect(codes(text(['A', 'A'], 'r, s'))).to.deep.equal(['requirement.redundant']);
  });
});
