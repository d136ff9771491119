/** Where all doors meet: an event is processed, then recorded, and only then may its sender be told that it is taken.
 *
 *  A process that dies in between leaves an event without a record; its sender, who was told nothing, sends it again, and
 *  processing it again changes nothing. */

import { CredentialsError } from '../errors.ts';
import type { EventUser, LmsEvent } from '../events/event.ts';
import type { EventLogWriter } from '../events/event-log-writer.ts';
import type { Door, EventEntry, EventOutcome, IgnoredReason } from '../ports/event-log.ts';
import type { Clock, Logger } from '../ports/runtime.ts';
import type { EventProcessor, ProcessResult } from './process-event.ts';

export interface EventIntakeParts {
  /** null: badges are switched off. */
  readonly processor: EventProcessor | null;
  readonly writer: Pick<EventLogWriter, 'record'>;
  /** Whether the learner was retired: then nothing of the event is kept but that it came. Left out: nobody was. */
  isRetired?(user: Pick<EventUser, 'username' | 'lmsUserId'>): boolean | Promise<boolean>;
  /** Revision of the rules in force. */
  ruleRevision(): number;
  /** Looks at the store first. */
  latestRuleRevision?(): Promise<number>;
  /** Called, once the event is recorded, when the rules have changed since it met them: a replay that follows the change may
   *  have come too early to see it in the log. */
  onOutdated?(event: LmsEvent, result: ProcessResult): Promise<void>;
  /** Called when an event has been recorded. */
  onRecorded?(outcome: EventOutcome['kind']): void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Events that are taken together. */
export interface EventGroup {
  readonly events: readonly LmsEvent[];
  /** By whose username it waits for groups before it, so that they do not get in each other's way; null: it need not. */
  readonly learner: string | null;
  /** Resolves when what they do and their records are durable. Where it fails, which of them are is not known and no failure
   *  is recorded: take each by itself. */
  take(): Promise<readonly ProcessResult[]>;
}

export interface EventIntake {
  /** Resolves when what the event does and its record are durable.
   *  @throws StoreError; or what processing threw, after the failure has been recorded where that was possible */
  take(event: LmsEvent, door: Door): Promise<ProcessResult>;
  /** Parts the events of one moment into those that one effort does for: all that match nothing, and those of each learner.
   *  Every event is in one group. */
  group(events: readonly LmsEvent[], door: Door): readonly EventGroup[];
  /** Records that an event was given up. Never rejects: the event itself is kept with the dead letters. */
  giveUp(event: LmsEvent, door: Door, failure: unknown): Promise<void>;
}

/** When and by which rules events are taken. */
type Circumstances = Pick<EventEntry, 'door' | 'receivedAt' | 'ruleRevision'>;

/** How often it is begun anew because the rules changed meanwhile. */
const ATTEMPTS = 3;
/** Rules that changed elsewhere are in force here after so long; replays wait for it. */
const SETTLED_MS = 2_000;

export function createEventIntake(parts: EventIntakeParts): EventIntake {
  const { processor, writer, ruleRevision, clock, logger } = parts;

  function circumstances(door: Door): Circumstances {
    return { door, receivedAt: clock.now(), ruleRevision: ruleRevision() };
  }

  async function isOfNobody({ user }: LmsEvent): Promise<boolean> {
    return user !== null && parts.isRetired !== undefined && (await parts.isRetired(user));
  }

  async function ignoreRetired(event: LmsEvent, door: Door): Promise<ProcessResult> {
    const result = { outcome: 'ignored', reason: 'retired-learner' } as const;
    await writer.record([entryOf({ ...event, user: null, payload: {} }, result, circumstances(door))]);
    return result;
  }

  async function take(event: LmsEvent, door: Door): Promise<ProcessResult> {
    if (parts.isRetired && (await isOfNobody(event))) return ignoreRetired(event, door);
    const begun = circumstances(door);
    const { results, now } = await process([event], door).catch(async (error: unknown) => {
      const failure = { event, ...begun, learnerId: null, outcome: failureOf('failed', error) };
      if (!isAway(error)) await recordFailure(failure);
      throw error;
    });
    await finish([event], results, now);
    return results[0] as ProcessResult;
  }

  /** Where the rules change meanwhile it is begun anew, and the events are taken to have come in then: what a badge counts
   *  follows from when they came in. */
  async function process(
    events: readonly LmsEvent[],
    door: Door,
  ): Promise<{ readonly results: readonly ProcessResult[]; readonly now: Circumstances }> {
    for (let attempt = 1; ; attempt++) {
      // The rules they meet are those of this moment, and processing looks at them before it first waits.
      const now = circumstances(door);
      try {
        const results = processor ? await processor.process(events) : events.map(() => ignored('badges-disabled'));
        return { results, now };
      } catch (error) {
        if (codeOf(error) !== 'store.rules-changed' || attempt === ATTEMPTS) throw error;
      }
    }
  }

  function group(events: readonly LmsEvent[], door: Door): readonly EventGroup[] {
    const groups: EventGroup[] = [];
    const matching = new Map<string, LmsEvent[]>();
    const others: LmsEvent[] = [];
    const results: ProcessResult[] = [];
    for (const event of events) {
      const reason = mayBeRetired(event.user) ? undefined : reasonToIgnore(event);
      if (reason === undefined) groups.push(aGroupOfOne(intake, event, door));
      else if (reason !== null) {
        others.push(event);
        results.push(ignored(reason));
      } else {
        // by all details: what is known of a learner follows from each of them
        const key = JSON.stringify(event.user);
        const own = matching.get(key);
        if (own) own.push(event);
        else matching.set(key, [event]);
      }
    }
    if (others.length > 0) {
      const now = circumstances(door);
      groups.push({ events: others, learner: null, take: () => finish(others, results, now) });
    }
    for (const own of matching.values()) {
      const learner = learnerOf(own[0]);
      groups.push({ events: own, learner, take: () => takeTogether(own, door) });
    }
    return groups;
  }

  /** True also where it takes a moment to find out. */
  function mayBeRetired(user: EventUser | null): boolean {
    const answer = user !== null && parts.isRetired ? parts.isRetired(user) : false;
    // whoever takes the event asks again, and is told what is wrong
    if (typeof answer === 'object') answer.catch(() => {});
    return answer !== false;
  }

  /** @returns null: it matches; undefined: rules cannot be held against it */
  function reasonToIgnore(event: LmsEvent): IgnoredReason | null | undefined {
    try {
      return processor ? processor.reasonToIgnore(event) : 'badges-disabled';
    } catch {
      return undefined;
    }
  }

  async function takeTogether(events: readonly LmsEvent[], door: Door): Promise<readonly ProcessResult[]> {
    const { results, now } = await process(events, door);
    return finish(events, results, now);
  }

  /** Records what became of them. */
  async function finish(
    events: readonly LmsEvent[],
    results: readonly ProcessResult[],
    now: Circumstances,
  ): Promise<readonly ProcessResult[]> {
    const entries = events.map((event, at) => entryOf(event, results[at] as ProcessResult, now));
    await record(entries);
    for (const [at, { event, door, learnerId }] of entries.entries()) {
      const facts = { eventId: event.id, eventType: event.type, door, learnerId, outcome: results[at]?.outcome };
      logger.debug('an event was taken', facts);
    }
    if (parts.onOutdated && (await revisionNow(now.receivedAt)) !== now.ruleRevision)
      for (const [at, event] of events.entries()) await parts.onOutdated(event, results[at] as ProcessResult);
    return results;
  }

  /** A process that was held up may not know yet what has long been changed elsewhere. */
  async function revisionNow(receivedAt: Date): Promise<number> {
    const tookLong = clock.now().getTime() - receivedAt.getTime() > SETTLED_MS;
    return tookLong && parts.latestRuleRevision ? parts.latestRuleRevision() : ruleRevision();
  }

  async function giveUp(event: LmsEvent, door: Door, failure: unknown): Promise<void> {
    // Where it cannot be found out, nothing is recorded: the event lies with the dead letters.
    if (await isOfNobody(event).catch(() => true)) return;
    return recordFailure({ event, ...circumstances(door), learnerId: null, outcome: failureOf('dead', failure) });
  }

  async function record(entries: readonly EventEntry[]): Promise<void> {
    await writer.record(entries);
    for (const { outcome } of entries) parts.onRecorded?.(outcome.kind);
  }

  async function recordFailure(entry: EventEntry): Promise<void> {
    try {
      await record([entry]);
    } catch (error) {
      logger.warn('that an event failed could not be recorded', { eventId: entry.event.id, error: codeOf(error) });
    }
  }

  const intake: EventIntake = { take, group, giveUp };
  return intake;
}

/** For an event that can not be taken together with others. */
export function aGroupOfOne(intake: Pick<EventIntake, 'take'>, event: LmsEvent, door: Door): EventGroup {
  return { events: [event], learner: learnerOf(event), take: async () => [await intake.take(event, door)] };
}

function learnerOf(event: LmsEvent | undefined): string | null {
  return event?.user?.username ?? null;
}

function entryOf(
  event: LmsEvent,
  result: ProcessResult,
  { door, receivedAt, ruleRevision }: Circumstances,
): EventEntry {
  const learnerId = result.outcome === 'processed' ? result.learnerId : null;
  return { event, receivedAt, door, learnerId, outcome: outcomeOf(result), ruleRevision };
}

function ignored(reason: IgnoredReason): ProcessResult {
  return { outcome: 'ignored', reason };
}

function outcomeOf(result: ProcessResult): EventOutcome {
  return result.outcome === 'processed'
    ? { kind: 'matched', badgeIds: result.matched }
    : { kind: 'ignored', reason: result.reason };
}

/** Messages of our own errors hold no personal data; those of others may. */
function failureOf(kind: 'failed' | 'dead', error: unknown): EventOutcome {
  if (error instanceof CredentialsError) return { kind, code: error.code, message: error.message };
  return { kind, code: 'bug.unexpected', message: 'processing failed unexpectedly; the log of the server says more' };
}

/** Nothing can be recorded where nothing can be read. */
function isAway(error: unknown): boolean {
  return codeOf(error) === 'store.unavailable';
}

function codeOf(error: unknown): string {
  return error instanceof CredentialsError ? error.code : 'bug.unexpected';
}
