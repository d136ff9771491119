/** `npm run providers:fake`: starts every stand-in and says how to use it. `--host 0.0.0.0` lets others than this machine reach them. */

import { parseArgs } from 'node:util';
import { waitForSignal } from '../cli/signals.ts';
import { startAccredible } from './accredible/stand-in.ts';
import { startCredly } from './credly/stand-in.ts';
import type { StandIn } from './stand-in.ts';

type Start = (port: number, host: string) => Promise<StandIn>;

/** By the usual port of each. */
const STAND_INS: readonly (readonly [number, Start])[] = [
  [4100, startCredly],
  [4200, startAccredible],
];

const { host } = parseArgs({ options: { host: { type: 'string', default: '127.0.0.1' } } }).values;
const running = await Promise.all(STAND_INS.map(([port, start]) => startOn(port, start)));
for (const { title, url, lines } of running) {
  process.stdout.write(`\n${title}, played by ${url}\n${lines.map((line) => `  ${line}\n`).join('')}`);
}
process.stdout.write('\nNothing of this is kept: Ctrl+C ends it.\n');
await waitForSignal(process);
await Promise.all(running.map((standIn) => standIn.close()));

/** On any other port when that one is taken. */
async function startOn(port: number, start: Start): Promise<StandIn> {
  try {
    return await start(port, host);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return start(0, host);
  }
}
