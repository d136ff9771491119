/** The places between two steps at which a process can be made to die: each just before or after a call of a store or of
 *  the file system. */

import files from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import type { EventUser } from '../../plugin/events/event.ts';
import type { Credential } from '../../plugin/ports/credential-store.ts';
import type { Progress } from '../../plugin/ports/progress-store.ts';
import { MongoCredentialStore } from '../../server/mongo/credential-store.ts';
import { MongoDeadLetterStore } from '../../server/mongo/dead-letter-store.ts';
import { MongoEventLog } from '../../server/mongo/event-log.ts';
import { MongoLearnerStore } from '../../server/mongo/learner-store.ts';
import { MongoProgressStore } from '../../server/mongo/progress-store.ts';
import { KILLER } from './load.ts';

interface CrashPoint {
  readonly store: { readonly prototype: object };
  readonly method: string;
  readonly when: 'before' | 'after';
  /** Of the argument of the call; every call unless given. */
  readonly applies?: (argument: never, more: never) => boolean;
}

const save = { store: MongoProgressStore, method: 'save' } as const;
/** Its functions, as those who import them by name find them. */
const disk = { prototype: files };
const isPdf = (path: string) => path.endsWith('.pdf');

export const crashPoints = {
  delivered: { store: MongoLearnerStore, method: 'resolve', when: 'before' },
  /** A message that costs whoever handles it its life. */
  'killer-delivered': {
    store: MongoLearnerStore,
    method: 'resolve',
    when: 'before',
    applies: (user: EventUser) => user.username === KILLER,
  },
  'learner-stored': { store: MongoLearnerStore, method: 'resolve', when: 'after' },
  'progress-stored': { ...save, when: 'after', applies: (progress: Progress) => !isOfDispatcher(progress) },
  'effect-taken': { ...save, when: 'after', applies: isTaken },
  'badge-issued': { ...save, when: 'before', applies: (progress: Progress) => justDone(progress, 'award') },
  'issue-stored': { ...save, when: 'after', applies: (progress: Progress) => justDone(progress, 'award') },
  'event-recorded': { store: MongoEventLog, method: 'record', when: 'after' },
  announced: { ...save, when: 'before', applies: (progress: Progress) => justDone(progress, 'publish') },
  /** A file of the credential is there, and empty. */
  'pdf-begun': {
    store: disk,
    method: 'open',
    when: 'after',
    applies: (path: string, flags: string) => isPdf(path) && flags === 'wx',
  },
  /** The file is whole, and nothing names it. */
  'pdf-unnamed': {
    store: disk,
    method: 'rename',
    when: 'before',
    applies: (path: string) => path.endsWith('.pdf.meta'),
  },
  'pdf-stored': { store: MongoCredentialStore, method: 'updateCredential', when: 'before', applies: isAvailable },
  'credential-stored': { store: MongoCredentialStore, method: 'updateCredential', when: 'after', applies: isAvailable },
  /** The mail server has taken it. Only at the first attempt, so that no mail owes more than one copy to such a death. */
  'mail-sent': {
    store: MongoCredentialStore,
    method: 'updateCredential',
    when: 'before',
    applies: ({ mail }: Credential) => mail?.state === 'sent' && mail.attempts === 1,
  },
  'letter-arrived': { store: MongoDeadLetterStore, method: 'add', when: 'before' },
  'letter-stored': { store: MongoDeadLetterStore, method: 'add', when: 'after' },
} satisfies Readonly<Record<string, CrashPoint>>;

export type CrashPointName = keyof typeof crashPoints;

/** Makes this process die, as by kill -9, when it comes by the place for the nth time. */
export function armCrash(name: CrashPointName, nth: number): void {
  const { store, method, when, applies = () => true } = crashPoints[name] as CrashPoint;
  const methods = store.prototype as Record<string, (...given: unknown[]) => Promise<unknown>>;
  const original = methods[method] as (...given: unknown[]) => Promise<unknown>;
  let left = nth;
  methods[method] = async function (this: unknown, ...given) {
    const isHere = applies(given[0] as never, given[1] as never);
    if (isHere && when === 'before' && --left === 0) await die();
    const answer = await original.apply(this, given);
    if (isHere && when === 'after' && --left === 0) await die();
    return answer;
  };
  if (store === disk) syncBuiltinESMExports();
}

async function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => {});
}

const JUST_MS = 1_500;

function justDone({ effects }: Progress, kind: string): boolean {
  const since = Date.now() - JUST_MS;
  return effects.some((one) => one.kind.startsWith(kind) && one.state === 'done' && Number(one.finishedAt) > since);
}

function isTaken({ effects }: Progress): boolean {
  return effects.some(
    ({ state, attempts, dueAt }) => state === 'pending' && attempts > 0 && dueAt.getTime() > Date.now(),
  );
}

function isAvailable({ status }: Credential): boolean {
  return status === 'available';
}

function isOfDispatcher(progress: Progress): boolean {
  return isTaken(progress) || justDone(progress, '');
}
