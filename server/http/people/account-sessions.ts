/** The open sessions of an account: to show where somebody is signed in, and to forget those that were ended. That they are ended
 *  is decided by the number in the account (`KnownAccount.generation`): a session that is written down once more by a request under way
 *  is over all the same. */

import { createHash } from 'node:crypto';
import type { SessionData, Store } from 'express-session';
import type { Clock } from '../../../plugin/ports/runtime.ts';
import { msg } from '../../../plugin/words.ts';
import type { KnownAccount } from './access-store.ts';

export interface OpenSession {
  /** Tells sessions apart; who knows it cannot use the session. */
  readonly key: string;
  readonly startedAt: Date;
  /** To some minutes. */
  readonly lastSeenAt: Date;
  /** As `browserOf` tells it. */
  readonly browser: string;
}

export interface AccountSessions {
  /** Latest seen first. */
  ofAccount(account: Pick<KnownAccount, 'id' | 'generation'>): Promise<readonly OpenSession[]>;
  /** Those that were ended go. */
  forgetEnded(account: Pick<KnownAccount, 'id' | 'generation'>): Promise<void>;
}

export function sessionKey(sessionId: string): string {
  return createHash('sha256').update(sessionId).digest('base64url').slice(0, 16);
}

/** @returns roughly which browser it is, e.g. `Firefox on Linux` */
export function browserOf(userAgent: string | undefined): string {
  const found = (names: readonly (readonly [RegExp, string])[]) =>
    names.find(([pattern]) => pattern.test(userAgent ?? ''))?.[1];
  const system = found(SYSTEMS);
  return `${found(BROWSERS) ?? msg('Unknown browser')}${system === undefined ? '' : ` on ${system}`}`;
}

/** Most pretend to be others too: the first that fits is what it is. */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/Chrom(e|ium)\/|\bCriOS\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
  [/^curl\//, 'curl'],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\bAndroid\b/, 'Android'],
  [/\biPhone\b|\biPad\b/, 'iOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

export function byLastSeen(a: OpenSession, b: OpenSession): number {
  return b.lastSeenAt.getTime() - a.lastSeenAt.getTime();
}

/** In-memory twin: sees what the store of express-session holds. */
export class MemoryAccountSessions implements AccountSessions {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  async ofAccount({ id, generation }: Pick<KnownAccount, 'id' | 'generation'>): Promise<readonly OpenSession[]> {
    const now = this.#clock.now();
    const all = [...(await this.#all())].filter(([, { identity }]) => identity?.accountId === id);
    return all
      .flatMap(([sessionId, { identity }]) =>
        identity && (identity.generation ?? 0) === generation
          ? [
              {
                key: sessionKey(sessionId),
                startedAt: new Date(identity.since),
                lastSeenAt: now,
                browser: identity.browser ?? browserOf(undefined),
              },
            ]
          : [],
      )
      .sort(byLastSeen);
  }

  async forgetEnded({ id, generation }: Pick<KnownAccount, 'id' | 'generation'>): Promise<void> {
    for (const [sessionId, { identity }] of await this.#all())
      if (identity?.accountId === id && (identity.generation ?? 0) !== generation)
        await new Promise<void>((resolve) => this.#store.destroy(sessionId, () => resolve()));
  }

  #all(): Promise<readonly (readonly [string, SessionData])[]> {
    return new Promise((resolve, reject) => {
      this.#store.all?.((error, found) => (error ? reject(error) : resolve(Object.entries(found ?? {}))));
    });
  }
}
