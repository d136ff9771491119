import { expect } from 'chai';
import { checkExpression, printCondition } from '../../dsl/index.ts';
import { badgeWhere, environment, expectDiagnostics, expectValid, field, line } from '../support/dsl-harness.ts';

describe('conditions', () => {
  it('may ask everything the operand types allow', () => {
    for (const condition of [
      'is_passing = true and is_late != false',
      'is_passing and not is_late',
      'grade >= 0.8 and score < -1.5e3 and attempts in [1, 2]',
      'mode starts with "a" or mode ends with "b" or mode contains "c" or mode like "d*?"',
      'course.course_key = "k" and course.course_key.run != "r" and course.ccx_key.ccx = "3"',
      'course.start < 2026-01-01 and event.time >= 2026-01-01T00:00:00Z and course.start not in [2026-01-01]',
      'event.id = "e" and event.source like "/openedx/*" and event.type != "t"',
      'note exists and grades."final exam" >= 65 and grades.lab exists',
      'user.name = "n" and "mode" = "x"',
    ])
      expectValid(badgeWhere(condition));
  });

  const refused: readonly (readonly [string, string])[] = [
    [
      'is_passing = "true"',
      '4:24-30 type.clash: "is_passing" is true or false and cannot be compared with a text | write true or false',
    ],
    [
      'grade = "65"',
      '4:19-23 type.clash: "grade" is a number and cannot be compared with a text | write the number without quotes: 65',
    ],
    [
      'grade = "high"',
      '4:19-25 type.clash: "grade" is a number and cannot be compared with a text | write a number without quotes, such as 0.8',
    ],
    ['grade = 1e999', '4:19-24 value.number: this number is too large | write a number below 1.8e308'],
    [
      'course.start > "2026-01-01"',
      '4:26-38 type.clash: "course.start" is a date and cannot be compared with a text | write the date without quotes: 2026-01-01',
    ],
    [
      'course.start > "soon"',
      '4:26-32 type.clash: "course.start" is a date and cannot be compared with a text | write a date without quotes, such as 2026-02-01',
    ],
    [
      'event.time > 2026-02-30',
      '4:24-34 value.date: 2026-02-30 is not a date or time that exists | write 2026-02-01 or 2026-02-01T09:00:00Z',
    ],
    [
      'mode = 5',
      '4:18-19 type.clash: "mode" is a text and cannot be compared with a number | write it in double quotes: "5"',
    ],
    [
      'mode = 2026-01-01',
      '4:18-28 type.clash: "mode" is a text and cannot be compared with a date | write it in double quotes: "2026-01-01"',
    ],
    ['mode < "a"', '4:11-21 type.clash: "<" compares numbers and dates, but "mode" is a text | use =, != or in'],
    [
      'is_passing >= true',
      '4:11-29 type.clash: ">=" compares numbers and dates, but "is_passing" is true or false | use =, != or in',
    ],
    ['grade like "6*"', '4:11-26 type.clash: "like" asks texts, but "grade" is a number'],
    [
      'mode',
      '4:11-15 type.clash: "mode" is a text and cannot stand alone | compare it with a value, or ask whether it exists',
    ],
    [
      'tags contains "x"',
      '4:11-28 type.clash: "tags" is a record, map or list, of which only "exists" can be asked | write "tags exists", or name a field inside',
    ],
    [
      'course = "x"',
      '4:11-23 type.clash: "course" is a record, map or list, of which only "exists" can be asked | write "course exists", or name a field inside',
    ],
    [
      'grade in [1, true]',
      '4:24-28 type.clash: "grade" is a number and cannot be compared with true or false | write a number without quotes, such as 0.8',
    ],
    ['mode in []', '4:11-21 value.empty-list: this list holds no values | put at least one value between the brackets'],
    [
      'course_key = "x"',
      '4:11-21 type.unknown-path: "course_key" is not a field in org.example.course.passed.v1 | did you mean "course.course_key"?',
    ],
    [
      'course.course_key.ccx = "3"',
      '4:11-32 type.unknown-path: "course.course_key.ccx" is not a field in org.example.course.passed.v1: "course.course_key" is a key with the parts .org .course .run',
    ],
    [
      'course.ccx_key.org.x = "3"',
      '4:11-31 type.unknown-path: "course.ccx_key.org.x" is not a field in org.example.course.passed.v1: "course.ccx_key" is a key with the parts .org .course .run .ccx',
    ],
    [
      'tags.first = "x"',
      '4:11-21 type.unknown-path: "tags.first" is not a field in org.example.course.passed.v1: "tags" is a list, of which only "exists" can be asked',
    ],
    [
      'mode.x exists',
      '4:11-17 type.unknown-path: "mode.x" is not a field in org.example.course.passed.v1: "mode" has no parts',
    ],
    [
      'event.tim > 2026-01-01',
      '4:11-20 type.unknown-path: "event.tim" is not a field in org.example.course.passed.v1 | did you mean "event.time"?',
    ],
  ];
  for (const [condition, expected] of refused)
    it(`refuse ${condition}`, () => {
      expect(expectDiagnostics(badgeWhere(condition), [expected]).badges).to.deep.equal([]);
    });

  it('take the names of prototypes for ordinary unknown paths', () => {
    for (const name of [
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
      'course.constructor',
      'event.constructor',
    ])
      expectDiagnostics(badgeWhere(`${name} exists`), [
        `4:11-${11 + name.length} type.unknown-path: "${name}" is not a field in org.example.course.passed.v1`,
      ]);
  });

  it('let metadata win over a payload field "event", and reach the rest of that field', () => {
    const { badges } = expectValid(`badge "b" {
  requirement r { on org.example.logged.v1 where event.time > 2026-01-01 and event.page = "p" and user.id = 1 }
}`);
    const where = badges[0]?.requirements[0]?.where;
    expect(
      where?.kind === 'and' && where.operands.slice(0, 2).map((test) => 'path' in test && test.path),
    ).to.deep.equal([
      { root: 'event', segments: ['time'], part: null, type: 'date' },
      { root: 'payload', segments: ['event', 'page'], part: null, type: 'string' },
    ]);
  });

  it('share a resolved path between all rules of an event type', () => {
    const { badges } = expectValid(badgeWhere('mode = "a"') + badgeWhere('mode = "b"').replace('"b"', '"c"'));
    const [a, b] = badges.map(({ requirements }) => requirements[0]?.where);
    expect(a?.kind === 'comparison' && b?.kind === 'comparison' && a.path === b.path).to.equal(true);
  });

  it('do not change the environment', () => {
    expect(Object.isFrozen(environment)).to.equal(false);
    const before = JSON.stringify([...environment.eventTypes]);
    expectValid(badgeWhere('grades.a > 1 and course.course_key.org = "x"'));
    expect(JSON.stringify([...environment.eventTypes])).to.equal(before);
  });
});

