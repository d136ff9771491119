/** Files and standard input for commands. */

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { InputError } from '../../plugin/errors.ts';
import { decodeUtf8, readGivenFile, unreadable } from '../given-files.ts';
import type { Shell } from './shell.ts';

type Input = Pick<Shell, 'stdin'>;

/** @param name a file name; `-` is standard input
 *  @throws InputError `input.file-unreadable`, `input.not-utf8` */
export async function readText(input: Input, name: string): Promise<string> {
  return decodeUtf8(name === '-' ? await readStandardInput(input) : await readGivenFile(name), name);
}

async function readStandardInput({ stdin }: Input): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}

export interface JsonLine {
  /** `events.jsonl:12` for messages. */
  readonly place: string;
  readonly value: unknown;
}

/** The values of a JSON Lines file, one at a time; blank lines are skipped.
 *  @param name a file name; `-` is standard input
 *  @throws InputError naming file and line */
export async function* readJsonLines({ stdin }: Input, name: string): AsyncIterable<JsonLine> {
  const stream: Readable = name === '-' ? stdin : createReadStream(name);
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  // whether readline hands on the stream's errors depends on the version of Node
  const failure = new Promise<never>((_, reject) => {
    stream.once('error', (error: NodeJS.ErrnoException) => reject(unreadable(name, error)));
  });
  failure.catch(() => {});
  const iterator = lines[Symbol.asyncIterator]();
  let number = 0;
  try {
    for (;;) {
      const { value: line, done } = await Promise.race([iterator.next().catch(() => failure), failure]);
      if (done) return;
      number += 1;
      if (line.trim() === '') continue;
      const place = `${name}:${number}`;
      let value: unknown;
      try {
        value = JSON.parse(line.replace(/^\uFEFF/, ''));
      } catch {
        // The parser's own words would quote the line, and with it a learner's data.
        throw new InputError('json-malformed', `${place} is not JSON; each line must be one JSON object`);
      }
      yield { place, value };
    }
  } finally {
    lines.close();
  }
}
