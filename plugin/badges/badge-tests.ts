/** The tests that stand beside a badge, run among the badges it would be in force with. */

import {
  type Badge,
  type CheckedTest,
  type Diagnostic,
  type Environment,
  runTest,
  upstreamsOf,
} from '../../dsl/index.ts';
import { problem } from './book-diagnostics.ts';

/** @param tests about badges that `find` knows
 *  @param text what the tests were read from
 *  @returns one diagnostic per expectation that is not met, at its place */
export function failedTests(
  tests: readonly CheckedTest[],
  find: (badgeId: string) => Badge | null,
  environment: Pick<Environment, 'eventTypes'>,
  text: string,
): readonly Diagnostic[] {
  return tests.flatMap((test) => {
    const { failures } = runTest(test, withUpstreams(test.badge, find), environment, text);
    return failures.map(({ expected, actual, span }) =>
      problem(
        'test.failed',
        `test "${test.title}" expected ${expected}, but it is ${actual}`,
        'mend the rule, or the test where it expects the wrong thing',
        text,
        span,
      ),
    );
  });
}

/** The badge and everything it waits for, directly or not: nothing else can matter to it. */
function withUpstreams(badgeId: string, find: (badgeId: string) => Badge | null): readonly Badge[] {
  const found = new Map<string, Badge | null>([[badgeId, find(badgeId)]]);
  for (const badge of found.values()) {
    for (const id of badge === null ? [] : upstreamsOf(badge)) if (!found.has(id)) found.set(id, find(id));
  }
  return [...found.values()].filter((badge) => badge !== null);
}
