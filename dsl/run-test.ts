/** Runs the tests of a rule file: events of one made-up learner, and what they are expected to lead to. */

import type { Span } from './ast.ts';
import { emptyRecord, setField } from './build-payload.ts';
import type { Environment, Field, FieldType, StringFormat } from './environment.ts';
import { evaluate } from './evaluate.ts';
import { explainLearner } from './explain-learner.ts';
import { formatInstant, type Instant, instantFromDate, instantToDate, toInstant } from './instant.ts';
import type { Badge, CheckedTest, Contribution, Outcome, RuleEvent, TestExpectation, TestStep } from './model.ts';
import { SourceText } from './source.ts';
import { whyNotMet } from './test-reasons.ts';

export interface TestFailure {
  /** 1-based place of the expectation. */
  readonly line: number;
  readonly column: number;
  readonly span: Span;
  /** What was expected, as written. */
  readonly expected: string;
  /** The state that was there instead. */
  readonly actual: string;
  /** Why, one sentence without full stop each: events by their number in the test, with the values they had. */
  readonly reasons: readonly string[];
}

export interface TestReport {
  readonly title: string;
  readonly badge: string;
  readonly expectations: number;
  readonly failures: readonly TestFailure[];
}

type EventStep = Extract<TestStep, { readonly kind: 'event' }>;

const BEGINNING = '2026-01-01T00:00:00.000000000Z' as Instant;
const A_MINUTE_MS = 60_000;

/** @param badges of the test's file; others that the badge waits for are taken from here too
 *  @param text the file's text, for places */
export function runTest(
  test: CheckedTest,
  badges: readonly Badge[],
  environment: Pick<Environment, 'eventTypes'>,
  text: string,
): TestReport {
  const source = new SourceText(text);
  const events: RuleEvent[] = [];
  const failures: TestFailure[] = [];
  let expectations = 0;
  for (const step of test.steps) {
    if (step.kind === 'event') {
      events.push(toEvent(step, events, environment));
      continue;
    }
    const evaluation = evaluate(badges, events).get(test.badge);
    const outcome = evaluation?.outcome;
    for (const expectation of step.expectations) {
      expectations += 1;
      if (outcome !== undefined && isMet(expectation, outcome)) continue;
      failures.push({
        ...source.positionOf(expectation.span.start),
        span: expectation.span,
        expected: text.slice(expectation.span.start, expectation.span.end),
        actual: outcome === undefined ? `there is no badge "${test.badge}"` : describe(outcome),
        reasons: reasonsFor(expectation, badges, test.badge, evaluation?.contributions ?? [], events),
      });
    }
  }
  return { title: test.title, badge: test.badge, expectations, failures };
}

function reasonsFor(
  expectation: TestExpectation,
  badges: readonly Badge[],
  id: string,
  contributions: readonly Contribution[],
  events: readonly RuleEvent[],
): readonly string[] {
  const badge = badges.find((one) => one.id === id);
  if (badge === undefined) return [];
  const explained = explainLearner(badge, { contributions, events }, Number.POSITIVE_INFINITY);
  return whyNotMet(expectation, badge, explained, events).map(withEventNumbers);
}

function isMet(expectation: TestExpectation, outcome: Outcome): boolean {
  switch (expectation.kind) {
    case 'awarded':
      if (expectation.times !== null) return (outcome.awards === expectation.times) !== expectation.negated;
      return (outcome.status === 'awarded') !== expectation.negated;
    case 'revoked':
      return outcome.status === 'revoked';
    case 'fulfilled':
      return outcome.fulfilled.includes(expectation.requirement) !== expectation.negated;
    case 'progress':
      return Math.abs(outcome.progress - expectation.ratio) < 0.005;
  }
}

/** `awarded (award of 2026-03-01T10:00:00Z), 1 award standing, progress 1, fulfilled demo` */
function describe({ status, awardedAt, awards, progress, fulfilled }: Outcome): string {
  return [
    awardedAt === null ? status : `${status} (award of ${formatInstant(awardedAt)})`,
    `${awards} ${awards === 1 ? 'award' : 'awards'} standing`,
    `progress ${progress}`,
    fulfilled.length === 0 ? 'nothing fulfilled' : `fulfilled ${fulfilled.join(', ')}`,
  ].join(', ');
}

/** The events a test gives to the learner, in the order of the text. */
export function eventsOfTest(test: CheckedTest, environment: Pick<Environment, 'eventTypes'>): readonly RuleEvent[] {
  const events: RuleEvent[] = [];
  for (const step of test.steps) if (step.kind === 'event') events.push(toEvent(step, events, environment));
  return events;
}

const ID_PREFIX = 'test-';

/** In a test an event has a number, not an id. */
function withEventNumbers(sentence: string): string {
  return sentence.replace(new RegExp(`\\b${ID_PREFIX}0*(\\d+)\\b`, 'g'), '$1');
}

/** Without a time of its own an event comes a minute after the one above it. */
function toEvent(
  step: EventStep,
  before: readonly RuleEvent[],
  environment: Pick<Environment, 'eventTypes'>,
): RuleEvent {
  const last = before.at(-1)?.time;
  const next = last === undefined ? BEGINNING : instantFromDate(new Date(instantToDate(last).getTime() + A_MINUTE_MS));
  const payload = plausibleRecord(environment.eventTypes.get(step.type)?.fields ?? []);
  for (const { segments, value } of step.fields) setField(payload, segments, value);
  return {
    id: `${ID_PREFIX}${String(before.length + 1).padStart(6, '0')}`,
    type: step.type,
    source: 'test',
    time: step.at ?? next,
    payload,
  };
}

function plausibleRecord(fields: readonly Field[]): Record<string, unknown> {
  const record = emptyRecord();
  for (const { name, type, nullable } of fields) record[name] = nullable ? null : plausible(type);
  return record;
}

function plausible(type: FieldType): unknown {
  switch (type.kind) {
    case 'boolean':
      return false;
    case 'number':
      return 1;
    case 'string':
      return type.format === null ? 'text' : PLAUSIBLE_TEXT[type.format];
    case 'record':
      return plausibleRecord(type.fields);
    case 'list':
      return [];
    case 'map':
      return emptyRecord();
  }
}

const PLAUSIBLE_TEXT: Readonly<Record<StringFormat, string>> = {
  date: formatInstant(toInstant('2026-01-01') as Instant),
  'course-key': 'course-v1:TestX+Test+2026',
  'ccx-key': 'ccx-v1:TestX+Test+2026+ccx@1',
  'usage-key': 'block-v1:TestX+Test+2026+type@problem+block@test',
  'library-key': 'lib:TestX:test',
  key: 'test',
  uuid: '00000000-0000-4000-8000-000000000001',
};
