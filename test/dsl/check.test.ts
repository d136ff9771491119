import { expect } from 'chai';
import { type Environment, loadRules } from '../../dsl/index.ts';
import { badgeWith, environment, expectDiagnostics, expectValid } from '../support/dsl-harness.ts';

const ON = 'on org.example.course.passed.v1';

describe('check', () => {
  it('yields what a badge block says, with every default', () => {
    const { badges } = expectValid(`
badge "full" {
  name "Full"
  template credly "t-1"
  active true
  repeatable up to 3 times
  on regress keep
  re-award allowed
  requirement first { on badge "elsewhere" awarded }
  requirement second in group B {
    description "d"
    ${ON}
    where is_passing and course.course_key.org = "X" and event.time >= 2026-01-01
    count 2 distinct course.course_key within 2 weeks
    after first
    from 2026-01-01 until 2026-02-01T00:00:00+01:00
  }
  penalty undo { on badge "elsewhere" revoked resets first, second }
}
badge "plain" { requirement r { ${ON} } }`);
    expect(badges).to.deep.equal([
      {
        id: 'full',
        name: 'Full',
        template: { provider: 'credly', id: 't-1' },
        active: true,
        evaluate: false,
        maxAwards: 3,
        repeatable: true,
        onRegress: 'keep',
        reAward: 'allowed',
        requirements: [
          {
            id: 'first',
            group: 'first',
            description: null,
            on: { kind: 'badge', badge: 'elsewhere', change: 'awarded' },
            where: null,
            count: 1,
            distinct: null,
            withinMs: null,
            after: null,
            from: null,
            until: null,
          },
          {
            id: 'second',
            group: 'B',
            description: 'd',
            on: { kind: 'event', type: 'org.example.course.passed.v1' },
            where: {
              kind: 'and',
              operands: [
                { kind: 'is-true', path: { root: 'payload', segments: ['is_passing'], part: null, type: 'boolean' } },
                {
                  kind: 'comparison',
                  path: { root: 'payload', segments: ['course', 'course_key'], part: 'org', type: 'string' },
                  operator: '=',
                  value: 'X',
                },
                {
                  kind: 'comparison',
                  path: { root: 'event', segments: ['time'], part: null, type: 'date' },
                  operator: '>=',
                  value: '2026-01-01T00:00:00.000000000Z',
                },
              ],
            },
            count: 2,
            distinct: { root: 'payload', segments: ['course', 'course_key'], part: null, type: 'string' },
            withinMs: 1_209_600_000,
            after: 'first',
            from: '2026-01-01T00:00:00.000000000Z',
            until: '2026-01-31T23:00:00.000000000Z',
          },
        ],
        penalties: [
          {
            id: 'undo',
            description: null,
            on: { kind: 'badge', badge: 'elsewhere', change: 'revoked' },
            where: null,
            resets: ['first', 'second'],
          },
        ],
      },
      {
        id: 'plain',
        name: null,
        template: null,
        active: false,
        evaluate: false,
        maxAwards: 1,
        repeatable: false,
        onRegress: 'revoke',
        reAward: 'never',
        requirements: [
          {
            id: 'r',
            group: 'r',
            description: null,
            on: { kind: 'event', type: 'org.example.course.passed.v1' },
            where: null,
            count: 1,
            distinct: null,
            withinMs: null,
            after: null,
            from: null,
            until: null,
          },
        ],
        penalties: [],
      },
    ]);
  });

  it('accepts a requirement without conditions: every event of the type matches (UD8)', () => {
    expect(expectValid(badgeWith('')).badges[0]?.requirements[0]?.where).to.equal(null);
  });

  it('takes "repeatable" alone as without limit', () => {
    expect(expectValid(`badge "b" { repeatable requirement r { ${ON} } }`).badges[0]).to.include({
      repeatable: true,
      maxAwards: Number.POSITIVE_INFINITY,
    });
  });

  it('leaves out a badge with errors and keeps the others, also where the mistake is one of syntax', () => {
    const source = (clause: string): string =>
      `badge "bad" { requirement r { ${ON} ${clause} } }\nbadge "good" { requirement r { ${ON} } }\ntest "t" { badge "bad" expect awarded }`;
    for (const clause of [
      'where is_pasing',
      'where is_passing =',
      'wher is_passing',
      'count 1 count 2',
      'where mode == "x"',
      '^',
    ]) {
      const { badges, tests, diagnostics } = loadRules(source(clause), environment);
      expect(
        badges.map(({ id }) => id),
        clause,
      ).to.deep.equal(['good']);
      expect(tests, clause).to.deep.equal([]);
      expect(diagnostics, clause).to.have.length(1);
    }
  });

  it('leaves out a badge whose closing brace is missing', () => {
    const { badges } = loadRules(
      `badge "a" { requirement r { ${ON} }\nbadge "b" { requirement r { ${ON} } }`,
      environment,
    );
    expect(badges.map(({ id }) => id)).to.deep.equal(['b']);
  });

  describe('names', () => {
    it('must be known, and near ones are suggested', () => {
      expectDiagnostics(
        `badge "abc" {
  template credli "x"
  requirement first { on org.example.course.pased.v1 }
  requirement second { ${ON} after frist }
  requirement third { on badge "abd" awarded }
  penalty p { ${ON} resets second, forth }
}`,
        [
          '2:12-18 badge.unknown-provider: "credli" is not a badge provider | did you mean "credly"?',
          '3:26-53 type.unknown-event: "org.example.course.pased.v1" is not a known event type | did you mean "org.example.course.passed.v1"?',
          '4:62-67 requirement.unknown: this badge has no requirement "frist" | did you mean "first"?',
          '5:32-37 badge.unknown: there is no badge "abd" | did you mean "abc"?',
          '6:62-67 requirement.unknown: this badge has no requirement "forth" | known: first, second, third',
        ],
      );
    });

    it('are listed where none is near', () => {
      expectDiagnostics(`badge "b" { template zzz "x" requirement r { ${ON} } }`, [
        '1:22-25 badge.unknown-provider: "zzz" is not a badge provider | known: credly, openbadges',
      ]);
    });

    it('of badges are those of the text and those known elsewhere', () => {
      const text = `badge "a" { requirement r { on badge "elsewhere" awarded } }`;
      expectValid(text);
      expectDiagnostics(text, ['1:38-49 badge.unknown: there is no badge "elsewhere"'], {
        ...environment,
        knownBadges: null,
      });
    });

    it('must differ', () => {
      expectDiagnostics(
        `badge "b" { requirement r { ${ON} } requirement r in group A { ${ON} where is_late } penalty p { ${ON} resets r } penalty p { ${ON} resets r } }
badge "b" { requirement r { ${ON} } }`,
        [
          '1:75-76 requirement.duplicate: there are two requirements "r" in this badge | rename one of them',
          '1:201-202 requirement.duplicate: there are two penalties "p" in this badge | rename one of them',
          '2:7-10 badge.duplicate: there are two badges "b" | give each badge an id of its own',
        ],
      );
    });
  });

  describe('event types', () => {
    it('need a learner', () => {
      expectDiagnostics('badge "b" { requirement r { on org.example.nobody.v1 } }', [
        '1:32-53 type.no-learner: events of type "org.example.nobody.v1" name no learner, so no badge can follow from them | use an event type whose payload holds a learner',
      ]);
    });

    it('give a warning where the settings do not enable them, and the badge stands', () => {
      const text = 'badge "b" { requirement r { on org.example.off.v1 } }';
      const { badges } = expectDiagnostics(text, [
        '1:32-50 type.not-enabled: the settings do not enable "org.example.off.v1", so its events never arrive | enable the event type in the settings',
      ]);
      expect(badges).to.have.length(1);
      const everything: Environment = { ...environment, enabledEventTypes: null };
      expectValid(text, everything);
    });
  });

  describe('blocks', () => {
    it('need requirements, and those an event', () => {
      expectDiagnostics('badge "b" { name "x" }\nbadge "c" { requirement r { } penalty p { } }', [
        '1:7-10 badge.no-requirements: badge "b" has no requirement and could never be earned | add a requirement',
        '2:25-26 clause.missing: requirement "r" does not say which event it waits for | add "on" with an event type, or on badge "..." awarded',
        '2:39-40 clause.missing: penalty "p" does not say which event it waits for | add "on" with an event type, or on badge "..." awarded',
        '2:39-40 clause.missing: penalty "p" resets nothing | add "resets" with the ids of requirements',
      ]);
    });

    it('have groups from A to Z, and a requirement without one is a group of its own', () => {
      expectDiagnostics(
        `badge "b" {
  requirement r in group a { ${ON} }
  requirement s in group AB { ${ON} }
  requirement A { ${ON} where is_passing }
  requirement t in group A { ${ON} where is_late }
}`,
        [
          '2:26-27 requirement.group: "a" is not a group: a group is a letter from A to Z | did you mean "A"?',
          '3:26-28 requirement.group: "AB" is not a group: a group is a letter from A to Z | write a letter from A to Z',
          '4:15-16 requirement.group-taken: requirement "A" would fall into group A of other requirements | rename it, or give it a group',
        ],
      );
    });

    it('take numbers, dates and intervals that make sense', () => {
      const wrong: readonly (readonly [string, string])[] = [
        ['count 0', '4:11-12 value.number: "count" takes a whole number of at least 1 | write 1 or more'],
        ['count 1.5', '4:11-14 value.number: "count" takes a whole number of at least 1 | write 1 or more'],
        [
          'count 2 within 0 days',
          '4:20-26 value.number: "within" takes a whole number of at least 1 and a unit, 10,000 years at most | write for example 30 days',
        ],
        [
          'from 2026-02-30',
          '4:10-20 value.date: 2026-02-30 is not a date or time that exists | write 2026-02-01 or 2026-02-01T09:00:00Z',
        ],
        [
          'until 2026-1-1',
          '4:11-19 value.date: 2026-1-1 is not a date or time that exists | write 2026-02-01 or 2026-02-01T09:00:00Z',
        ],
        [
          'from 2026-02-01 until 2026-02-01',
          '4:27-37 value.interval: this interval is empty: "from" is not earlier than "until" | let "from" be earlier than "until"',
        ],
        [
          'count 2 distinct tags',
          '4:22-26 type.clash: "tags" is a record, map or list, and "distinct" counts single values | name a field inside',
        ],
      ];
      for (const [clauses, expected] of wrong) expectDiagnostics(badgeWith(clauses), [expected]);
    });

    it('ask nothing of a badge event, and no requirement waits for a revocation', () => {
      expectDiagnostics(
        'badge "b" {\n  requirement r { on badge "elsewhere" revoked where x = 1 count 2 distinct y }\n  penalty p { on badge "elsewhere" revoked where x resets r }\n}',
        [
          '2:22-47 trigger.revoked: a requirement cannot wait for a revocation | write "awarded", or make it a penalty',
          '2:54-59 trigger.no-payload: a badge event has no payload that "where" could ask | remove "where"',
          '2:77-78 trigger.no-payload: a badge event has no payload that "distinct" could read | remove "distinct"',
          '3:50-51 trigger.no-payload: a badge event has no payload that "where" could ask | remove "where"',
        ],
      );
    });
  });

  describe('circles', () => {
    it('of requirements are refused', () => {
      expectDiagnostics(
        `badge "b" {\n  requirement a { ${ON} after b }\n  requirement b { ${ON} after a }\n  requirement c { ${ON} after c }\n  requirement d { ${ON} after a }\n}`,
        [
          '2:57-58 requirement.cycle: these requirements wait for each other: "a" after "b" after "a" | remove one of the "after" clauses',
          '4:57-58 requirement.cycle: these requirements wait for each other: "c" after "c" | remove one of the "after" clauses',
        ],
      );
    });

    it('of badges are refused, and badges outside of them stand', () => {
      const on = (id: string): string => `requirement r { on badge "${id}" awarded }`;
      const { badges } = expectDiagnostics(
        `badge "a" { ${on('b')} }\nbadge "b" { ${on('c')} }\nbadge "c" { ${on('elsewhere')} penalty p { on badge "a" revoked resets r } }\nbadge "d" { ${on('d')} }\nbadge "e" { ${on('a')} }`,
        [
          '1:32-49 badge.cycle: these badges wait for each other: "a" on "b" on "c" on "a" | let one of them not depend on the others',
          '4:32-49 badge.cycle: these badges wait for each other: "d" on "d" | let one of them not depend on the others',
        ],
      );
      expect(badges.map(({ id }) => id)).to.deep.equal(['e']);
    });
  });

  describe('strings', () => {
    it('give a warning where a word mixes alphabets or a character cannot be seen', () => {
      expectDiagnostics(
        'badge "b" {\n  name "\u041epen"\n  template credly "a\u200bb"\n  requirement r { on badge "elsewhere" awarded description "a\\u202eb" }\n}',
        [
          '2:8-14 text.mixed-script: "\u041epen" mixes Latin and Cyrillic letters, which may look alike | type the word anew',
          '3:19-24 text.invisible: this string holds the invisible character U+200B | type the text anew without it',
          '4:60-70 text.invisible: this string holds the invisible character U+202E | type the text anew without it',
        ],
      );
    });

    it('may be of any one script, word by word, with the joiners that it needs', () => {
      for (const name of ['Курс Python', '東京タワーTokyo', 'می\u200cخواهم', '👩\u200d🎓', 'Größe', 'Ελληνικά A1'])
        expectValid(`badge "b" { name "${name}" requirement r { ${ON} } }`);
    });
  });

  describe('tests', () => {
    it('become steps with every value of its type', () => {
      const { tests } = expectValid(`badge "b" { requirement r { ${ON} } }
test "t" {
  badge "b"
  event org.example.course.passed.v1 at 2026-03-01 { is_passing = true, course.start = 2026-01-01, note = null }
  event org.example.course.passed.v1 {}
  expect awarded, not awarded, awarded 2 times, revoked, fulfilled r, not fulfilled r, progress 0.5
}`);
      const step = tests[0]?.steps[2];
      expect(step?.kind === 'expect' && step.expectations.map(({ span: _, ...rest }) => rest)).to.deep.equal([
        { kind: 'awarded', negated: false, times: null },
        { kind: 'awarded', negated: true, times: null },
        { kind: 'awarded', negated: false, times: 2 },
        { kind: 'revoked' },
        { kind: 'fulfilled', negated: false, requirement: 'r' },
        { kind: 'fulfilled', negated: true, requirement: 'r' },
        { kind: 'progress', ratio: 0.5 },
      ]);
      expect(tests[0]).to.include({ title: 't', badge: 'b' });
      expect(tests[0]?.steps.slice(0, 2)).to.deep.equal([
        {
          kind: 'event',
          type: 'org.example.course.passed.v1',
          at: '2026-03-01T00:00:00.000000000Z',
          fields: [
            { segments: ['is_passing'], value: true },
            { segments: ['course', 'start'], value: '2026-01-01' },
            { segments: ['note'], value: null },
          ],
        },
        { kind: 'event', type: 'org.example.course.passed.v1', at: null, fields: [] },
      ]);
    });

    it('are checked like rules', () => {
      expectDiagnostics(
        `badge "bee" { requirement r { ${ON} } }
test "t" {
  badge "bea"
  event org.example.course.passed.v1 at 2026-13-01 {
    is_pasing = 1, mode = null, tags = "x", course.course_key.org = "x", mode = "y", event.id = "e"
  }
  expect progress 2, awarded -1 times, awarded 0 times
}
test "u" { badge "bee" expect fulfilled rr }
test "v" { expect awarded }`,
        [
          '3:9-14 badge.unknown: there is no badge "bea" in this file | did you mean "bee"?',
          '4:41-51 value.date: 2026-13-01 is not a date or time that exists | write 2026-02-01 or 2026-02-01T09:00:00Z',
          '5:5-14 type.unknown-path: "is_pasing" is not a field in org.example.course.passed.v1 | did you mean "is_passing"?',
          '5:20-24 type.clash: "mode" is never null | give it a value, or leave it out',
          '5:33-37 type.clash: "tags" is a record, map or list and cannot be given a value | give values to the fields inside',
          '5:45-66 type.clash: "course.course_key.org" is part of a key and cannot be given a value | give the whole key',
          '5:74-78 clause.repeated: "mode" is given twice | keep one of the two',
          '5:86-94 type.unknown-path: "event.id" is not a field in org.example.course.passed.v1 | did you mean "user.id"?',
          '7:19-20 value.number: "progress" is a ratio between 0 and 1 | write for example 0.5',
          '7:30-32 value.number: "awarded ... times" takes a whole number of at least 0 | write 0 or more',
          '9:41-43 requirement.unknown: badge "bee" has no requirement "rr" | did you mean "r"?',
          '10:6-9 clause.missing: test "v" does not say which badge it is about | add badge "..."',
        ],
      );
    });
  });
});
