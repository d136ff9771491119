/** Which things belong to an organisation: one record for each that does. What has none is shared by all. */

import type { Owner } from '../organisations/standing.ts';

/** Configurations, their runs and credentials are not among them: the key of the course says whose they are. */
export const belongingKinds = ['badge', 'credential-type', 'asset', 'provider-account', 'open-badge-template'] as const;

export type BelongingKind = (typeof belongingKinds)[number];

export interface Thing {
  readonly kind: BelongingKind;
  /** By which its own store finds it. */
  readonly id: string;
}

export interface Belonging extends Thing {
  readonly organisation: string;
}

/** The in-memory twin below is the reference behaviour. */
export interface BelongingStore {
  /** By kind and id. */
  all(): Promise<readonly Belonging[]>;
  /** Says whose a thing is before there is one, so that it is never anybody else's.
   *  @returns whose it is: another's, where somebody was faster */
  claim(belonging: Belonging): Promise<string>;
  /** Gives a thing to another, or to all.
   *  @param expected whose it was when somebody decided
   *  @returns false when it is another's by now; nothing was changed */
  assign(thing: Thing, owner: Owner, expected: Owner): Promise<boolean>;
}

export function belongingKey({ kind, id }: Thing): string {
  return `${kind}:${id}`;
}

export class MemoryBelongingStore implements BelongingStore {
  readonly #belongings = new Map<string, Belonging>();

  async all(): Promise<readonly Belonging[]> {
    return [...this.#belongings].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, belonging]) => belonging);
  }

  async claim(belonging: Belonging): Promise<string> {
    const key = belongingKey(belonging);
    const known = this.#belongings.get(key) ?? belonging;
    this.#belongings.set(key, known);
    return known.organisation;
  }

  async assign({ kind, id }: Thing, owner: Owner, expected: Owner): Promise<boolean> {
    const key = belongingKey({ kind, id });
    if ((this.#belongings.get(key)?.organisation ?? null) !== expected) return false;
    if (owner === null) this.#belongings.delete(key);
    else this.#belongings.set(key, { kind, id, organisation: owner });
    return true;
  }
}
