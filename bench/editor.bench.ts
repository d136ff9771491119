/** What the editor in the browser does at a keystroke, for texts of the usual size and of 64 KiB: colours, completion, and
 *  the check that follows when the writer pauses. Milliseconds, median and slowest of 50. */

import { completionsAt, tokenPieces, type Vocabulary } from '../dsl/index.ts';
import { checkBadgeText } from '../plugin/badges/badge-text.ts';
import { ruleEnvironment } from '../plugin/events/environment.ts';

export const name = 'Rule editor, a keystroke';

const ROUNDS = 50;
const PASSING = 'org.openedx.learning.course.passing.status.updated.v1';
const environment = {
  ...ruleEnvironment({ enabledEventTypes: null, providers: ['memory', 'credly'] }),
  knownBadges: new Set<string>(),
};
const vocabulary: Vocabulary = { environment, eventType: null, knownValues: new Map() };

function requirement(n: number): string {
  return `  requirement r${n} in group ${String.fromCharCode(65 + (n % 26))} {
    on    ${PASSING}
    where is_passing = true and course.course_key = "course-v1:Org+Course${n}+Run"
  }
`;
}

function textOf(bytes: number): string {
  let text = 'badge "b" {\n';
  for (let n = 0; text.length < bytes; n++) text += requirement(n);
  return `${text}  requirement last {\n    on ${PASSING}\n    where is_passing = true and cou`;
}

function timed(work: () => unknown): string {
  const times = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  }).sort((a, b) => a - b);
  return `${(times[ROUNDS / 2] as number).toFixed(2).padStart(8)} ${(times.at(-1) as number).toFixed(2).padStart(8)}`;
}

export function measure(print: (line: string) => void): void {
  print('bytes      work           median  slowest');
  for (const bytes of [1_000, 8_000, 64_000]) {
    const text = textOf(bytes);
    const works: readonly (readonly [string, () => unknown])[] = [
      ['colours', () => tokenPieces(text)],
      ['completion', () => completionsAt(text, text.length, 'file', vocabulary)],
      ['check', () => checkBadgeText(text, environment, { upstreams: () => [] })],
    ];
    for (const [work, run] of works) print(`${String(text.length).padEnd(10)} ${work.padEnd(12)} ${timed(run)}`);
  }
}
