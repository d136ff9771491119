import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { checkExpression, diagnosticCodes, formatDiagnostic, loadRules, parse, printFile } from '../../dsl/index.ts';
import { environment, passed } from '../support/dsl-harness.ts';

const codes = new Set<string>(diagnosticCodes.map(({ code }) => code));
const examples = new URL('../../examples/rules/', import.meta.url);
const valid = [
  ...readdirSync(examples).map((name) => readFileSync(new URL(name, examples), 'utf8')),
  `badge "b" { # c
  requirement r in group A { on org.example.course.passed.v1 where not (mode = "a" or grade in [1, 2.5]) and event.time < 2026-01-01 count 2 distinct mode within 3 days }
  penalty p { on badge "elsewhere" revoked resets r }
}
test "t" { badge "b" event org.example.course.passed.v1 at 2026-01-01T00:00:00Z { mode = "a", note = null } expect not fulfilled r, progress 0 }`,
];

/** What must hold of every text whatever. */
function survive(text: string): void {
  const { diagnostics, badges, file } = loadRules(text, environment);
  for (const diagnostic of diagnostics) {
    const { code, span, line, column, message } = diagnostic;
    expect(codes.has(code), code).to.equal(true);
    expect(message).to.not.equal('');
    expect(
      span.start >= 0 && span.start <= span.end && span.end <= text.length,
      `${code} at ${span.start}-${span.end} of ${JSON.stringify(text)}`,
    ).to.equal(true);
    expect(line >= 1 && column >= 1).to.equal(true);
    formatDiagnostic(diagnostic, text, 'f');
  }
  const known = new Set(file.blocks.flatMap((block) => (block.kind === 'badge' ? [block.id.value] : [])));
  for (const { id } of badges) expect(known.has(id)).to.equal(true);
  if (file.broken.length === 0 && !diagnostics.some(({ severity }) => severity === 'error')) {
    const printed = printFile(file);
    expect(printFile(parse(printed).file)).to.equal(printed);
  }
}

describe('any text', () => {
  it('is survived: every sequence of up to three tokens in every place', () => {
    const alphabet = [
      'badge',
      'requirement',
      'on',
      'where',
      'a.b',
      '"s"',
      '1',
      '2026-01-01',
      '{',
      '}',
      '(',
      ')',
      '[',
      ',',
      '=',
      'not',
      'and',
      'in',
      '.',
      '^',
    ];
    const frames = ['', 'badge "b" { requirement r { on org.example.course.passed.v1 where '];
    for (const frame of frames)
      for (const a of alphabet)
        for (const b of alphabet) {
          survive(`${frame}${a} ${b}`);
          if (frame !== '') for (const c of ['}', '"s"', 'or', '(', ']']) survive(`${frame}${a} ${b} ${c} } }`);
        }
  });

  it('is survived: valid files with pieces cut out, doubled or swapped', () => {
    const mutation = fc.record({
      text: fc.constantFrom(...valid),
      cuts: fc.array(
        fc.tuple(
          fc.nat(),
          fc.nat({ max: 30 }),
          fc.constantFrom('', '{', '}', '"', ' and ', 'x', '(', '\u200b', '#', '\n'),
        ),
        {
          minLength: 1,
          maxLength: 4,
        },
      ),
    });
    fc.assert(
      fc.property(mutation, ({ text, cuts }) => {
        let mutated = text;
        for (const [at, length, put] of cuts) {
          const start = at % (mutated.length + 1);
          mutated = mutated.slice(0, start) + put + mutated.slice(start + length);
        }
        survive(mutated);
      }),
      { numRuns: 400 },
    );
  });

  it('is survived: characters at random', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ maxLength: 60 })), (text) => {
        survive(text);
        checkExpression(text, passed.fields);
      }),
      { numRuns: 400 },
    );
  });

  it('of 64 KiB takes no longer than a moment', () => {
    const fill = (piece: string): string => piece.repeat(Math.ceil(65_536 / piece.length)).slice(0, 65_536);
    const inner = (piece: string): string =>
      `badge "b" { requirement r { on org.example.course.passed.v1 where ${fill(piece)} } }`;
    const pieces = [
      '(',
      '"',
      '\\',
      '#',
      '$',
      'a ',
      'a.',
      '1 ',
      'not ',
      'badge ',
      'badge "b" {',
      '{',
      '}',
      '"x" ',
      'x = "y" or ',
      'is_pasing and ',
      '\u200b',
      '=',
      "'a' ",
    ];
    const requirements = 'requirement r in group A { on org.example.course.passed.v1 where mode = "a" } ';
    const texts = [
      ...pieces.flatMap((piece) => [fill(piece), inner(piece)]),
      `badge "b" { ${fill(requirements)}`,
      fill('badge "b" { requirement r { on badge "b" awarded } } '),
      fill('badge "bcd" { requirement r { on org.exampel.course.pasted.v2 } } '),
    ];
    for (const text of texts) {
      const start = performance.now();
      loadRules(text, environment);
      // The promise is 100 ms on an idle machine; this machine may be busy.
      expect(performance.now() - start, JSON.stringify(text.slice(0, 80))).to.be.lessThan(1000);
    }
  });
});
