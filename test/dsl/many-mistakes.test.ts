import { expectDiagnostics } from '../support/dsl-harness.ts';

/** One mistake, or none, on a line; each independent of all others. */
const TEXT = `badge "one" {
  nam      "One"
  template credli "x"
  active   yes
  repeatable up to 0 times
  requirement a in group AA {
    on    org.example.course.pased.v1
    where is_pasing
  }
  requirement b {
    on    org.example.course.passed.v1
    where is_passing = "yes" and
      mod = "a"
      and grade in []
    count 2 distinct tags within 3 day
    after nobody
    from  2026-02-30
  }
  requirement b {
    on    badge "on" awarded
    where event.id = "x"
    count 0
  }
  requirement c {
    on    org.example.nobody.v1
    count 2
    count 3
  }
  requirement d {
    on    org.example.course.passed.v1
    where mode = "a" and mode = "b"
    from  2026-02-01
    until 2026-01-01
    after d
  }
  penalty p {
    on     badge "elsewhere" revoked
    resets a, bb
  }
}

badge "two" {
  requirement r {
    on    org.example.course.passed.v1
    where (is_passing and
  }
  requirement s
    on    org.example.course.passed.v1
    where score == 5 or note = 'x' @
  }
  requirement t { on org.example.off.v1 }
}

badge "one" { }

test "t" {
  badge "thre"
  event org.example.course.passed.v1 at 2026-13-01 { score = 1 mode = "x" }
  event org.example.course.passed.v1 { scor = 1, mode = null }
  expect fulfilled r, progress 2
  expect award
}

tset "u" { }

test "v" {
  badge "two"
  expect fulfilled rr
}
`;

describe('a file with very many mistakes', () => {
  it('has each of them told at its place, in one pass, and nothing else', () => {
    expectDiagnostics(TEXT, [
      '2:3-6 syntax.unexpected: expected "name", "template", "active", "evaluate", "repeatable", "on", "re-award", "requirement", "penalty" or "}", but found "nam" | did you mean "name"?',
      '3:12-18 badge.unknown-provider: "credli" is not a badge provider | did you mean "credly"?',
      '4:12-15 syntax.unexpected: expected "true" or "false", but found "yes" | did you mean "true"?',
      '5:20-21 value.number: "up to" takes a whole number of at least 1 | write 1 or more',
      '6:26-28 requirement.group: "AA" is not a group: a group is a letter from A to Z | write a letter from A to Z',
      '7:11-38 type.unknown-event: "org.example.course.pased.v1" is not a known event type | did you mean "org.example.course.passed.v1"?',
      '12:24-29 type.clash: "is_passing" is true or false and cannot be compared with a text | write true or false',
      '13:7-10 type.unknown-path: "mod" is not a field in org.example.course.passed.v1 | did you mean "mode"?',
      '14:11-22 value.empty-list: this list holds no values | put at least one value between the brackets',
      '15:22-26 type.clash: "tags" is a record, map or list, and "distinct" counts single values | name a field inside',
      '16:11-17 requirement.unknown: this badge has no requirement "nobody" | known: a, b, c, d',
      '17:11-21 value.date: 2026-02-30 is not a date or time that exists | write 2026-02-01 or 2026-02-01T09:00:00Z',
      '19:15-16 requirement.duplicate: there are two requirements "b" in this badge | rename one of them',
      '20:17-21 badge.unknown: there is no badge "on" | did you mean "one"?',
      '21:11-25 trigger.no-payload: a badge event has no payload that "where" could ask | remove "where"',
      '22:11-12 value.number: "count" takes a whole number of at least 1 | write 1 or more',
      '25:11-32 type.no-learner: events of type "org.example.nobody.v1" name no learner, so no badge can follow from them | use an event type whose payload holds a learner',
      '27:5-12 clause.repeated: this clause is given twice | keep one of the two',
      '31:11-36 condition.never: this condition can never hold | alternatives are joined by "or", or listed: in [...]',
      '33:11-21 value.interval: this interval is empty: "from" is not earlier than "until" | let "from" be earlier than "until"',
      '34:11-12 requirement.cycle: these requirements wait for each other: "d" after "d" | remove one of the "after" clauses',
      '38:15-17 requirement.unknown: this badge has no requirement "bb" | did you mean "b"?',
      '46:3-4 syntax.unexpected: expected a condition, but found "}"',
      '48:5-7 syntax.unexpected: expected "{", but found "on"',
      '49:17-19 syntax.operator: "==" is not an operator | write "="',
      '49:32-35 syntax.string: a string stands in double quotes | write "x"',
      '49:36-37 syntax.character: nothing in a rule begins with "@" | remove it, or put text in double quotes',
      '51:22-40 type.not-enabled: the settings do not enable "org.example.off.v1", so its events never arrive | enable the event type in the settings',
      '54:7-12 badge.no-requirements: badge "one" has no requirement and could never be earned | add a requirement',
      '54:7-12 badge.duplicate: there are two badges "one" | give each badge an id of its own',
      '57:9-15 badge.unknown: there is no badge "thre" in this file',
      '58:41-51 value.date: 2026-13-01 is not a date or time that exists | write 2026-02-01 or 2026-02-01T09:00:00Z',
      '58:64-68 syntax.unexpected: expected "}", but found "mode"',
      '59:40-44 type.unknown-path: "scor" is not a field in org.example.course.passed.v1 | did you mean "score"?',
      '59:50-54 type.clash: "mode" is never null | give it a value, or leave it out',
      '60:32-33 value.number: "progress" is a ratio between 0 and 1 | write for example 0.5',
      '61:10-15 syntax.unexpected: expected "awarded", "not", "revoked", "fulfilled" or "progress", but found "award"',
      '64:1-5 syntax.unexpected: expected "badge" or "test", but found "tset" | did you mean "test"?',
      '68:20-22 requirement.unknown: badge "two" has no requirement "rr" | did you mean "r"?',
    ]);
  });
});
