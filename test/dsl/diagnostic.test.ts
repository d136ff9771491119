import { expect } from 'chai';
import { diagnosticCodes, formatDiagnostic, loadRules } from '../../dsl/index.ts';
import { badgeWhere, badgeWith, environment } from '../support/dsl-harness.ts';

const ON = 'on org.example.course.passed.v1';
const R = `requirement r { ${ON} }`;

/** One text for every code. */
const PROVOKING: Readonly<Record<string, string>> = {
  'syntax.character': badgeWhere('mode = ^ "x"'),
  'syntax.string': 'badge "b',
  'syntax.number': badgeWhere('grade = 01'),
  'syntax.operator': badgeWhere('mode == "x"'),
  'syntax.unexpected': 'badge',
  'clause.repeated': badgeWith('count 1 count 2'),
  'clause.missing': 'badge "b" { requirement r { } }',
  'limit.file': '#'.repeat(1024 * 1024 + 1),
  'limit.expression': badgeWhere(`mode = "${'x'.repeat(8192)}"`),
  'limit.nesting': badgeWhere(`${'not '.repeat(70)}is_passing`),
  'limit.list': badgeWhere(`mode in ["x"${', "x"'.repeat(1000)}]`),
  'limit.diagnostics': 'badge "b" { } '.repeat(60),
  'badge.duplicate': `badge "b" { ${R} } badge "b" { ${R} }`,
  'badge.no-requirements': 'badge "b" { }',
  'badge.unknown': 'badge "b" { requirement r { on badge "c" awarded } }',
  'badge.unknown-provider': `badge "b" { template credli "x" ${R} }`,
  'badge.cycle': 'badge "b" { requirement r { on badge "b" awarded } }',
  'requirement.duplicate': `badge "b" { ${R} ${R} }`,
  'requirement.group': `badge "b" { requirement r in group a { ${ON} } }`,
  'requirement.group-taken': `badge "b" { requirement A { ${ON} } requirement r in group A { ${ON} } }`,
  'requirement.unknown': badgeWith('after s'),
  'requirement.cycle': badgeWith('after r'),
  'requirement.redundant': `badge "b" { requirement r in group A { ${ON} } requirement s in group A { ${ON} } }`,
  'trigger.no-payload': 'badge "b" { requirement r { on badge "elsewhere" awarded where x } }',
  'trigger.revoked': 'badge "b" { requirement r { on badge "elsewhere" revoked } }',
  'type.unknown-event': 'badge "b" { requirement r { on x.y } }',
  'type.not-enabled': 'badge "b" { requirement r { on org.example.off.v1 } }',
  'type.no-learner': 'badge "b" { requirement r { on org.example.nobody.v1 } }',
  'type.unknown-path': badgeWhere('unknown'),
  'type.clash': badgeWhere('mode = 1'),
  'value.date': badgeWith('from 2026-02-30'),
  'value.interval': badgeWith('from 2026-02-02 until 2026-02-01'),
  'value.empty-list': badgeWhere('mode in []'),
  'value.number': badgeWith('count 0'),
  'condition.never': badgeWhere('mode = "a" and mode = "b"'),
  'condition.always': badgeWhere('mode exists'),
  'text.mixed-script': badgeWhere('mode = "\u041epen"'),
  'text.invisible': badgeWhere('mode = "a\\u200b"'),
};

describe('diagnosticCodes', () => {
  it('holds exactly the codes that some text produces', () => {
    const produced = new Set(
      Object.values(PROVOKING).flatMap((text) => loadRules(text, environment).diagnostics.map(({ code }) => code)),
    );
    expect([...produced].sort()).to.deep.equal(diagnosticCodes.map(({ code }) => code).sort());
  });

  for (const { code, severity } of diagnosticCodes)
    it(`has a text that leads to ${code}`, () => {
      const found = loadRules(PROVOKING[code] ?? '', environment).diagnostics.find(
        (diagnostic) => diagnostic.code === code,
      );
      expect(found?.severity).to.equal(severity);
    });
});

describe('formatDiagnostic', () => {
  const format = (text: string): string[] =>
    loadRules(text, environment).diagnostics.map((diagnostic) => formatDiagnostic(diagnostic, text, 'a.rules'));

  it('shows place, code, message, the line with a caret range, and the hint', () => {
    expect(format(badgeWhere('is_pasing'))).to.deep.equal([
      [
        'a.rules:4:11: error[type.unknown-path] "is_pasing" is not a field in org.example.course.passed.v1',
        '4 |     where is_pasing',
        '  |           ^^^^^^^^^',
        '  = did you mean "is_passing"?',
      ].join('\n'),
    ]);
  });

  it('keeps tabs below the line, so that the caret stands where the mistake is', () => {
    expect(format('badge\t"b" {\r\n}\r\n')).to.deep.equal([
      [
        'a.rules:1:7: error[badge.no-requirements] badge "b" has no requirement and could never be earned',
        '1 | badge\t"b" {',
        '  |      \t^^^',
        '  = add a requirement',
      ].join('\n'),
    ]);
  });

  it('cuts a very long line around the place', () => {
    const [shown = ''] = format(
      `badge "b" { name "${'x'.repeat(5000)}" nam requirement r { on badge "elsewhere" awarded } }`,
    );
    const [, excerpt = '', caret = ''] = shown.split('\n');
    expect(excerpt.length).to.be.lessThan(180);
    expect(excerpt.slice(caret.indexOf('^'), caret.lastIndexOf('^') + 1)).to.equal('nam');
  });

  it('marks the first line of a range over several, and the end of the text', () => {
    expect(format(badgeWhere('mode = "a"\n      and mode = "b"'))[0]?.split('\n').slice(1, 3)).to.deep.equal([
      '4 |     where mode = "a"',
      '  |           ^^^^^^^^^^',
    ]);
    expect(format('badge')[0]?.split('\n').slice(1)).to.deep.equal(['1 | badge', '  |      ^']);
  });
});
