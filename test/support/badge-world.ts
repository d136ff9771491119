/** A small world of badges in memory: rules as values, events in one line, a clock that stands still. */

import { type Badge, createRuleIndex, type Instant, type RuleIndex, toInstant } from '../../dsl/index.ts';
import { createDispatcher, type Dispatcher } from '../../plugin/badges/dispatcher.ts';
import { createEventProcessor, type EventProcessor, type ProcessResult } from '../../plugin/badges/process-event.ts';
import type { LmsEvent } from '../../plugin/events/event.ts';
import type { LearnerStore } from '../../plugin/ports/learner-store.ts';
import { MemoryLearnerStore } from '../../plugin/ports/memory-learner-store.ts';
import { MemoryProgressStore } from '../../plugin/ports/memory-progress-store.ts';
import { MemoryPublisher } from '../../plugin/ports/outbound.ts';
import type { Progress, ProgressStore } from '../../plugin/ports/progress-store.ts';
import { silentLogger } from '../../plugin/ports/runtime.ts';
import { MemoryProvider } from '../../providers/memory/provider.ts';
import { passingTracer } from '../../server/tracing/passing-tracer.ts';
import { aBadge, aPenalty, aRequirement, failedCourse, onBadge, PASSING, passedCourse } from './rule-values.ts';

export class StandingClock {
  #now = new Date('2026-06-01T00:00:00Z');
  now(): Date {
    return this.#now;
  }
  advance(ms: number): void {
    this.#now = new Date(this.#now.getTime() + ms);
  }
}

export interface World {
  readonly clock: StandingClock;
  readonly learners: LearnerStore;
  readonly progress: ProgressStore;
  readonly provider: MemoryProvider;
  readonly publisher: MemoryPublisher;
  readonly index: RuleIndex;
  readonly processor: EventProcessor;
  /** One event by itself. */
  process(event: LmsEvent): Promise<ProcessResult>;
  readonly dispatcher: Dispatcher;
  /** Processes the events in this order, then carries out what is due. */
  run(...events: readonly LmsEvent[]): Promise<void>;
  /** Of the one learner of most tests. */
  progressOn(badgeId: string, username?: string): Promise<Progress>;
}

export interface WorldParts {
  readonly learners?: LearnerStore;
  readonly progress?: ProgressStore;
  readonly provider?: MemoryProvider;
  readonly publisher?: MemoryPublisher;
  readonly clock?: StandingClock;
}

export function aWorld(badges: readonly Badge[], parts: WorldParts = {}): World {
  const {
    learners = new MemoryLearnerStore(),
    progress = new MemoryProgressStore(),
    provider = new MemoryProvider(),
    publisher = new MemoryPublisher(),
    clock = new StandingClock(),
  } = parts;
  const index = createRuleIndex(badges);
  let uuids = 0;
  const processor = createEventProcessor({
    learners,
    progress,
    index: () => index,
    definitionVersion: () => 1,
    clock,
    logger: silentLogger,
    tracer: passingTracer,
    ids: { uuid: () => `00000000-0000-4000-8000-${String(++uuids).padStart(12, '0')}` },
    pause: () => Promise.resolve(),
  });
  const dispatcher = createDispatcher({
    learners,
    progress,
    clock,
    logger: silentLogger,
    tracer: passingTracer,
    providers: new Map([[provider.name, provider]]),
    publisher,
    badgeName: (id) => index.get(id)?.name ?? null,
    pollMs: 5,
  });
  return {
    clock,
    learners,
    progress,
    provider,
    publisher,
    index,
    processor,
    process: async (event) => (await processor.process([event]))[0] as ProcessResult,
    dispatcher,
    async run(...events) {
      for (const event of events) {
        await processor.process([event]);
        await dispatcher.runDue();
      }
    },
    async progressOn(badgeId, username = 'ada') {
      const learner = await learners.findByUsername(username);
      const found = learner && (await progress.load(learner.id, badgeId));
      if (!found) throw new Error(`no progress on ${badgeId}`);
      return found;
    },
  };
}

export const DEMO = 'course-v1:OpenedX+DemoX+Demo_Course';
export const course = (number: number): string => `course-v1:OpenedX+C${number}+Run`;

/** Given for passing a course, taken back for failing it. */
export function courseBadge(overrides: Partial<Badge> = {}, key: string = DEMO): Badge {
  return aBadge({
    id: 'demo',
    name: 'Demo',
    template: { provider: 'memory', id: 'demo-template' },
    active: true,
    requirements: [aRequirement({ id: 'pass', where: passedCourse(key) })],
    penalties: [aPenalty({ id: 'fail', where: failedCourse(key), resets: ['pass'] })],
    ...overrides,
  });
}

/** Two courses together, and a badge that follows the first one when it comes and goes. */
export const bothCourses = courseBadge({
  id: 'both',
  reAward: 'allowed',
  requirements: [
    aRequirement({ id: 'zero', group: 'A', where: passedCourse(course(0)) }),
    aRequirement({ id: 'one', group: 'B', where: passedCourse(course(1)) }),
  ],
  penalties: [aPenalty({ id: 'lost', where: failedCourse(course(1)), resets: ['one'] })],
});
export const follower = courseBadge({
  id: 'follower',
  reAward: 'allowed',
  template: null,
  requirements: [aRequirement({ id: 'first', on: onBadge('both') })],
  penalties: [aPenalty({ id: 'gone', on: onBadge('both', 'revoked'), resets: ['first'] })],
});

export interface EventFacts {
  readonly id?: string;
  readonly username?: string;
  readonly lmsUserId?: number | null;
  readonly course?: string;
  readonly name?: string;
}

/** @param minute of 2026-03-01, the event's own time */
export function passing(isPassing: boolean, minute: number, facts: EventFacts = {}): LmsEvent {
  const { username = 'ada', lmsUserId = 7, name = 'Ada' } = facts;
  const at = atMinute(minute);
  return {
    id: facts.id ?? `${isPassing ? 'pass' : 'fail'}-${minute}-${username}`,
    type: PASSING,
    source: 'openedx/lms/web',
    time: at,
    payload: { is_passing: isPassing, course: { course_key: facts.course ?? DEMO } },
    user: { lmsUserId, username, email: `${username}@example.com`, name, isActive: true },
  };
}

export function atMinute(minute: number): Instant {
  return toInstant(new Date(Date.UTC(2026, 2, 1, 0, minute)).toISOString()) as Instant;
}
