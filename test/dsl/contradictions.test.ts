import { expect } from 'chai';
import { checkExpression } from '../../dsl/index.ts';
import { cpuMsOf } from '../support/cpu-time.ts';
import { badgeWhere, expectDiagnostics, expectValid, field } from '../support/dsl-harness.ts';

const never = (place: string, hint = 'remove the contradiction'): string[] => [
  `${place} condition.never: this condition can never hold | ${hint}`,
];
const always = (place: string): string[] => [
  `${place} condition.always: this condition always holds | remove it, or correct it`,
];
const BY_OR = 'alternatives are joined by "or", or listed: in [...]';

describe('contradictions', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['mode = "a" and mode = "b"', never('4:11-36', BY_OR)],
    ['mode = "a" and is_passing and mode = "b"', never('4:11-51', BY_OR)],
    ['mode in ["a", "b"] and mode not in ["b", "a", "c"]', never('4:11-61')],
    ['mode = "ab" and mode starts with "b"', never('4:11-47')],
    ['score > 5 and score < 5', never('4:11-34')],
    ['attempts > 1 and attempts < 2', never('4:11-40')],
    ['attempts = 1.5', never('4:11-25')],
    ['course.start < 2026-01-01 and course.start >= 2026-01-01T00:00:00Z', never('4:11-77')],
    ['note = "a" and not note exists', never('4:11-41')],
    ['is_passing and not is_passing', never('4:11-40')],
    ['is_passing and (mode = "a" and mode = "b")', never('4:27-52', BY_OR)],
    ['mode = "a" and not (is_passing or mode = "a")', never('4:11-56')],
    ['mode = "a" or mode != "a"', always('4:11-36')],
    ['is_passing = true or is_passing = false', always('4:11-50')],
    ['score < 1 or score >= 1', always('4:11-34')],
    ['mode exists', always('4:11-22')],
    ['tags exists', always('4:11-22')],
    ['note exists or note != "a"', always('4:11-37')],
    ['not (mode = "a" and mode = "b")', never('4:16-41', BY_OR)],
    ['not is_passing or is_passing', always('4:11-39')],
  ];
  for (const [condition, expected] of cases)
    it(`are found in ${condition}`, () => {
      expect(expectDiagnostics(badgeWhere(condition), expected).badges).to.have.length(1);
    });

  for (const condition of [
    'mode = "a" or mode = "b"',
    'score > 5 and score < 6',
    'attempts > 1 and attempts < 3',
    'is_late = true or is_late = false',
    'grade < 1 or grade >= 1',
    'note exists',
    'grades.a exists',
    'course.course_key.org exists',
    'course.start exists',
    'mode starts with "a" and mode starts with "b"',
    'note != "a" and note != "b"',
    'is_passing and not is_late',
  ])
    it(`are not found in ${condition}`, () => {
      expectValid(badgeWhere(condition));
    });

  it('are looked for in less than 100 ms, however the expression is made', () => {
    const nested = (depth: number): string =>
      depth === 0 ? 'mode = "0"' : `mode = "${depth}" or (mode != "${depth}" and (${nested(depth - 2)}))`;
    const long = Array.from({ length: 700 }, (_, i) => `score=${i}`).join(' or ');
    for (const text of [
      nested(60),
      long,
      long.replaceAll('or', 'and'),
      `score in [${'1,'.repeat(900)}1] and ${long.slice(0, 5000)}1`,
    ]) {
      const tookMs = cpuMsOf(() => {
        for (let i = 0; i < 8; i++)
          checkExpression(text, [
            field('mode', { kind: 'string', format: null }),
            field('score', { kind: 'number', integer: false }),
          ]);
      });
      expect(tookMs).to.be.lessThan(1000);
    }
  });
});
