import { expect } from 'chai';
import { checkWhere, type Diagnostic, fixFor, loadRules } from '../../../dsl/index.ts';
import { badgeWhere, badgeWith, environment, passed } from '../../support/dsl-harness.ts';

function mend(text: string): readonly [label: string | undefined, text: string] {
  const { diagnostics } = loadRules(text, environment);
  const fix = diagnostics.map((diagnostic) => fixFor(diagnostic, text)).find((found) => found !== null);
  return fix ? [fix.label, text.slice(0, fix.span.start) + fix.text + text.slice(fix.span.end)] : [undefined, text];
}

describe('the change that a diagnostic proposes', () => {
  const cases: readonly (readonly [broken: string, label: string, mended: string])[] = [
    [badgeWhere('is_pasing'), 'Change to is_passing', badgeWhere('is_passing')],
    [badgeWhere('course_key = "a"'), 'Change to course.course_key', badgeWhere('course.course_key = "a"')],
    [badgeWhere('templat = "a"'), 'Change to "template"', badgeWhere('"template" = "a"')],
    [badgeWhere('is_passing == true'), 'Change to =', badgeWhere('is_passing = true')],
    [badgeWhere('is_passing && is_late'), 'Change to and', badgeWhere('is_passing and is_late')],
    [badgeWhere('grade > "5"'), 'Change to 5', badgeWhere('grade > 5')],
    [badgeWhere('course.start > "2026-01-01"'), 'Change to 2026-01-01', badgeWhere('course.start > 2026-01-01')],
    [badgeWhere("mode = 'a'"), 'Change to "a"', badgeWhere('mode = "a"')],
    [
      `${badgeWith('')}badge "c" { requirement first { on badge "b" awarded } penalty p { on badge "b" revoked resets fist } }`,
      'Change to first',
      `${badgeWith('')}badge "c" { requirement first { on badge "b" awarded } penalty p { on badge "b" revoked resets first } }`,
    ],
    [
      'badge "b" { requirement r { on badge "elswhere" awarded } }',
      'Change to "elsewhere"',
      'badge "b" { requirement r { on badge "elsewhere" awarded } }',
    ],
    [
      'badge "b" { requirment r { on badge "elsewhere" awarded } }',
      'Change to requirement',
      'badge "b" { requirement r { on badge "elsewhere" awarded } }',
    ],
    [
      'badge "b" { template credli "x" requirement r { on badge "elsewhere" awarded } }',
      'Change to credly',
      'badge "b" { template credly "x" requirement r { on badge "elsewhere" awarded } }',
    ],
  ];

  for (const [broken, label, mended] of cases) {
    it(`${label}: makes the text sound`, () => {
      expect(mend(broken)).to.deep.equal([label, mended]);
      expect(loadRules(mended, environment).diagnostics.filter(({ severity }) => severity === 'error')).to.deep.equal(
        [],
      );
    });
  }

  it('is made by nobody where the hint is only advice', () => {
    const advice = [
      badgeWhere('mode < "a"'),
      badgeWhere('mode = 5 and'),
      badgeWith('from 2027-01-01 until 2026-01-01'),
    ];
    for (const text of advice) expect(mend(text)[0], text).to.equal(undefined);
  });

  it('is not made of a text that the hint shows only in part', () => {
    const long = `'${'x'.repeat(60)}'`;
    const [diagnostic] = checkWhere(`mode = ${long}`, passed).diagnostics;
    expect(diagnostic?.code).to.equal('syntax.string');
    expect(fixFor(diagnostic as Diagnostic, `mode = ${long}`)).to.equal(null);
  });
});
