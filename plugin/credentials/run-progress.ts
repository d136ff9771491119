/** The run record as the process that works on it sees it: counts, lease and fence. */

import type { CredentialRun, CredentialStore } from '../ports/credential-store.ts';
import type { Clock } from '../ports/runtime.ts';

export type RunCounts = CredentialRun['counts'];

export const NO_COUNTS: RunCounts = { seen: 0, eligible: 0, generated: 0, skipped: 0, failed: 0 };

/** A run as whoever takes it over begins it: with what was counted up to its checkpoint. What was made behind that is met
 *  again and counted as its own, so that the counts come out exact. */
export function fromCheckpoint(run: CredentialRun): CredentialRun {
  return { ...run, counts: run.checkpoint?.counts ?? NO_COUNTS, error: run.checkpoint?.error ?? null };
}

export class RunProgress {
  readonly #store: CredentialStore;
  readonly #clock: Clock;
  readonly #leaseMs: number;
  #run: CredentialRun;
  /** The end of the lease as the store has it, at the earliest. */
  #heldUntil: Date;
  #lost = false;
  #released = false;
  #writing: Promise<void> = Promise.resolve();

  constructor(run: CredentialRun, using: { store: CredentialStore; clock: Clock; leaseMs: number }) {
    this.#run = run;
    this.#heldUntil = run.leaseUntil;
    this.#store = using.store;
    this.#clock = using.clock;
    this.#leaseMs = using.leaseMs;
  }

  /** Another process has taken the run over, or somebody cancelled it: nothing more may be written. */
  get lost(): boolean {
    return this.#lost;
  }

  /** The lease could not be renewed in time: another process may have the run by now. */
  get lapsed(): boolean {
    return this.#clock.now() >= this.#heldUntil;
  }

  get run(): CredentialRun {
    return this.#run;
  }

  count(changes: Partial<RunCounts>): void {
    const counts = { ...this.#run.counts };
    for (const key of Object.keys(changes) as (keyof RunCounts)[]) counts[key] += changes[key] ?? 0;
    this.#run = { ...this.#run, counts };
  }

  /** Keeps the first: it is what the run is reported with. */
  note(error: NonNullable<CredentialRun['error']>): void {
    if (this.#run.error === null) this.#run = { ...this.#run, error };
  }

  /** Everybody up to here is settled and counted; written with the counts. */
  reach(position: string, plan: string): void {
    const { counts, error } = this.#run;
    this.#run = { ...this.#run, checkpoint: { position, plan, counts, error } };
  }

  /** From the first learner again. */
  restart(): void {
    this.#run = fromCheckpoint({ ...this.#run, checkpoint: null });
  }

  /** Writes the counts and renews the lease; nothing once the run was released. */
  async save(): Promise<void> {
    if (this.#released) return;
    await this.#write({ leaseUntil: new Date(this.#clock.now().getTime() + this.#leaseMs) });
  }

  /** Gives the run up unfinished, so that another process may take it over at once. */
  release(): Promise<void> {
    this.#released = true;
    return this.#write({ leaseUntil: this.#clock.now() });
  }

  finish(state: Exclude<CredentialRun['state'], 'running' | 'cancelled'>): Promise<void> {
    const now = this.#clock.now();
    return this.#write({ state, finishedAt: now, leaseUntil: now });
  }

  /** One write at a time, in order: a heartbeat must not overtake the finish. */
  #write(changes: Partial<CredentialRun>): Promise<void> {
    const next = this.#writing.then(async () => {
      if (this.#lost || this.#run.state !== 'running') return;
      this.#run = { ...this.#run, ...changes };
      const { leaseUntil } = this.#run;
      if (await this.#store.updateRun(this.#run)) this.#heldUntil = leaseUntil;
      else this.#lost = true;
    });
    this.#writing = next.catch(() => {});
    return next;
  }
}
