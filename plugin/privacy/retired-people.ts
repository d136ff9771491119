/** Whether somebody was retired: asked of every event, so the answer is kept in memory. */

import type { RetirementStore } from '../ports/retirement-store.ts';
import type { Clock } from '../ports/runtime.ts';

export interface Account {
  readonly username: string;
  readonly lmsUserId: number | null;
}

export interface RetiredPeople {
  /** The answer is at most `FRESH_MS` old; while it is being renewed, it comes later. */
  has(account: Account): boolean | Promise<boolean>;
  /** Keyed hashes under which somebody is recognised. */
  keysOf(account: Account): readonly string[];
  /** Those of them that are written down for somebody who is retired now. */
  newKeysOf(account: Account): readonly string[];
  refresh(): Promise<void>;
}

/** A retirement waits for longer than this before it removes anything: until then every process knows of it. */
export const FRESH_MS = 2_000;
/** Clocks of processes differ, and a write takes its time. */
const OVERLAP_MS = 60_000;

export interface RetiredPeopleParts {
  readonly store: Pick<RetirementStore, 'keysSince'>;
  readonly clock: Clock;
  /** Keyed hashes of a text, one for each key there is. */
  hashesOf(text: string): readonly string[];
  /** Under the keys of the settings alone; not given: under all. */
  newHashesOf?(text: string): readonly string[];
}

export function createRetiredPeople(parts: RetiredPeopleParts): RetiredPeople {
  const { store, clock, hashesOf, newHashesOf = hashesOf } = parts;
  const known = new Set<string>();
  let readAt: Date | null = null;
  let reading: Promise<void> | null = null;

  /** The LMS compares usernames without regard to case. */
  const keysUnder =
    (hashes: RetiredPeopleParts['hashesOf']) =>
    ({ username, lmsUserId }: Account): readonly string[] => {
      const byName = hashes(`username:${username.normalize('NFC').toLowerCase()}`);
      return lmsUserId === null ? byName : [...byName, ...hashes(`id:${lmsUserId}`)];
    };
  const keysOf = keysUnder(hashesOf);

  async function read(): Promise<void> {
    const now = clock.now();
    const since = readAt && new Date(readAt.getTime() - OVERLAP_MS);
    for (const key of await store.keysSince(since)) known.add(key);
    readAt = now;
  }

  async function refresh(): Promise<void> {
    reading ??= read().finally(() => {
      reading = null;
    });
    await reading;
  }

  const answer = (account: Account): boolean => known.size > 0 && keysOf(account).some((key) => known.has(key));

  return {
    has(account) {
      const isFresh = readAt !== null && clock.now().getTime() - readAt.getTime() < FRESH_MS;
      return isFresh ? answer(account) : refresh().then(() => answer(account));
    },
    keysOf,
    newKeysOf: keysUnder(newHashesOf),
    refresh,
  };
}
