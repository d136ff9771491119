/** Keeps calls away from somebody who does not answer, and finds out with one call at a time when they are back. */

export interface BreakerPolicy {
  /** So many failures in a row open it. */
  readonly failures: number;
  /** How long it stays open at first; it doubles with every trial that fails. */
  readonly firstMs: number;
  readonly capMs: number;
}

const defaultBreakerPolicy: BreakerPolicy = { failures: 5, firstMs: 5_000, capMs: 60_000 };

export interface BreakerState {
  /** `closed`: calls go through; `open`: none; `half-open`: one, to try. */
  readonly state: 'closed' | 'open' | 'half-open';
  /** Failures in a row. */
  readonly failures: number;
  /** When the next call is tried; null unless open. */
  readonly until: Date | null;
}

export class CircuitBreaker {
  readonly #policy: BreakerPolicy;
  #failures = 0;
  #until: Date | null = null;
  #trials = 0;
  #isTrying = false;

  constructor(policy: BreakerPolicy = defaultBreakerPolicy) {
    this.#policy = policy;
  }

  /** Asks for a call. Whoever gets it must report how it ended. */
  admits(now: Date): boolean {
    if (this.#until === null) return true;
    if (now < this.#until || this.#isTrying) return false;
    this.#isTrying = true;
    return true;
  }

  /** The call that was asked for was not made after all. */
  withdrawn(): void {
    this.#isTrying = false;
  }

  /** They answered, whatever they said. */
  answered(): void {
    this.#failures = 0;
    this.#trials = 0;
    this.#until = null;
    this.#isTrying = false;
  }

  /** They did not.
   *  @param retryAfterMs what they asked for when they said that they cannot now: heeded at once; null: nothing */
  failed(now: Date, retryAfterMs: number | null = null): void {
    const wasTrial = this.#isTrying;
    this.#isTrying = false;
    this.#failures += 1;
    if (retryAfterMs === null && !wasTrial && this.#failures < this.#policy.failures) return;
    const { firstMs, capMs } = this.#policy;
    const pauseMs = Math.max(Math.min(capMs, firstMs * 2 ** Math.min(this.#trials, 20)), retryAfterMs ?? 0);
    const until = new Date(now.getTime() + pauseMs);
    if (this.#until === null || until > this.#until) this.#until = until;
    if (wasTrial || this.#trials === 0) this.#trials += 1;
  }

  state(now: Date): BreakerState {
    const failures = this.#failures;
    if (this.#until === null) return { state: 'closed', failures, until: null };
    return now < this.#until
      ? { state: 'open', failures, until: this.#until }
      : { state: 'half-open', failures, until: null };
  }
}
