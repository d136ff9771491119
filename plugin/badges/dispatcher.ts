/** Carries out what progress has recorded: awards and revocations at the providers, public events on the bus.
 *
 *  An attempt is recorded before the call and its result after it, each by a conditional save, so any process may go on
 *  where another one died. Calls may be repeated; badges are not, because a repeated award asks the provider first. */

import { ConflictError, NotFoundError, StoreError } from '../errors.ts';
import type { LearnerStore } from '../ports/learner-store.ts';
import type { Effect, Progress, ProgressStore } from '../ports/progress-store.ts';
import type { Clock, Logger } from '../ports/runtime.ts';
import { readyEffects } from './effect-order.ts';
import { failed, reopened, succeeded, taken } from './effect-results.ts';
import { type OutsideWorld, performEffect } from './perform-effect.ts';
import { defaultRetryPolicy, type RetryPolicy } from './retry-policy.ts';

export interface DispatcherParts extends OutsideWorld {
  readonly progress: ProgressStore;
  readonly learners: LearnerStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly policy?: RetryPolicy;
  /** How many learners' effects are carried out at the same time. */
  readonly concurrency?: number;
  /** How often to look for effects that nobody has announced: retries, and those of a process that died. */
  readonly pollMs?: number;
}

export interface Dispatcher {
  /** Carries out everything that is due now, with what follows from it.
   *  @returns the number of attempts made @throws StoreError when the store cannot be read */
  runDue(): Promise<number>;
  start(): void;
  /** Resolves when the attempts under way are finished and recorded. */
  stop(): Promise<void>;
  /** There is something to do: do not wait for the next look. Does nothing unless started. */
  nudge(): void;
  /** Puts a failed effect back, and hurries a pending one.
   *  @throws NotFoundError `not-found.effect`; ConflictError `conflict.effect-finished`, `conflict.badge-revoked` */
  retryEffect(learnerId: string, badgeId: string, effectId: string): Promise<void>;
}

const BATCH = 100;
const SAVE_ATTEMPTS = 30;

export function createDispatcher(parts: DispatcherParts): Dispatcher {
  const { progress: store, clock, logger, policy = defaultRetryPolicy, concurrency = 8, pollMs = 1_000 } = parts;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let running: Promise<void> | null = null;
  let started = false;
  let nudged = false;

  async function runDue(): Promise<number> {
    let attempts = 0;
    for (;;) {
      const due = await store.due(clock.now(), BATCH);
      const made = await eachConcurrently(due, concurrency, carryOut);
      attempts += made;
      // A full batch may have more behind it, unless others are at work on all of it.
      if (due.length < BATCH || made === 0 || isStopping()) return attempts;
    }
  }

  /** @returns the number of attempts made for one learner and badge */
  async function carryOut(found: Progress): Promise<number> {
    let progress: Progress | null = found;
    let attempts = 0;
    while (progress !== null && !isStopping()) {
      const now = clock.now();
      const effect = readyEffects(progress.effects).find(({ dueAt }) => dueAt <= now);
      if (!effect) return attempts;
      const claimed = taken(progress, effect.id, now, policy);
      if (await store.save(claimed)) {
        attempts += 1;
        progress = await attempt({ ...claimed, version: claimed.version + 1 }, effect.id);
      } else {
        progress = await store.load(progress.learnerId, progress.badgeId);
      }
    }
    return attempts;
  }

  /** @returns the progress with the result in it; null when the result could not be recorded: the lease will end */
  async function attempt(progress: Progress, effectId: string): Promise<Progress | null> {
    const effect = progress.effects.find(({ id }) => id === effectId) as Effect;
    const facts = { learnerId: progress.learnerId, badgeId: progress.badgeId, effect: effectId };
    let record: (latest: Progress) => Progress;
    try {
      const answer = await performEffect(effect, await subjectOf(progress, effect), parts);
      record = (latest) => succeeded(latest, effectId, answer, clock.now());
    } catch (error) {
      const random = Math.random();
      record = (latest) => failed(latest, effectId, error, clock.now(), policy, random);
      logger.warn('an effect failed', { ...facts, attempts: effect.attempts, error: codeOf(error) });
    }
    try {
      return await saveResult(progress, record);
    } catch (error) {
      logger.error('the result of an effect could not be recorded', { ...facts, error: codeOf(error) });
      return null;
    }
  }

  async function subjectOf({ learnerId, badgeId, issued }: Progress, effect: Effect) {
    const learner = await parts.learners.findById(learnerId);
    const badge = issued.find(({ number }) => number === effect.badgeNumber);
    if (!learner || !badge) throw new NotFoundError('learner', 'the learner or the badge of this effect is gone');
    return { badgeId, issued: badge, learner };
  }

  /** Events may change the progress while a call is under way: the result goes into whatever is the latest. */
  async function saveResult(progress: Progress, record: (latest: Progress) => Progress): Promise<Progress> {
    let latest = progress;
    for (let attempt = 0; attempt < SAVE_ATTEMPTS; attempt++) {
      const next = record(latest);
      if (next === latest) return latest;
      if (await store.save(next)) return { ...next, version: next.version + 1 };
      latest = (await store.load(progress.learnerId, progress.badgeId)) ?? latest;
    }
    throw new StoreError('contention', 'progress kept changing while a result was to be recorded');
  }

  async function retryEffect(learnerId: string, badgeId: string, effectId: string): Promise<void> {
    const progress = await store.load(learnerId, badgeId);
    if (!progress) throw noSuchEffect();
    await saveResult(progress, (latest) => {
      assertRetryable(latest, effectId);
      return reopened(latest, effectId, clock.now());
    });
    nudge();
  }

  function isStopping(): boolean {
    return running !== null && !started;
  }

  function start(): void {
    if (started) return;
    started = true;
    schedule(0);
  }

  async function stop(): Promise<void> {
    started = false;
    if (timer !== null) clearTimeout(timer);
    timer = null;
    await running;
  }

  function nudge(): void {
    if (!started) return;
    if (running !== null) nudged = true;
    else schedule(0);
  }

  function schedule(delayMs: number): void {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => {
      timer = null;
      running = pass().finally(() => {
        running = null;
        if (started) schedule(nudged ? 0 : pollMs);
        nudged = false;
      });
    }, delayMs);
  }

  async function pass(): Promise<void> {
    try {
      await runDue();
    } catch (error) {
      logger.warn('due effects could not be read; the next look is soon', { error: codeOf(error) });
    }
  }

  return { runDue, start, stop, nudge, retryEffect };
}

async function eachConcurrently<Item>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item) => Promise<number>,
): Promise<number> {
  const queue = [...items];
  let total = 0;
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      const made = await work(item);
      total += made;
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: Math.min(concurrency, items.length) }, worker));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return total;
}

function assertRetryable({ effects, issued }: Progress, effectId: string): void {
  const effect = effects.find(({ id }) => id === effectId);
  if (!effect) throw noSuchEffect();
  if (effect.state === 'done' || effect.state === 'superseded') {
    throw new ConflictError('effect-finished', 'this step is finished; there is nothing to retry');
  }
  const badge = issued.find(({ number }) => number === effect.badgeNumber);
  if (effect.kind === 'award' && effect.state === 'failed' && badge?.revokedAt) {
    throw new ConflictError('badge-revoked', 'the badge has been revoked meanwhile; it must not be awarded any more');
  }
}

function noSuchEffect(): NotFoundError {
  return new NotFoundError('effect', 'there is no such step; reload the page to see which there are');
}

function codeOf(error: unknown): string {
  if (error instanceof Error) return 'code' in error ? String(error.code) : error.name;
  return 'unknown';
}
