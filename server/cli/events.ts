/** `laurel events send`: the file door of the pipeline. The events travel to a running server, so that there is one
 *  process that owns the state. */

import type { Command } from 'commander';
import { InputError, StoreError } from '../../plugin/errors.ts';
import { toCloudEvent } from '../../plugin/events/decode.ts';
import { localAddress, readSettings } from '../config.ts';
import { readEvents } from './event-files.ts';
import { addEventLogCommands } from './event-log.ts';
import { addEventsReplay } from './events-replay.ts';
import type { Shell } from './shell.ts';

const BATCH = 100;

export function addEventsCommands(program: Command, shell: Shell): void {
  const events = program.command('events');
  addEventLogCommands(events, shell);
  addEventsReplay(events, shell);

  events
    .command('send')
    .description('send CloudEvents from JSON Lines files; the whole of every file is checked before anything is sent')
    .argument('<file...>', 'JSON Lines of CloudEvents; - is standard input')
    .option('--to <address>', 'address of the server (default: LAUREL_PUBLIC_URL, else http://localhost:PORT)')
    .action(async (names: string[], options: { to?: string }) => {
      const settings = readSettings(shell.env);
      if (settings.ingestToken === null) {
        throw new InputError(
          'token-missing',
          'LAUREL_INGEST_TOKEN is not set; set it to the token that the server was started with',
        );
      }
      const address = serverAddress(options.to ?? settings.publicUrl ?? localAddress(settings));
      const all: unknown[] = [];
      for (const name of names) for await (const event of readEvents(shell, name)) all.push(toCloudEvent(event));
      let accepted = 0;
      for (let start = 0; start < all.length; start += BATCH) {
        accepted += await post(address, settings.ingestToken, all.slice(start, start + BATCH), accepted);
        if (all.length > BATCH) shell.printError(`${accepted} of ${all.length} accepted`);
      }
      shell.printLine(`${accepted} ${accepted === 1 ? 'event' : 'events'} accepted by ${new URL(address).host}`);
    });
}

function serverAddress(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new InputError('address', `--to ${text} is not the address of a server; write it like http://localhost:8080`);
}

/** @returns how many the server accepted. Sending a file again after a failure is safe: events are known by their id. */
async function post(address: string, token: string, batch: readonly unknown[], before: number): Promise<number> {
  const again = `${before} events were accepted before; sending the file again is safe`;
  const { exchange, ExchangeFailure } = await import('../../providers/index.ts');
  const url = new URL('/events', address);
  const { status, text } = await exchange(
    {
      ...{ url, method: 'POST', timeoutMs: 60_000, maxReplyBytes: 1024 * 1024, body: JSON.stringify(batch) },
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/cloudevents-batch+json',
        'laurel-door': 'file',
      },
    },
    // Who calls the command has named it.
    { internalHosts: [url.hostname] },
  ).catch((error: unknown) => {
    if (!(error instanceof ExchangeFailure)) throw error;
    throw new StoreError(
      'server-unreachable',
      `no answer from ${address} (${error.code}); is the server running there? ${again}`,
    );
  });
  const body = objectIn(text);
  if (status === 202 && typeof body.accepted === 'number') return body.accepted;
  const detail = typeof body.detail === 'string' ? body.detail : 'the answer has no explanation';
  const message = `${address} answered ${status}: ${detail}; ${again}`;
  if (status >= 500 || status === 429) throw new StoreError('server-unavailable', message);
  throw new InputError('server-refused', message);
}

/** @returns nothing where the answer is another, e.g. the page of a proxy */
function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
