/** Answers that are kept for a day, so that a call with an `Idempotency-Key` which comes again is answered and not done again.
 *  The in-memory twin below is the reference behaviour. */

export interface KeptAnswer {
  readonly status: number;
  /** As it was sent; sealed by whoever keeps it. */
  readonly body: string;
}

export type Claim =
  /** Nobody has begun it, or whoever did is gone: it is to be done, and `lease` handed back. */
  | { readonly kind: 'begin'; readonly lease: Date }
  | { readonly kind: 'under-way' }
  /** The key stands for a call with another body. */
  | { readonly kind: 'other-request' }
  | { readonly kind: 'answered'; readonly answer: KeptAnswer };

export interface AnswerStore {
  /** @param id who calls what with which key
   *  @param request tells bodies apart */
  claim(id: string, request: string, now: Date): Promise<Claim>;
  /** Does nothing where the lease is somebody else's by now. */
  keep(id: string, lease: Date, answer: KeptAnswer): Promise<void>;
  /** It came to nothing: the key is free again. */
  release(id: string, lease: Date): Promise<void>;
}

/** After that whoever began it is taken for dead. What is called bears being done twice. */
export const LEASE_MS = 2 * 60_000;
export const KEPT_MS = 24 * 60 * 60_000;

interface Entry {
  readonly request: string;
  readonly lease: Date;
  readonly answer: KeptAnswer | null;
  readonly endsAt: number;
}

export class MemoryAnswerStore implements AnswerStore {
  readonly #entries = new Map<string, Entry>();

  async claim(id: string, request: string, now: Date): Promise<Claim> {
    const found = this.#entries.get(id);
    const kept = found && found.endsAt > now.getTime() ? found : null;
    if (kept && kept.request !== request) return { kind: 'other-request' };
    if (kept?.answer) return { kind: 'answered', answer: kept.answer };
    if (kept && kept.lease > now) return { kind: 'under-way' };
    const lease = new Date(now.getTime() + LEASE_MS);
    this.#entries.set(id, { request, lease, answer: null, endsAt: now.getTime() + KEPT_MS });
    return { kind: 'begin', lease };
  }

  async keep(id: string, lease: Date, answer: KeptAnswer): Promise<void> {
    const mine = this.#mine(id, lease);
    if (mine) this.#entries.set(id, { ...mine, answer });
  }

  async release(id: string, lease: Date): Promise<void> {
    if (this.#mine(id, lease)) this.#entries.delete(id);
  }

  #mine(id: string, lease: Date): Entry | null {
    const found = this.#entries.get(id);
    return found && found.answer === null && found.lease.getTime() === lease.getTime() ? found : null;
  }
}
