import { expect } from 'chai';
import type { Diagnostic } from '../../../dsl/index.ts';
import { ruleLines } from '../../../server/http/pages/rule-text.ts';

function aDiagnostic(facts: Partial<Diagnostic>): Diagnostic {
  return {
    code: 'type.unknown-path',
    severity: 'error',
    message: 'there is no such path.',
    hint: null,
    span: { start: 0, end: 0 },
    line: 1,
    column: 1,
    endLine: 1,
    endColumn: 1,
    ...facts,
  };
}

function marked(text: string, diagnostics: readonly Diagnostic[]): readonly string[] {
  return ruleLines(text, diagnostics).map((line) =>
    line.segments
      .filter((segment) => segment.marked)
      .map((segment) => segment.text)
      .join(''),
  );
}

describe('rule text on pages', () => {
  it('loses no character of any line', () => {
    const text = 'badge "x" {  # comment\n\ton a.b.c where grades."final exam" >= 0.5 and x = "ü😀"\n}\n';
    const lines = ruleLines(text).map((line) => line.segments.map((segment) => segment.text).join(''));
    expect(lines.join('\n')).to.equal(text.trimEnd());
  });

  it('colours keywords, strings, numbers, dates and comments, and gives nothing else a piece of its own', () => {
    const [line] = ruleLines('where a.b = "x" and c in [1, 2] # why');
    expect(line?.segments.map(({ text, className }) => [text, className])).to.deep.equal([
      ['where', 'rule-keyword'],
      [' a.b = ', ''],
      ['"x"', 'rule-string'],
      [' ', ''],
      ['and', 'rule-keyword'],
      [' c ', ''],
      ['in', 'rule-keyword'],
      [' [', ''],
      ['1', 'rule-number'],
      [', ', ''],
      ['2', 'rule-number'],
      ['] ', ''],
      ['# why', 'rule-comment'],
    ]);
    expect(ruleLines('['.repeat(18_000))[0]?.segments).to.have.length(1);
  });

  it('has an end to its colours, and none in a text that is no rule file for its length', () => {
    const pieces = (text: string) => ruleLines(text).flatMap(({ segments }) => segments);
    const many = pieces('1 '.repeat(30_000));
    expect(many.filter(({ className }) => className === 'rule-number')).to.have.length(20_000);
    expect(many.map(({ text }) => text).join('')).to.equal('1 '.repeat(30_000));
    expect(pieces('1 '.repeat(600_000))).to.have.length(1);
  });

  it('numbers lines from one', () => {
    expect(ruleLines('a\n\nb').map((line) => line.number)).to.deep.equal([1, 2, 3]);
  });

  it('underlines exactly the range of a mistake, inside a token too', () => {
    expect(marked('where is_pasing = true', [aDiagnostic({ column: 7, endColumn: 16 })])).to.deep.equal(['is_pasing']);
    expect(marked('course.cours_key', [aDiagnostic({ column: 8, endColumn: 17 })])).to.deep.equal(['cours_key']);
  });

  it('underlines over several lines', () => {
    const range = { line: 1, column: 3, endLine: 3, endColumn: 2 };
    expect(marked('ab cd\nef\ngh', [aDiagnostic(range)])).to.deep.equal([' cd', 'ef', 'g']);
  });

  it('underlines the character before something that is missing', () => {
    expect(marked('badge "x"', [aDiagnostic({ column: 10, endColumn: 10 })])).to.deep.equal(['"']);
  });

  it('explains a mistake below the line it begins on, and below the last line when it lies behind the text', () => {
    const lines = ruleLines('a\nb', [
      aDiagnostic({ line: 1, endLine: 2, message: 'first' }),
      aDiagnostic({ line: 3, endLine: 3, message: 'second' }),
    ]);
    expect(lines.map((line) => line.diagnostics.map(({ message }) => message))).to.deep.equal([['first'], ['second']]);
  });
});
