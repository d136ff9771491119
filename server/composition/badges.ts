/** From events to badges: one pipeline for every door, what carries out its effects, and what lets progress catch up. */

import { randomUUID } from 'node:crypto';
import { createDispatcher, type Dispatcher, type DispatcherParts } from '../../plugin/badges/dispatcher.ts';
import { createEventProcessor } from '../../plugin/badges/process-event.ts';
import { createEventIntake, type EventIntake } from '../../plugin/badges/take-event.ts';
import { createReplays, type Replays } from '../../plugin/dead-letters/replays.ts';
import { createEventLogWriter } from '../../plugin/events/event-log-writer.ts';
import type { Jobs } from '../../plugin/jobs/request-job.ts';
import type { BadgeProvider } from '../../plugin/ports/badge-provider.ts';
import { MemoryPublisher } from '../../plugin/ports/outbound.ts';
import type { RetiredPeople } from '../../plugin/privacy/retired-people.ts';
import type { Bus } from '../amqp/bus.ts';
import { eventFromDeadLetter } from '../amqp/dead-message.ts';
import { measuredIntake } from '../metrics/measure.ts';
import type { Meters } from '../metrics/meters.ts';
import { tracedIntake, tracedPublisher, tracedRecording } from '../tracing/trace-ports.ts';
import { type ComparisonSetup, composeComparison } from './comparison.ts';
import type { Foundation } from './foundation.ts';
import { composeReplay, type ReplaySetup } from './replay.ts';
import type { Rules } from './rules.ts';

export interface BadgesParts {
  readonly rules: Rules;
  readonly jobs: Jobs;
  readonly bus: Bus | null;
  readonly providers: ReadonlyMap<string, BadgeProvider>;
  readonly retired: RetiredPeople;
  readonly meters: Meters;
  /** In place of the usual patience with providers and the bus. */
  readonly patience: Pick<DispatcherParts, 'policy' | 'breakerPolicy'> | undefined;
}

export interface Badges {
  readonly dispatcher: Dispatcher;
  readonly intake: EventIntake;
  readonly replay: ReplaySetup;
  readonly comparison: ComparisonSetup;
  /** Of dead letters. */
  readonly replays: Replays;
}

export function composeBadges(foundation: Foundation, parts: BadgesParts): Badges {
  const { settings, stores, secrets, tally, clock, logger, tracer, lifecycle } = foundation;
  const { jobs, bus, providers, retired, meters, patience } = parts;
  const { ruleBook, read } = parts.rules;

  const dispatcher = createDispatcher({
    progress: stores.progress,
    learners: stores.learners,
    providers,
    ...patience,
    publisher: bus ? tracedPublisher(bus.publisher, tracer, bus.exchange) : new MemoryPublisher(),
    badgeName: (badgeId) => ruleBook.badgeName(badgeId),
    clock,
    logger,
    tracer,
    onFailedAttempt: tally.failedCall,
    onCall: tally.call,
  });
  const progressParts = {
    progress: stores.progress,
    clock,
    logger,
    tracer,
    ids: { uuid: randomUUID },
    latestVersion: async (badgeId: string) => {
      await ruleBook.refresh();
      return ruleBook.definitionVersion(badgeId);
    },
    onEffects: () => dispatcher.nudge(),
    onSaved: tally.progress,
  };
  const comparison = composeComparison({
    ...{ stores, secrets, providers, clock, logger },
    onEffects: dispatcher.nudge,
  });
  const replay = composeReplay({ stores, ruleBook, read, clock, progressParts });

  const processor = createEventProcessor({
    ...progressParts,
    learners: stores.learners,
    index: () => ruleBook.index(),
    definitionVersion: (badgeId) => ruleBook.definitionVersion(badgeId),
    catchUp: (learnerId, badgeId) => replay.catchUp(learnerId, [badgeId]),
  });
  const writer = createEventLogWriter({ log: tracedRecording(stores.events, tracer), logger });
  lifecycle.onStop('event log', () => writer.stop());
  const measured = measuredIntake(
    createEventIntake({
      processor: settings.badgesEnabled ? processor : null,
      writer,
      isRetired: retired.has,
      ruleRevision: () => ruleBook.revision(),
      latestRuleRevision: async () => {
        await ruleBook.refresh();
        return ruleBook.revision();
      },
      onOutdated: (event, result) => replay.catchUpWith(event, result),
      onRecorded: tally.event,
      clock,
      logger,
    }),
    meters,
  );
  const intake = tracedIntake(measured, tracer, settings.amqpQueue);

  const replays = createReplays({
    jobs,
    store: stores.deadLetters,
    decode: eventFromDeadLetter,
    process: (event) => intake.take(event, 'amqp'),
    index: () => ruleBook.index(),
    learners: stores.learners,
    progress: stores.progress,
    clock,
    logger,
  });
  return { dispatcher, intake, replay, comparison, replays };
}
