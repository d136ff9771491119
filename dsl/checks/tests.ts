/** One `test` block: its badge, events and expectations. */

import type { BadgeBlock, Expectation, TestBlock, TestEvent } from '../ast.ts';
import type { CheckedTest, Scalar, TestExpectation, TestStep } from '../model.ts';
import { didYouMean } from '../suggest.ts';
import { findEventType, type Surroundings, toDate, wholeNumber } from './badges.ts';
import { pathName, toScalar } from './conditions.ts';
import { resolvePath, type Scope, scopeOf } from './paths.ts';

/** @returns null where the block has errors */
export function toTest(
  block: TestBlock,
  blocks: ReadonlyMap<string, BadgeBlock>,
  around: Surroundings,
): CheckedTest | null {
  const { reporter } = around;
  const before = reporter.errors;
  const badge = block.badge === null ? undefined : blocks.get(block.badge.value);
  if (block.badge === null) {
    if (around.isWhole(block.span))
      reporter.report(
        'clause.missing',
        block.title.span,
        `test "${block.title.value}" does not say which badge it is about`,
        'add badge "..."',
      );
  } else if (badge === undefined) {
    const { value, span } = block.badge;
    reporter.report('badge.unknown', span, `there is no badge "${value}" in this file`, (effort) =>
      didYouMean(value, blocks.keys(), effort),
    );
  }
  const steps = block.steps.map((step): TestStep | null =>
    step.kind === 'test-event'
      ? toEvent(step, around)
      : { kind: 'expect', expectations: step.expectations.map((one) => toExpectation(one, badge, around)) },
  );
  if (reporter.errors > before || block.badge === null) return null;
  return { title: block.title.value, badge: block.badge.value, steps: steps as TestStep[] };
}

function toEvent(event: TestEvent, around: Surroundings): TestStep | null {
  const type = findEventType(event.type, around);
  const at = event.at && toDate(event.at, around.reporter);
  if (type === null) return null;
  const scope: Scope = { ...scopeOf(type), metadata: false, known: new Map() };
  const seen = new Set<string>();
  const fields = event.fields.map(({ path, value }) => {
    const name = pathName(path);
    if (seen.has(name))
      around.reporter.report('clause.repeated', path.span, `"${name}" is given twice`, 'keep one of the two');
    seen.add(name);
    return { segments: path.segments.map(({ text }) => text), value: toField(path, value, scope, around) };
  });
  return { kind: 'event', type: type.name, at, fields };
}

function toField(
  path: TestEvent['fields'][number]['path'],
  value: TestEvent['fields'][number]['value'],
  scope: Scope,
  { reporter }: Surroundings,
): Scalar | null {
  const found = resolvePath(scope, path, reporter);
  if (found === null) return null;
  const name = pathName(path);
  if (found.path.part !== null || found.path.type === 'other') {
    const what = found.path.part === null ? 'a record, map or list' : 'part of a key';
    reporter.report(
      'type.clash',
      path.span,
      `"${name}" is ${what} and cannot be given a value`,
      found.path.part === null ? 'give values to the fields inside' : 'give the whole key',
    );
    return null;
  }
  if (value === null) {
    if (!found.optional)
      reporter.report('type.clash', path.span, `"${name}" is never null`, 'give it a value, or leave it out');
    return null;
  }
  const scalar = toScalar(value, found, path, reporter);
  // In a payload a date is text, as the LMS writes it.
  return scalar !== null && value.kind === 'date' ? value.text : scalar;
}

function toExpectation(
  expectation: Expectation,
  badge: BadgeBlock | undefined,
  { reporter }: Surroundings,
): TestExpectation {
  const { span } = expectation;
  switch (expectation.kind) {
    case 'awarded': {
      const times = expectation.times && wholeNumber(expectation.times, '"awarded ... times"', reporter, 0);
      return { kind: 'awarded', negated: expectation.negated, times, span };
    }
    case 'revoked':
      return { kind: 'revoked', span };
    case 'fulfilled': {
      const { text, span: place } = expectation.requirement;
      const ids = badge?.requirements.map(({ id }) => id.text);
      if (ids !== undefined && !ids.includes(text))
        reporter.report(
          'requirement.unknown',
          place,
          `badge "${badge?.id.value}" has no requirement "${text}"`,
          (effort) => didYouMean(text, ids, effort),
        );
      return { kind: 'fulfilled', negated: expectation.negated, requirement: text, span };
    }
    case 'progress': {
      const { value } = expectation.ratio;
      if (value < 0 || value > 1)
        reporter.report(
          'value.number',
          expectation.ratio.span,
          '"progress" is a ratio between 0 and 1',
          'write for example 0.5',
        );
      return { kind: 'progress', ratio: value, span };
    }
  }
}
