import { expect } from 'chai';
import { type Expression, parse } from '../../dsl/index.ts';
import { line, withoutSpans } from '../support/dsl-harness.ts';

const problems = (text: string): string[] => parse(text).diagnostics.map(line);

describe('parse', () => {
  it('reads every clause of a badge', () => {
    const { file, diagnostics } = parse(`
      badge "b" {
        re-award allowed on regress keep repeatable up to 3 times active true evaluate false template credly "t" name "n"
        requirement r in group A {
          count 5 distinct course.course_key within 2 weeks until 2027-01-01 from 2026-01-01T00:00:00Z after s
          where not a on x.y.v1 description "d"
        }
        penalty p { resets r, s on badge "c" revoked }
      }`);
    expect(diagnostics).to.deep.equal([]);
    const path = (...names: string[]) => ({ kind: 'path', segments: names.map((text) => ({ kind: 'name', text })) });
    expect(withoutSpans(file.blocks)).to.deep.equal([
      {
        kind: 'badge',
        id: { kind: 'text', value: 'b' },
        name: { kind: 'text', value: 'n' },
        template: { kind: 'template', provider: { kind: 'name', text: 'credly' }, id: { kind: 'text', value: 't' } },
        active: { kind: 'boolean', value: true },
        evaluate: { kind: 'boolean', value: false },
        repeatable: { kind: 'repeatable', times: { kind: 'number', value: 3 } },
        onRegress: { kind: 'choice', value: 'keep' },
        reAward: { kind: 'choice', value: 'allowed' },
        requirements: [
          {
            kind: 'requirement',
            id: { kind: 'name', text: 'r' },
            group: { kind: 'name', text: 'A' },
            description: { kind: 'text', value: 'd' },
            on: { kind: 'event-trigger', type: { kind: 'name', text: 'x.y.v1' } },
            where: { kind: 'not', operand: { kind: 'is-true', path: path('a') } },
            count: {
              kind: 'count',
              times: { kind: 'number', value: 5 },
              distinct: path('course', 'course_key'),
              within: { kind: 'duration', amount: 2, unit: 'week' },
            },
            after: { kind: 'name', text: 's' },
            from: { kind: 'date', text: '2026-01-01T00:00:00Z' },
            until: { kind: 'date', text: '2027-01-01' },
          },
        ],
        penalties: [
          {
            kind: 'penalty',
            id: { kind: 'name', text: 'p' },
            description: null,
            on: { kind: 'badge-trigger', badge: { kind: 'text', value: 'c' }, change: 'revoked' },
            where: null,
            resets: [
              { kind: 'name', text: 'r' },
              { kind: 'name', text: 's' },
            ],
          },
        ],
      },
    ]);
  });

  it('binds not before and before or, and parentheses before all', () => {
    const draw = (node: Expression): unknown => {
      if (node.kind === 'and' || node.kind === 'or') return { [node.kind]: node.operands.map(draw) };
      return node.kind === 'not' ? { not: draw(node.operand) } : node.path.segments.map(({ text }) => text).join('/');
    };
    const shape = (condition: string): unknown => {
      const [block] = parse(`badge "b" { requirement r { on e where ${condition} } }`).file.blocks;
      return block?.kind === 'badge' ? draw(block.requirements[0]!.where!) : null;
    };
    expect(shape('a or b and not c')).to.deep.equal({ or: ['a', { and: ['b', { not: 'c' }] }] });
    expect(shape('not (a or b) and c')).to.deep.equal({ and: [{ not: { or: ['a', 'b'] } }, 'c'] });
    expect(shape('(a and b) and not not c')).to.deep.equal({ and: [{ and: ['a', 'b'] }, { not: { not: 'c' } }] });
    expect(shape('grades."final exam" or "from".name.count')).to.deep.equal({
      or: ['grades/final exam', 'from/name/count'],
    });
  });

  it('gives every node the place of its text', () => {
    const text = 'badge "b" { requirement r { on e where (a.b) = 1 or not c } }';
    const misread = parse(text);
    expect(misread.diagnostics.map(line)).to.deep.equal([
      '1:46-47 syntax.unexpected: expected "description", "on", "where", "count", "after", "from", "until" or "}", but found "="',
    ]);
    const sound = parse(text.replace('(a.b)', 'a.b'));
    const [block] = sound.file.blocks;
    const where = block?.kind === 'badge' ? block.requirements[0]?.where : null;
    expect(where?.kind).to.equal('or');
    const cut = (span: { start: number; end: number }): string =>
      text.replace('(a.b)', 'a.b').slice(span.start, span.end);
    expect(cut(where!.span)).to.equal('a.b = 1 or not c');
    expect(where!.kind === 'or' && where!.operands.map(({ span }) => cut(span))).to.deep.equal(['a.b = 1', 'not c']);
  });

  it('reports several independent mistakes in one pass and reads what lies between', () => {
    const text = `badge demo {
  nam "x"
  active yes
  requirment demo in group A { on a.b where x = 1 }
  requirement ok in group A {
    on a.b.c
    where (x = and b) or count = 3
    description 'single'
    cout 5
    count 5 within 3 fortnights
  }
  penalty p { on badge "x" awrded resets }
}
badge "next" { requirement x { on a
badge "third" { requirement x { on y } }
test "t" { badge "third" event y at 2026-01-01 { a = 1, b = null } expect not fulfilled x, progress 0.5 }
`;
    expect(problems(text).sort()).to.deep.equal(
      [
        '1:7-11 syntax.unexpected: expected a string in double quotes, but found "demo" | write it in double quotes: "demo"',
        '2:3-6 syntax.unexpected: expected "name", "template", "active", "evaluate", "repeatable", "on", "re-award", "requirement", "penalty" or "}", but found "nam" | did you mean "name"?',
        '3:10-13 syntax.unexpected: expected "true" or "false", but found "yes" | did you mean "true"?',
        '4:3-13 syntax.unexpected: expected "name", "template", "active", "evaluate", "repeatable", "on", "re-award", "requirement", "penalty" or "}", but found "requirment" | did you mean "requirement"?',
        '7:16-19 syntax.unexpected: expected a string in double quotes, a number, a date, "true" or "false", but found "and" | write it in double quotes: "and"',
        '8:17-25 syntax.string: a string stands in double quotes | write "single"',
        '9:5-9 syntax.unexpected: expected "description", "on", "where", "count", "after", "from", "until" or "}", but found "cout" | did you mean "count"?',
        '10:22-32 syntax.unexpected: expected "minutes", "hours", "days" or "weeks", but found "fortnights"',
        '12:28-34 syntax.unexpected: expected "awarded" or "revoked", but found "awrded" | did you mean "awarded"?',
        '12:42-43 syntax.unexpected: expected a name, but found "}"',
        '15:1-6 syntax.unexpected: expected "}", but found "badge"',
      ].sort(),
    );
    const { blocks } = parse(text).file;
    expect(blocks.map((block) => (block.kind === 'badge' ? block.id.value : block.title.value))).to.deep.equal([
      '',
      'next',
      'third',
      't',
    ]);
  });

  it('reads operators of other languages as what was meant, with a complaint', () => {
    const { diagnostics, file } = parse('badge "b" { requirement r { on e where a == "x" && !b || c <> 1 } }');
    expect(diagnostics.map(line)).to.deep.equal([
      '1:42-44 syntax.operator: "==" is not an operator | write "="',
      '1:49-51 syntax.operator: "&&" is not an operator | write "and"',
      '1:52-53 syntax.operator: "!" is not an operator | write "not"',
      '1:55-57 syntax.operator: "||" is not an operator | write "or"',
      '1:60-62 syntax.operator: "<>" is not an operator | write "!="',
    ]);
    const [block] = file.blocks;
    expect(block?.kind === 'badge' && block.requirements[0]?.where?.kind).to.equal('or');
  });

  it('takes a keyword for a path where it is plain that it is one', () => {
    const clauses = 'where template.uuid = "a" and "count" exists and name != "b" count 2';
    const { file, diagnostics } = parse(`badge "b" { requirement r { on e ${clauses} } }`);
    expect(diagnostics).to.deep.equal([]);
    const [block] = file.blocks;
    expect(block?.kind === 'badge' && block.requirements[0]?.count?.times.value).to.equal(2);
  });

  it('keeps the first of a clause given twice', () => {
    const { file, diagnostics } = parse('badge "b" { name "x" name "y" }');
    expect(diagnostics.map(line)).to.deep.equal([
      '1:22-30 clause.repeated: this clause is given twice | keep one of the two',
    ]);
    expect(file.blocks[0]?.kind === 'badge' && file.blocks[0].name?.value).to.equal('x');
  });

  it('says what is wrong with a text that ends too early, and where', () => {
    expect(problems('badge "b" {\n  name "x"\n')).to.deep.equal([
      '2:11-11 syntax.unexpected: expected "}", but the text ends here',
    ]);
    expect(problems('badge')).to.deep.equal([
      '1:6-6 syntax.unexpected: expected a string in double quotes, but the text ends here',
    ]);
    expect(problems('badge "b')).to.include(
      '1:7-9 syntax.string: this string does not end on its line | close it with a double quote; a line end is written \\n',
    );
  });

  it('reads JSON escapes and refuses others', () => {
    const { file } = parse('badge "a\\u0062\\n\\"" { }');
    expect(file.blocks[0]?.kind === 'badge' && file.blocks[0].id.value).to.equal('ab\n"');
    expect(problems('badge "\\q" { }')).to.deep.equal([
      '1:7-11 syntax.string: this string holds an unknown escape or a control character | escapes are \\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u0000',
    ]);
  });

  it('keeps comments with their places', () => {
    const { file } = parse('# one\n\nbadge "b" { # two\n}\n');
    expect(withoutSpans(file.comments)).to.deep.equal([
      { kind: 'comment', text: ' one', ownLine: true, detached: true },
      { kind: 'comment', text: ' two', ownLine: false, detached: false },
    ]);
  });
});
