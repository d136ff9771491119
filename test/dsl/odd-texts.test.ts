import { expect } from 'chai';
import { formatDiagnostic, loadRules } from '../../dsl/index.ts';
import { badgeWhere, environment, expectDiagnostics, expectValid } from '../support/dsl-harness.ts';

const requirement = 'requirement r { on org.example.course.passed.v1 }';

describe('texts that are not what one expects', () => {
  it('finds the invisible mark when it is the only character beyond ASCII', () => {
    expectDiagnostics(badgeWhere('mode = "a\ufeffb"'), [
      '4:18-23 text.invisible: this string holds the invisible character U+FEFF | type the text anew without it',
    ]);
  });

  it('reads a file that begins with a byte order mark', () => {
    expectValid(`\ufeffbadge "b" { ${requirement} }`);
  });

  it('says once that a number stands where a name belongs', () => {
    expectDiagnostics('badge "b" { requirement 1a { on org.example.course.passed.v1 } }', [
      '1:25-27 syntax.unexpected: expected a name, but found "1a" | a name begins with a letter',
    ]);
  });

  it('says of a word in capitals how it is written', () => {
    expectDiagnostics(
      'badge "b" { requirement r { on org.example.course.passed.v1 where is_passing = true AND mode = "a" } }',
      [
        '1:85-88 syntax.unexpected: expected "description", "on", "where", "count", "after", "from", "until" or "}", but found "AND" | did you mean "and"?',
      ],
    );
  });

  it('says once that a string stands where a flag belongs', () => {
    expectDiagnostics(`badge "b" { active 'yes' ${requirement} }`, [
      `1:20-25 syntax.unexpected: expected "true" or "false", but found "'yes'"`,
    ]);
  });

  it('prints no control character and no direction mark to a terminal', () => {
    const text = '\u001b[31m "\u202e"';
    const [first] = loadRules(text, environment).diagnostics;
    expect(first && formatDiagnostic(first, text, 'odd.rules')).to.equal(
      [
        'odd.rules:1:1: error[syntax.character] nothing in a rule begins with "\\u001b"',
        '1 | \ufffd[31m "\ufffd"',
        '  | ^',
        '  = remove it, or put text in double quotes',
      ].join('\n'),
    );
  });
});
