import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { checkExpression, checkWhere, formatText, indentationAt, printFile, tokenPieces } from '../../../dsl/index.ts';
import { badgeWhere, line, passed } from '../../support/dsl-harness.ts';
import { ruleFiles } from '../../support/rule-file-arbitraries.ts';

const folder = new URL('../../../examples/rules/', import.meta.url);
const examples = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8'));

describe('pieces of a text', () => {
  it('are those of the lexer, comments in their places', () => {
    const text = 'badge "b" { # c\n  on a.b = 1.5 , 2026-01-01 }';
    expect(tokenPieces(text).map(({ start, end, kind }) => `${kind} ${text.slice(start, end)}`)).to.deep.equal([
      'keyword badge',
      'string "b"',
      'bracket {',
      'comment # c',
      'keyword on',
      'name a.b',
      'operator =',
      'number 1.5',
      'bracket ,',
      'date 2026-01-01',
      'bracket }',
    ]);
  });

  it('follow each other without overlap, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), ruleFiles.map(printFile)), (text) => {
        let last = 0;
        for (const { start, end } of tokenPieces(text)) {
          expect(start).to.be.at.least(last);
          expect(end).to.be.greaterThan(start);
          last = end;
        }
        expect(last).to.be.at.most(text.length);
      }),
      { numRuns: 300 },
    );
  });
});

describe('indentation', () => {
  it('of every line of the canonical form is what the printer gives it', () => {
    for (const text of examples) {
      let start = 0;
      for (const row of text.split('\n')) {
        if (row.trim() !== '') {
          expect(indentationAt(text, start), `${row} in\n${text}`).to.equal(row.length - row.trimStart().length);
        }
        start += row.length + 1;
      }
    }
  });

  it('of a new line follows what is open before it', () => {
    expect(indentationAt('badge "b" {\n', 12)).to.equal(2);
    expect(indentationAt('badge "b" {\n}', 12)).to.equal(0);
    expect(indentationAt(')\n', 2)).to.equal(0);
    expect(indentationAt('# {\n', 4)).to.equal(0);
  });
});

describe('formatting', () => {
  it('gives the canonical form, comments kept', () => {
    expect(formatText('badge "b" {active true # on\nrequirement r{on badge "a" awarded}}', 'file')).to.deep.equal({
      ok: true,
      text: 'badge "b" {\n  active true # on\n\n  requirement r {\n    on badge "a" awarded\n  }\n}\n',
    });
  });

  it('is refused where the text cannot be read, and says why', () => {
    const refused = formatText('badge "b" { requirement }', 'file');
    expect(refused.ok || refused.diagnostics.map(line)).to.deep.equal([
      '1:25-26 syntax.unexpected: expected a name, but found "}"',
      '1:26-26 syntax.unexpected: expected "}", but the text ends here',
    ]);
    expect(formatText('a = ', 'expression')).to.have.property('ok', false);
  });

  it('of a condition leaves one with a comment as it is', () => {
    expect(formatText('( a=1 )and   b', 'expression')).to.deep.equal({ ok: true, text: 'a = 1 and b' });
    expect(formatText('a=1 # c', 'expression')).to.deep.equal({ ok: true, text: 'a=1 # c' });
  });
});

describe('a condition by itself', () => {
  it('is judged as behind "where" of a rule', () => {
    const condition = 'event.time > 2026-01-01 and is_pasing';
    expect(checkWhere(condition, passed).diagnostics.map(line)).to.deep.equal([
      '1:29-38 type.unknown-path: "is_pasing" is not a field in org.example.course.passed.v1 | did you mean "is_passing"?',
    ]);
    expect(checkExpression('event.time > 2026-01-01', passed.fields).condition).to.equal(null);
    expect(badgeWhere(condition)).to.include(condition);
  });
});