describe('checkExpression', () => {
  const fields = [
    field('completion', { kind: 'number', integer: false }, true),
    field('grades', { kind: 'map', values: { kind: 'number', integer: false } }),
  ];

  it('checks the criteria of a credential over maps', () => {
    const { condition, diagnostics } = checkExpression('completion >= 0.8 and grades."final exam" >= 65', fields);
    expect(diagnostics).to.deep.equal([]);
    expect(condition && printCondition(condition)).to.equal('completion >= 0.8 and grades."final exam" >= 65');
  });

  const problems = (text: string): string[] => {
    const { condition, diagnostics } = checkExpression(text, fields);
    expect(condition === null).to.equal(diagnostics.some(({ severity }) => severity === 'error'));
    return diagnostics.map(line);
  };

  it('says what is wrong with it', () => {
    expect(problems('')).to.deep.equal(['1:1-1 syntax.unexpected: expected a condition, but the text ends here']);
    expect(problems('completion >= 1 }')).to.deep.equal([
      '1:17-18 syntax.unexpected: expected the end of the text, but found "}"',
    ]);
    expect(problems('completon > 1')).to.deep.equal([
      '1:1-10 type.unknown-path: "completon" is not a field | did you mean "completion"?',
    ]);
    expect(problems('event.time > 2026-01-01')).to.deep.equal([
      '1:1-11 type.unknown-path: "event.time" is not a field',
    ]);
    expect(problems('completion > 1 and completion < 1')).to.deep.equal([
      '1:1-34 condition.never: this condition can never hold | remove the contradiction',
    ]);
  });
});
