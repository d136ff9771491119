/** Runs lines as they stand on a page of the documentation. The shell is a real one; where it calls `npx laurel`, the command
 *  runs in this process, as in `command.ts`, with the folder, the environment and the standard input that the shell gives it. */

import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { runLaurel } from './command.ts';

/** Asks at descriptor 3 with the words, each ended by a zero, behind their number; is answered at 4 with the exit code, when
 *  what was said lies in files. */
const PRELUDE = `set -eo pipefail
npx() {
  [ "$1" = laurel ] || { echo "npx $1 is not laurel" >&2; return 127; }
  shift
  local call="$LAUREL_CALLS/$BASHPID" code word
  for word in "$@"; do [ "$word" != - ] || cat > "$call.in"; done
  env -0 > "$call.env"
  printf '%s\\0' "$(($# + 2))" "$call" "$PWD" "$@" >&3
  read -r code <&4
  cat "$call.out"
  cat "$call.err" >&2
  return "$code"
}
`;

/** @param folder where they run, with its own data directory
 *  @returns when the script has ended, at the first line that fails */
export async function runShell(
  script: string,
  folder: string,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const calls = await mkdtemp(join(tmpdir(), 'laurel-calls-'));
  const child = spawn('bash', ['-c', `${PRELUDE}${script}`], {
    cwd: folder,
    env: { PATH: process.env.PATH, LAUREL_DATA_DIR: join(folder, 'data'), LAUREL_CALLS: calls },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
  });
  const [, stdout, stderr, requests, replies] = child.stdio as [null, Readable, Readable, Readable, Writable];
  let output = '';
  for (const stream of [stdout, stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  try {
    for await (const [call = '', cwd, ...args] of requestsIn(requests))
      replies.write(`${await answer(call, cwd, args)}\n`);
    return { code: await ended, output };
  } finally {
    replies.destroy();
    await rm(calls, { recursive: true });
  }
}

/** @returns the exit code */
async function answer(call: string, cwd: string | undefined, args: readonly string[]): Promise<number | null> {
  const pairs = (await readFile(`${call}.env`, 'utf8')).split('\0').filter((pair) => pair.includes('='));
  const { LAUREL_CALLS: _ours, ...env } = Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
  const input = await readFile(`${call}.in`, 'utf8').catch(() => '');
  const { code, stdout, stderr } = await runLaurel(args, { env, input, cwd });
  await Promise.all([writeFile(`${call}.out`, stdout), writeFile(`${call}.err`, stderr)]);
  return code;
}

async function* requestsIn(stream: Readable): AsyncIterable<readonly string[]> {
  let text = '';
  for await (const chunk of stream.setEncoding('utf8')) {
    text += chunk;
    for (;;) {
      const words = text.split('\0');
      const count = Number(words[0]);
      if (words.length < count + 2) break;
      yield words.slice(1, count + 1);
      text = words.slice(count + 1).join('\0');
    }
  }
}
