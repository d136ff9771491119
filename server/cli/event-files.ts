/** Events given on the command line. */

import { InputError } from '../../plugin/errors.ts';
import { decodeCloudEvent } from '../../plugin/events/decode.ts';
import type { LmsEvent } from '../../plugin/events/event.ts';
import { readJsonLines } from './input.ts';
import type { Shell } from './shell.ts';

/** @throws InputError naming file and line of the first event that is wrong */
export async function* readEvents(shell: Shell, name: string): AsyncIterable<LmsEvent> {
  for await (const { place, value } of readJsonLines(shell, name)) {
    try {
      yield decodeCloudEvent(value);
    } catch (error) {
      throw new InputError('event-invalid', `${place}: ${(error as Error).message}`, { cause: error });
    }
  }
}

/** All of them. @throws InputError naming file and line of the first event that is wrong */
export async function readAllEvents(shell: Shell, name: string): Promise<readonly LmsEvent[]> {
  const events: LmsEvent[] = [];
  for await (const event of readEvents(shell, name)) events.push(event);
  return events;
}
