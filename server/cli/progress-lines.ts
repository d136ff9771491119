/** How far something long is, for whoever waits: lines on standard error. */

import type { Shell } from './shell.ts';

/** What is done sooner needs no account of its progress, and nobody reads more than a line a second. */
const PAUSE_MS = 1_000;

/** @returns tells of a state unless it told of one a moment ago, the work has only just begun, or nothing has changed */
export function slowly<State>(
  shell: Pick<Shell, 'clock' | 'printError'>,
  lineOf: (state: State) => string,
): (state: State) => void {
  const now = (): number => shell.clock.now().getTime();
  let last = now();
  let told = '';
  return (state) => {
    if (now() - last < PAUSE_MS) return;
    last = now();
    const line = lineOf(state);
    if (line !== told) shell.printError(line);
    told = line;
  };
}
