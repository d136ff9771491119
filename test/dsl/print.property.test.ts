import { expect } from 'chai';
import fc from 'fast-check';
import { parse, printBadgeBlock, printCondition, printFile } from '../../dsl/index.ts';
import { parseExpression } from '../../dsl/parse.ts';
import { Reporter } from '../../dsl/reporter.ts';
import { lex } from '../../dsl/tokens.ts';
import { line, withoutSpans } from '../support/dsl-harness.ts';
import { badgeBlocks, expressions, ruleFiles } from '../support/rule-file-arbitraries.ts';

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
});
