/** Carries out what progress has recorded: awards and revocations at the providers, public events on the bus.
 *
 *  An attempt is recorded before the call and its result after it, each by a conditional save, so any process may go on
 *  where another one died. Calls may be repeated; badges are not, because a repeated award asks the provider first.
 *
 *  Every provider, and the bus, has a lane of its own with its own workers and its own circuit breaker: one that is slow or
 *  away keeps nothing from the others. */

import { eachConcurrently } from '../each-concurrently.ts';
import { type BreakerPolicy, type BreakerState, CircuitBreaker } from '../effects/circuit-breaker.ts';
import { defaultRetryPolicy, type RetryPolicy } from '../effects/retry-policy.ts';
import { createWorkLoop } from '../effects/work-loop.ts';
import { ConflictError, NotFoundError, ProviderError, StoreError } from '../errors.ts';
import type { LearnerStore } from '../ports/learner-store.ts';
import type { Effect, Progress, ProgressStore } from '../ports/progress-store.ts';
import type { Clock, Logger } from '../ports/runtime.ts';
import { type Step, type StepNotes, silentTracer, type Tracer } from '../ports/tracer.ts';
import { laneOf, PUBLISH_LANE, readyEffects } from './effect-order.ts';
import { failed, givenUp, reopened, succeeded, taken } from './effect-results.ts';
import { type OutsideWorld, performEffect } from './perform-effect.ts';

export interface DispatcherParts extends OutsideWorld {
  readonly progress: ProgressStore;
  readonly learners: LearnerStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly tracer?: Tracer;
  readonly policy?: RetryPolicy;
  readonly breakerPolicy?: BreakerPolicy;
  /** How many effects of one lane are carried out at the same time. */
  readonly concurrency?: number;
  /** How often to look for effects that nobody has announced: retries, and those of a process that died. */
  readonly pollMs?: number;
  /** Called when an attempt has failed. */
  onFailedAttempt?(): void;
  /** Called when a call over a lane has ended, and has not been taken over by another process. */
  onCall?(lane: string, hasSucceeded: boolean): void;
}

export interface LaneState extends BreakerState {
  /** The provider's word, or the lane of the public events. */
  readonly lane: string;
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
  /** Ends a pending or failed effect for good, with the announcement that would follow it.
   *  @throws NotFoundError `not-found.effect`; ConflictError `conflict.effect-finished` */
  giveUpEffect(learnerId: string, badgeId: string, effectId: string): Promise<void>;
  /** How each provider and the bus are seen from this process. */
  lanes(): readonly LaneState[];
}

const BATCH = 100;
const SAVE_ATTEMPTS = 30;
const OF_ONE_ACCOUNT = ['provider.unauthorised', 'provider.unpublished'];
/** What no lane of its own exists for: badges of a provider that is not set up. */
const OTHERS = '(not set up)';

