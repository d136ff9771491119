/** A disk that is full, for one process: its files may not grow beyond what they are. Linux does that by a limit, which
 *  answers as a full disk does, by failing writes. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** @param bytes longest file that the process may write; null: any */
export async function limitFiles(pid: number, bytes: number | null): Promise<void> {
  await promisify(execFile)('prlimit', ['--pid', String(pid), `--fsize=${bytes ?? 'unlimited'}:unlimited`]);
}
