/** Ports that count what goes through them. What they do is left alone. */

import type { ProcessResult } from '../../plugin/badges/process-event.ts';
import type { EventIntake } from '../../plugin/badges/take-event.ts';
import { CredentialsError } from '../../plugin/errors.ts';
import { eventCatalogue } from '../../plugin/events/catalogue.ts';
import type { LmsEvent } from '../../plugin/events/event.ts';
import type { GenerationFunction } from '../../plugin/extensions/generation-function.ts';
import type { CredentialStore } from '../../plugin/ports/credential-store.ts';
import type { HttpClientFactory } from '../../plugin/ports/http-client.ts';
import type { JobStore } from '../../plugin/ports/job-store.ts';
import type { Mailer } from '../../plugin/ports/mailer.ts';
import type { Meters } from './meters.ts';

export function measuredIntake(intake: EventIntake, meters: Meters): EventIntake {
  const count = ({ type: name }: LmsEvent, outcome: string, seconds: number): void => {
    const type = eventCatalogue.has(name) ? name : 'other';
    meters.add('events', { type, outcome });
    meters.observe('eventSeconds', { outcome }, seconds);
  };
  return {
    ...intake,
    take: (event, door) =>
      timed(
        () => intake.take(event, door),
        (result, seconds) => count(event, wordOf(result), seconds),
        (_, seconds) => count(event, 'failed', seconds),
      ),
    group: (events, door) =>
      intake.group(events, door).map((group) => ({
        ...group,
        // events of a group that fails are counted when they are taken one by one
        take: () =>
          timed(group.take, (results, seconds) => {
            for (const [at, event] of group.events.entries()) count(event, wordOf(results[at]), seconds);
          }),
      })),
  };
}

function wordOf(result: ProcessResult | undefined): string {
  return result?.outcome === 'processed' ? 'matched' : 'ignored';
}

export function measuredConnect(connect: HttpClientFactory, meters: Meters): HttpClientFactory {
  return (options) => {
    const client = connect(options);
    const provider = options.peer;
    const answered = (code: string, seconds: number): void => {
      meters.add('providerRequests', { provider, code });
      meters.observe('providerSeconds', { provider }, seconds);
    };
    return {
      call: (request) =>
        timed(
          () => client.call(request),
          ({ status }, seconds) => answered(String(status), seconds),
          (error, seconds) => answered(codeOf(error), seconds),
        ),
    };
  };
}

export function measuredMailer(mailer: Mailer, meters: Meters): Mailer {
  return overriding(mailer, {
    send: (mail) =>
      timed(
        () => mailer.send(mail),
        () => meters.add('mailsSent', { outcome: 'sent' }),
        (error) => meters.add('mailsSent', { outcome: codeOf(error).replace(/^mail\./, '') }),
      ),
  });
}

export function measuredGeneration(generation: GenerationFunction, meters: Meters): GenerationFunction {
  return overriding(generation, {
    generate: (request) =>
      timed(
        () => generation.generate(request),
        (_, seconds) => meters.observe('documentSeconds', { outcome: 'made' }, seconds),
        (_, seconds) => meters.observe('documentSeconds', { outcome: 'failed' }, seconds),
      ),
  });
}

/** Counts the runs that end. */
export function measuredRuns(store: CredentialStore, meters: Meters): CredentialStore {
  return overriding(store, {
    updateRun: async (run) => {
      const isOurs = await store.updateRun(run);
      if (isOurs && run.state !== 'running') meters.add('runs', { status: run.state });
      return isOurs;
    },
  });
}

/** Counts the jobs that end. */
export function measuredJobs(store: JobStore, meters: Meters): JobStore {
  return overriding(store, {
    checkpoint: async (id, fence, change) => {
      const recorded = await store.checkpoint(id, fence, change);
      if (recorded !== null && change.state !== undefined) meters.add('jobs', { status: change.state });
      return recorded;
    },
  });
}

async function timed<Result>(
  work: () => Promise<Result>,
  done: (result: Result, seconds: number) => void,
  failed: (error: unknown, seconds: number) => void = () => {},
): Promise<Result> {
  const begin = performance.now();
  const seconds = (): number => (performance.now() - begin) / 1_000;
  let result: Result;
  try {
    result = await work();
  } catch (error) {
    failed(error, seconds());
    throw error;
  }
  done(result, seconds());
  return result;
}

/** The same object with some methods replaced; those of a class keep their private fields. */
function overriding<Target extends object>(target: Target, methods: Partial<Target>): Target {
  return new Proxy(target, {
    get(_, name) {
      const own = Reflect.get(methods, name) ?? Reflect.get(target, name, target);
      return typeof own === 'function' ? own.bind(target) : own;
    },
  });
}

function codeOf(error: unknown): string {
  return error instanceof CredentialsError ? error.code : 'bug.unexpected';
}