export function createDispatcher(parts: DispatcherParts): Dispatcher {
  const { progress: store, clock, logger, policy = defaultRetryPolicy, concurrency = 4, pollMs = 1_000 } = parts;
  const { tracer = silentTracer } = parts;
  const own = [...parts.providers.keys(), PUBLISH_LANE];
  const breakers = new Map([...own, OTHERS].map((lane) => [lane, new CircuitBreaker(parts.breakerPolicy)]));
  let stopping = false;

  const loops = [...breakers.keys()].map((lane) =>
    createWorkLoop(async () => {
      try {
        await runLane(lane);
      } catch (error) {
        logger.warn('due effects could not be read; the next look is soon', { lane, error: codeOf(error) });
      }
    }, pollMs),
  );

  async function runDue(): Promise<number> {
    let attempts = 0;
    for (;;) {
      const made = await Promise.all([...breakers.keys()].map(runLane));
      const sum = made.reduce((total, number) => total + number, 0);
      attempts += sum;
      // What was awarded is now to be published, in another lane.
      if (sum === 0) return attempts;
    }
  }

  /** @returns the number of attempts made */
  async function runLane(lane: string): Promise<number> {
    const breaker = breakers.get(lane) as CircuitBreaker;
    let attempts = 0;
    for (;;) {
      if (breaker.state(clock.now()).state === 'open') return attempts;
      const due = await store.due(clock.now(), BATCH, lane === OTHERS ? { except: own } : { only: lane });
      const made = await eachConcurrently(due, concurrency, (found) => carryOut(found, lane));
      attempts += made;
      // A full batch may have more behind it, unless others are at work on all of it.
      if (due.length < BATCH || made === 0 || stopping) return attempts;
    }
  }

  /** @returns the number of attempts made for one learner and badge */
  async function carryOut(found: Progress, lane: string): Promise<number> {
    const breaker = breakers.get(lane) as CircuitBreaker;
    let progress: Progress | null = found;
    let attempts = 0;
    while (progress !== null && !stopping) {
      const now = clock.now();
      const { effects, issued }: Progress = progress;
      const effect: Effect | undefined = readyEffects(effects).find(
        (one) => one.dueAt <= now && isOf(lane, laneOf(one, issued)),
      );
      if (!effect) return attempts;
      if (!breaker.admits(now)) return attempts;
      const claimed = taken(progress, effect.id, now, policy);
      let isOurs = false;
      try {
        isOurs = await store.save(claimed);
      } finally {
        if (!isOurs) breaker.withdrawn();
      }
      if (isOurs) {
        attempts += 1;
        const held: Progress = { ...claimed, version: claimed.version + 1 };
        progress = await tracer.step(stepOf(effect, held), (notes) => attempt(held, effect.id, lane, notes));
      } else {
        progress = await store.load(progress.learnerId, progress.badgeId);
      }
    }
    return attempts;
  }

  function isOf(lane: string, wanted: string): boolean {
    return lane === OTHERS ? !own.includes(wanted) : lane === wanted;
  }

  /** @returns the progress with the result in it; null when the result could not be recorded: the lease will end */
  async function attempt(
    progress: Progress,
    effectId: string,
    lane: string,
    notes: StepNotes,
  ): Promise<Progress | null> {
    const breaker = breakers.get(lane) as CircuitBreaker;
    const effect = progress.effects.find(({ id }) => id === effectId) as Effect;
    const facts = { learnerId: progress.learnerId, badgeId: progress.badgeId, effect: effectId };
    // A process that stood still for longer than its lease is not alone any more: whoever took over may be calling.
    const isOurs = () => effect.dueAt > clock.now();
    let record: (latest: Progress) => Progress;
    try {
      const subject = await subjectOf(progress, effect);
      const answer = await performEffect(effect, subject, parts, isOurs);
      breaker.answered();
      parts.onCall?.(lane, true);
      record = (latest) => succeeded(latest, effectId, answer, clock.now());
    } catch (error) {
      if (error instanceof ProviderError && error.code === 'provider.taken-over') {
        breaker.withdrawn();
        return null;
      }
      const isAway =
        (error instanceof ProviderError || error instanceof StoreError) &&
        error.retry === 'later' &&
        // It answers; one account has a refused secret or no credits left, and others may do well.
        !OF_ONE_ACCOUNT.includes(error.code);
      if (isAway) breaker.failed(clock.now(), error instanceof ProviderError ? error.retryAfterMs : null);
      else if (error instanceof NotFoundError) breaker.withdrawn();
      else breaker.answered();
      const random = Math.random();
      record = (latest) => failed(latest, effectId, error, clock.now(), policy, random);
      parts.onFailedAttempt?.();
      // What is gone here was asked of nobody.
      if (!(error instanceof NotFoundError)) parts.onCall?.(lane, false);
      notes.add({ 'error.type': codeOf(error) });
      logger.warn('an effect failed', { ...facts, attempts: effect.attempts, error: codeOf(error) });
    }
    try {
      const recorded = await saveResult(progress, record);
      // The next step may belong to another lane.
      if (readyEffects(recorded.effects).length > 0) nudge();
      return recorded;
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

  async function changeEffect(
    learnerId: string,
    badgeId: string,
    change: (latest: Progress) => Progress,
  ): Promise<void> {
    const progress = await store.load(learnerId, badgeId);
    if (!progress) throw noSuchEffect();
    await saveResult(progress, change);
    nudge();
  }

  function nudge(): void {
    for (const loop of loops) loop.nudge();
  }

  return {
    runDue,
    start() {
      stopping = false;
      for (const loop of loops) loop.start();
    },
    async stop() {
      stopping = true;
      await Promise.all(loops.map((loop) => loop.stop()));
    },
    nudge,
    retryEffect: (learnerId, badgeId, effectId) =>
      changeEffect(learnerId, badgeId, (latest) => {
        assertRetryable(latest, effectId);
        return reopened(latest, effectId, clock.now());
      }),
    giveUpEffect: (learnerId, badgeId, effectId) =>
      changeEffect(learnerId, badgeId, (latest) => {
        assertOpen(latest, effectId);
        return givenUp(latest, effectId, clock.now());
      }),
    lanes: () =>
      [...breakers].flatMap(([lane, breaker]) => (lane === OTHERS ? [] : [{ lane, ...breaker.state(clock.now()) }])),
  };
}

/** The attempt goes on with the work that made it necessary, whichever process that was. */
function stepOf({ id, kind, attempts, trace }: Effect, { badgeId }: Progress): Step {
  const attributes = { 'laurel.badge.id': badgeId, 'laurel.effect.id': id, 'laurel.attempt': attempts + 1 };
  return { name: `effect ${kind}`, parent: trace, attributes };
}

function assertOpen({ effects }: Progress, effectId: string): Effect {
  const effect = effects.find(({ id }) => id === effectId);
  if (!effect) throw noSuchEffect();
  if (effect.state !== 'pending' && effect.state !== 'failed') {
    throw new ConflictError('effect-finished', 'this step is finished; there is nothing to retry');
  }
  return effect;
}

function assertRetryable(progress: Progress, effectId: string): void {
  const effect = assertOpen(progress, effectId);
  const badge = progress.issued.find(({ number }) => number === effect.badgeNumber);
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
