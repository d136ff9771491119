/** What a process has used so far, from /proc. */

import { readFileSync } from 'node:fs';

const MICROSECONDS_A_TICK = 10_000;

/** User and system time of all its threads, in microseconds. */
export function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // the name in parentheses may hold anything
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * MICROSECONDS_A_TICK;
}

export interface Memory {
  /** Of the process alone: heaps, buffers. */
  readonly anonymous: number;
  /** Pages of files, which the system takes back when it needs room. */
  readonly mapped: number;
}

/** What is resident, in megabytes. */
export function memoryOf(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (name: string): number =>
    Math.round(Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1_024);
  return { anonymous: megabytes('RssAnon'), mapped: megabytes('RssFile') };
}

export function residentMegabytes(pid: number): number {
  const { anonymous, mapped } = memoryOf(pid);
  return anonymous + mapped;
}

export function shownMemory(pid: number | null | undefined): string {
  if (!pid) return '-';
  const { anonymous, mapped } = memoryOf(pid);
  return `${anonymous} + ${mapped} MB`;
}
