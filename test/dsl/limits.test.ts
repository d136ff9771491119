import { expect } from 'chai';
import { checkExpression, limits, loadRules, parse } from '../../dsl/index.ts';
import { utf8Length } from '../../dsl/limits.ts';
import { badgeWhere, environment, expectDiagnostics, expectValid, line, passed } from '../support/dsl-harness.ts';

describe('limits', () => {
  it('take a file of 1 MiB and refuse one byte more', () => {
    const fill = (bytes: number): string => `#${'é'.repeat((bytes - 2) / 2)} `;
    expect(utf8Length(fill(limits.fileBytes))).to.equal(limits.fileBytes);
    expect(parse(fill(limits.fileBytes)).diagnostics).to.deep.equal([]);
    const text = `${fill(limits.fileBytes)}x`;
    expectDiagnostics(text, [
      `1:1-${text.length + 1} limit.file: this file is larger than 1 MiB | split it into several files`,
    ]);
  });

  it('take an expression of 8 KiB and refuse a longer one', () => {
    const sized = (bytes: number): string => `mode = "${'x'.repeat(bytes - 9)}"`;
    expectValid(badgeWhere(sized(8192)));
    expectDiagnostics(badgeWhere(sized(8193)), [
      '4:11-8204 limit.expression: this expression is longer than 8192 bytes | use "in [...]", or split the requirement into alternatives of one group',
    ]);
    const alone = checkExpression(sized(8193), passed.fields);
    expect(alone.condition).to.equal(null);
    expect(alone.diagnostics.map(line)).to.deep.equal([
      '1:1-8194 limit.expression: this expression is longer than 8192 bytes | use "in [...]", or split the requirement into alternatives of one group',
    ]);
  });

  it('take 64 levels of parentheses and nots and refuse one more', () => {
    expectValid(badgeWhere(`${'('.repeat(64)}is_passing${')'.repeat(64)}`));
    expectValid(badgeWhere(`${'not ('.repeat(32)}is_passing${')'.repeat(32)}`));
    const message = 'limit.nesting: nesting goes deeper than 64 levels here | remove superfluous parentheses';
    expectDiagnostics(badgeWhere(`${'('.repeat(65)}is_passing${')'.repeat(65)}`), [`4:75-76 ${message}`]);
    expectDiagnostics(badgeWhere(`${'not '.repeat(65)}is_passing`), [`4:267-270 ${message}`]);
  });

  it('survive a hundred thousand parentheses', () => {
    for (const text of ['(', 'not ', '((not ', '{', '[', 'badge "b" {']) {
      const loaded = loadRules(badgeWhere(text.repeat(100_000)), environment);
      expect(loaded.badges).to.deep.equal([]);
      expect(loaded.diagnostics).to.not.deep.equal([]);
    }
  });

  it('take a list of 1,000 items and refuse one more', () => {
    const list = (items: number): string =>
      badgeWhere(`grade in [${Array.from({ length: items }, (_, i) => i).join(', ')}]`);
    expectValid(list(1000));
    expectDiagnostics(list(1001), [
      '4:4911-4915 limit.list: this list has 1001 items, 1000 are allowed | split it over several requirements of one group',
    ]);
  });

  it('show 100 problems, errors before warnings, and say how many there are beyond', () => {
    const requirement = (id: number, condition: string): string =>
      `requirement r${id} { on org.example.course.passed.v1 where ${condition} }\n`;
    const many = Array.from({ length: 150 }, (_, i) => requirement(i, i === 149 ? 'unknown' : 'mode exists')).join('');
    const { diagnostics } = loadRules(`badge "b" {\n${many}}`, environment);
    expect(diagnostics).to.have.length(101);
    expect(diagnostics.filter(({ code }) => code === 'condition.always')).to.have.length(99);
    expect(diagnostics.filter(({ severity }) => severity === 'error').map(line)).to.deep.equal([
      '151:58-65 type.unknown-path: "unknown" is not a field in org.example.course.passed.v1',
    ]);
    expect(diagnostics.at(-1)).to.include({
      code: 'limit.diagnostics',
      message: 'there are 50 more problems',
      hint: 'mend those that are shown first',
      line: 152,
    });
  });

  it('stop reading after 200 syntax errors, say so, and take nothing of the rest for understood', () => {
    const text = `badge "b" { ${'on '.repeat(5_000)} } badge "c" { requirement r { on org.example.course.passed.v1 } }`;
    const { file, diagnostics } = parse(text);
    expect(diagnostics).to.have.length(201);
    expect(diagnostics.at(-1)).to.deep.include({
      code: 'limit.diagnostics',
      message: 'there are 200 mistakes above, so what follows was not read',
      span: { start: 12 + 3 * 200, end: text.length },
    });
    expect(file.broken.some(({ end }) => end === text.length)).to.equal(true);
    const loaded = loadRules(text, environment);
    expect(loaded.badges).to.deep.equal([]);
    expect(loaded.diagnostics.at(-1)?.message).to.equal('there are more than 100 more problems');
  });

  it('count what is no token, and braces that are missing, among the mistakes after which reading stops', () => {
    const message = 'there are 200 mistakes above, so what follows was not read';
    for (const [text, start] of [
      ['?\n'.repeat(5_000), 400],
      ["''".repeat(5_000), 400],
      ['badge "b" {\n'.repeat(5_000), 2_400],
    ] as const) {
      const { file, diagnostics } = parse(text);
      expect(diagnostics).to.have.length.below(420);
      expect(diagnostics.find((diagnostic) => diagnostic.message === message)?.span).to.deep.equal({
        start,
        end: text.length - (text.endsWith('{\n') ? 1 : 0),
      });
      expect(file.broken.some(({ end }) => end >= text.length - 1)).to.equal(true);
      expect(loadRules(text, environment).badges).to.deep.equal([]);
    }
  });
});
