/** What every keyword says, for whoever points at it. Operators have a table of their own (`../operators.ts`). */

export interface KeywordText {
  /** As written, with what follows. */
  readonly form: string;
  readonly meaning: string;
}

const REGRESS =
  'What happens to an awarded badge that a penalty makes incomplete: "revoke" (unless said otherwise) takes it back, ' +
  '"keep" leaves it.';
const RE_AWARD =
  'Whether a badge that was taken back can be earned again: "never" (unless said otherwise) or "allowed".';
const REPEATABLE = 'The badge can be earned again: after each award the progress starts anew.';
const DURATION = 'All that count must lie within one span of this length, e.g. 30 minutes, 12 hours, 90 days, 2 weeks.';

const table: Readonly<Record<string, readonly [form: string, meaning: string]>> = {
  badge: [
    'badge "id" { ... }',
    'A badge that learners can earn. After "on": the award or revocation of another badge.',
  ],
  test: ['test "title" { ... }', 'Events and what is expected after them; run by the command "rules test".'],
  name: ['name "text"', 'What people see. It may be left out where the template of the provider has a name.'],
  template: ['template provider "id"', 'Which badge template of which provider is issued.'],
  active: ['active true', 'Whether events count for this badge; "false" unless said otherwise.'],
  evaluate: [
    'evaluate true',
    'Whether it is only recorded who would be awarded, and nothing is issued; for trying rules out.',
  ],
  repeatable: ['repeatable up to 3 times', REPEATABLE],
  up: ['up to 3 times', 'How often the badge can be earned at most.'],
  to: ['up to 3 times', 'How often the badge can be earned at most.'],
  times: ['up to 3 times', 'How often.'],
  time: ['awarded 1 time', 'How often.'],
  on: ['on event.type', 'Which event this waits for: an event type, or badge "id" awarded.'],
  regress: ['on regress keep', REGRESS],
  revoke: ['on regress revoke', REGRESS],
  keep: ['on regress keep', REGRESS],
  're-award': ['re-award allowed', RE_AWARD],
  never: ['re-award never', RE_AWARD],
  allowed: ['re-award allowed', RE_AWARD],
  requirement: [
    'requirement id in group A { ... }',
    'One thing to achieve. Requirements of one group are alternatives; all groups must be fulfilled.',
  ],
  penalty: ['penalty id { ... }', 'An event that takes fulfilled requirements back.'],
  group: ['in group A', 'Requirements with the same letter, A to Z, are alternatives.'],
  description: ['description "text"', 'What people see of this requirement or penalty.'],
  where: ['where condition', 'Which events of the type count; without it all do.'],
  count: ['count 5 distinct path within 90 days', 'How many events are needed; one unless said otherwise.'],
  distinct: ['distinct path', 'Counts different values at the path instead of events.'],
  within: ['within 90 days', DURATION],
  after: ['after id', 'Events count only once that requirement is fulfilled.'],
  from: ['from 2026-01-01', 'Only events from this date or time on count.'],
  until: ['until 2027-01-01', 'Only events before this date or time count.'],
  awarded: ['on badge "id" awarded', 'The badge has been awarded.'],
  revoked: ['on badge "id" revoked', 'The badge has been taken back; for penalties only.'],
  resets: ['resets id, id', 'Which requirements the penalty takes back.'],
  true: ['true', 'The value true.'],
  false: ['false', 'The value false.'],
  null: ['path = null', 'In a test event: the field has no value.'],
  with: ['starts with "text"', 'Part of the operators "starts with" and "ends with".'],
  event: ['event event.type at date { path = value }', 'In a test: an event that the learner causes.'],
  at: ['at 2026-03-01T10:00:00Z', 'When the event of a test happens.'],
  expect: ['expect awarded', 'In a test: what holds after the events above.'],
  fulfilled: ['fulfilled id', 'The requirement is fulfilled.'],
  progress: ['progress 0.5', 'The share of groups that are fulfilled, 0 to 1.'],
  minutes: ['within 30 minutes', DURATION],
  hours: ['within 12 hours', DURATION],
  days: ['within 90 days', DURATION],
  weeks: ['within 2 weeks', DURATION],
};

/** @returns null for operators and for what is no keyword */
export function keywordText(word: string): KeywordText | null {
  const row = Object.hasOwn(table, word) ? table[word] : Object.hasOwn(table, `${word}s`) ? table[`${word}s`] : null;
  return row ? { form: row[0], meaning: row[1] } : null;
}
