/** What becomes of a command that is interrupted (Ctrl-C, SIGTERM) while it is at something long: it ends in order, says
 *  what is left and how that goes on, and ends with the code of an interruption. */

import type { Shell } from './shell.ts';

/** The message says what is left behind, and how to go on. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}

interface Interruption {
  /** Aborted when somebody asks the command to end. */
  readonly signal: AbortSignal;
  /** Never rejects; resolves when somebody asks. */
  readonly asked: Promise<void>;
}

/** Said at once, since what is in hand may take some seconds. */
export const FINISHING = 'interrupted: what is in hand is finished first; once more to leave at once';

/** From here on an interruption does not end the process at once; a second one does. */
export function awaitInterruption(shell: Pick<Shell, 'untilAsked'>): Interruption {
  const controller = new AbortController();
  const asked = shell.untilAsked().then(() => controller.abort());
  return { signal: controller.signal, asked };
}

/** @param left said when it was interrupted: what is left behind, and how to go on
 *  @param work ends, by throwing, when the signal comes
 *  @throws InterruptedError */
export async function interruptible<Result>(
  shell: Pick<Shell, 'untilAsked'>,
  left: string,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const { signal } = awaitInterruption(shell);
  try {
    return await work(signal);
  } catch (error) {
    throw signal.aborted ? new InterruptedError(left) : error;
  }
}
