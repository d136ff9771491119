import { expect } from 'chai';
import fc from 'fast-check';
import { parse, printBadgeBlock, printCondition, printFile } from '../../dsl/index.ts';
import { parseExpression } from '../../dsl/parse.ts';
import { Reporter } from '../../dsl/reporter.ts';
import { lex } from '../../dsl/tokens.ts';
import { line, withoutSpans } from '../support/dsl-harness.ts';
import { badgeBlocks, expressions, ruleFiles } from '../support/rule-file-arbitraries.ts';

const EVERYTHING = `badge "all" {
  name "All" template memory "all" active true repeatable up to 3 times on regress keep re-award allowed
  requirement a in group A {
    description "D" on org.example.a.v1
    where not (a.b = 1 or c in ["x", "y"]) and d starts with "z" and "e f".g exists and h >= 2026-01-01
    count 5 distinct a.b within 30 days after c from 2026-01-01 until 2027-01-01
  }
  requirement c { on badge "other" awarded }
  penalty p { description "P" on badge "other" revoked resets a, c }
}
test "t" {
  badge "all"
  event org.example.a.v1 at 2026-03-01T10:00:00Z { a.b = 1, c = null }
  expect not awarded, fulfilled a, progress 0.5
  expect awarded 2 times, revoked
}
`;

describe('printing', () => {
  it('loses nothing: what is printed parses to the same tree', () => {
    fc.assert(
      fc.property(ruleFiles, (file) => {
        const again = parse(printFile(file));
        expect(again.diagnostics.map(line)).to.deep.equal([]);
        expect(withoutSpans(again.file.blocks)).to.deep.equal(withoutSpans(file.blocks));
      }),
      { numRuns: 100 },
    );
  });

  it('loses nothing of a badge alone, nor of an expression alone', () => {
    fc.assert(
      fc.property(badgeBlocks, expressions, (block, expression) => {
        expect(withoutSpans(parse(printBadgeBlock(block)).file.blocks)).to.deep.equal(withoutSpans([block]));
        const text = printCondition(expression);
        const reporter = new Reporter(text);
        expect(withoutSpans(parseExpression(text, reporter))).to.deep.equal(withoutSpans(expression));
      }),
      { numRuns: 60 },
    );
  });

  it('prints what it printed just the same', () => {
    fc.assert(
      fc.property(ruleFiles, (file) => {
        const once = printFile(file);
        expect(printFile(parse(once).file)).to.equal(once);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps every comment, wherever it stands, and then changes nothing more', () => {
    const breaks = fc.constantFrom(' # c', '\n# c', '\n\n  # c', ' # c\n\n# d', '\n# c\n\n# d\n\n');
    fc.assert(
      fc.property(ruleFiles, fc.array(fc.tuple(fc.nat(), breaks), { minLength: 1, maxLength: 8 }), (file, comments) => {
        const text = printFile(file);
        const { tokens } = lex(text);
        const places = new Map(
          comments.map(([at, comment]) => [tokens.length === 0 ? 0 : at % (tokens.length + 1), comment]),
        );
        let commented = '';
        let from = 0;
        tokens.forEach((token, index) => {
          const comment = places.get(index);
          if (comment === undefined) return;
          commented += `${text.slice(from, token.startOffset)}${comment}\n`;
          from = token.startOffset;
        });
        commented += text.slice(from) + (places.has(tokens.length) ? `${places.get(tokens.length)}\n` : '');
        const parsed = parse(commented).file;
        const printed = printFile(parsed);
        const again = parse(printed).file;
        const texts = (of: typeof parsed): string[] => of.comments.map((comment) => comment.text).sort();
        expect(withoutSpans(again.blocks)).to.deep.equal(withoutSpans(file.blocks));
        expect(texts(again)).to.deep.equal(texts(parsed));
        expect(printFile(again)).to.equal(printed);
      }),
      { numRuns: 100 },
    );
  });

  it('keeps a comment at each and every place of a file that says everything', () => {
    const tokens = lex(EVERYTHING).tokens;
    const whole = withoutSpans(parse(EVERYTHING).file.blocks);
    expect(parse(EVERYTHING).diagnostics).to.deep.equal([]);
    for (const at of [...tokens.map(({ startOffset }) => startOffset), EVERYTHING.length]) {
      for (const comment of [' # kept\n', '\n# kept\n', '\n\n# kept\n\n']) {
        const parsed = parse(`${EVERYTHING.slice(0, at)}${comment}${EVERYTHING.slice(at)}`).file;
        const printed = printFile(parsed);
        const again = parse(printed).file;
        expect(again.comments.map(({ text }) => text)).to.deep.equal([' kept']);
        expect(withoutSpans(again.blocks)).to.deep.equal(whole);
        expect(printFile(again)).to.equal(printed);
      }
    }
  });
});
