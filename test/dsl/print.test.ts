import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { limits, parse, printCondition, printFile } from '../../dsl/index.ts';
import { badgeWhere, expectValid, withoutSpans } from '../support/dsl-harness.ts';

const examples = new URL('../../examples/rules/', import.meta.url);
const print = (text: string): string => printFile(parse(text).file);

describe('printFile', () => {
  for (const name of readdirSync(examples))
    it(`finds nothing to change in ${name}`, () => {
      const text = readFileSync(new URL(name, examples), 'utf8');
      expect(print(text)).to.equal(text);
    });

  it('puts clauses in one order, aligned, one block after the other', () => {
    expect(
      print(`test "t" { badge "b" expect awarded 2 times,revoked event a.b at 2026-01-01{} }
badge "b" { penalty p { resets r,s on badge "c" revoked } requirement r in group A { until 2027-01-01 from 2026-01-01 after s
count 5 distinct x within 1 weeks where not (a and b) on a.b description "d" } re-award never on regress keep repeatable
active true template credly "t" name "n" }`),
    ).to.equal(`test "t" {
  badge "b"
  expect awarded 2 times, revoked
  event a.b at 2026-01-01 {}
}

badge "b" {
  name     "n"
  template credly "t"
  active   true
  repeatable
  on regress keep
  re-award never

  requirement r in group A {
    description "d"
    on    a.b
    where not (a and b)
    count 5 distinct x within 1 week
    after s
    from  2026-01-01 until 2027-01-01
  }

  penalty p {
    on     badge "c" revoked
    resets r, s
  }
}
`);
  });

  it('breaks what is longer than a line', () => {
    const keys = Array.from({ length: 6 }, (_, i) => `"course-v1:OpenedX+Demo${i}+2026"`).join(', ');
    expect(print(badgeWhere(`is_passing and course.course_key in [${keys}] and not is_late`))).to.equal(`badge "b" {
  requirement r {
    on    org.example.course.passed.v1
    where is_passing
      and course.course_key in [
          "course-v1:OpenedX+Demo0+2026", "course-v1:OpenedX+Demo1+2026",
          "course-v1:OpenedX+Demo2+2026", "course-v1:OpenedX+Demo3+2026",
          "course-v1:OpenedX+Demo4+2026", "course-v1:OpenedX+Demo5+2026"
        ]
      and not is_late
  }
}
`);
  });

  it('keeps comments beside what they speak of', () => {
    const text = `# The file.

# The badge.
# In two lines.
badge "b" { # opened
  # Its name.
  name "n" # a name

  # A remark by itself.

  # The requirement.
  requirement r { # why
    # When.
    on a.b # event
    # The end of r.
  } # closed
  # The end of b.
} # done

# The end.
`;
    expect(print(text)).to.equal(text);
  });

  it('moves a comment with its clause', () => {
    expect(print('badge "b" {\n  # on or off\n  active true # on\n  name "n"\n}\n')).to.equal(
      'badge "b" {\n  name   "n"\n  # on or off\n  active true # on\n}\n',
    );
  });

  it('prints nothing for nothing', () => {
    expect(print('')).to.equal('');
    expect(print('  # only\n')).to.equal('# only\n');
  });
});

describe('printCondition', () => {
  it('prints a checked condition as the text it came from', () => {
    for (const text of [
      'event.time > 2026-01-01 and course.start < 2026-02-01T09:00:00.5Z',
      'course.course_key.org = "X" and grades."final exam" >= 65',
      '(is_passing or is_late) and not (mode = "a" or mode in ["b", "c"])',
      '"template" starts with "\\"" or not not note exists',
    ]) {
      const where = expectValid(badgeWhere(text)).badges[0]?.requirements[0]?.where;
      expect(where && printCondition(where)).to.equal(text);
    }
  });

  it('keeps a valid expression below its limit, whatever spaces that costs', () => {
    const long = Array.from({ length: 545 }, (_, i) => `score!=${i}`).join(' and ');
    expect(long.length).to.be.lessThan(limits.expressionBytes);
    const file = parse(badgeWhere(long)).file;
    const printed = printFile(file);
    expect(parse(printed).diagnostics).to.deep.equal([]);
    expect(withoutSpans(parse(printed).file.blocks)).to.deep.equal(withoutSpans(file.blocks));
    expect(printFile(parse(printed).file)).to.equal(printed);
  });
});
