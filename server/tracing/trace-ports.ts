/** Ports whose work is a step of a trace. What they do is left alone. */

import { aGroupOfOne, type EventIntake } from '../../plugin/badges/take-event.ts';
import type { LmsEvent } from '../../plugin/events/event.ts';
import type { EventLog } from '../../plugin/ports/event-log.ts';
import type { Mailer } from '../../plugin/ports/mailer.ts';
import type { EventPublisher } from '../../plugin/ports/outbound.ts';
import { type TraceContext, traceIdOf } from '../../plugin/ports/trace-context.ts';
import type { Step, Tracer } from '../../plugin/ports/tracer.ts';

/** @param queue that events are consumed from */
export function tracedIntake(intake: EventIntake, tracer: Tracer, queue: string): EventIntake {
  // most events of a platform without tracing: nothing more is spent on them
  const isUntraced = (event: LmsEvent): boolean =>
    event.trace === undefined && tracer.current() === undefined && !tracer.isRecording;
  const traced: EventIntake = {
    ...intake,
    group(events, door) {
      const groups = intake.group(events.filter(isUntraced), door);
      // each is a step of its own trace
      const others = events.filter((event) => !isUntraced(event));
      return others.length === 0 ? groups : [...groups, ...others.map((event) => aGroupOfOne(traced, event, door))];
    },
    take(event, door) {
      if (isUntraced(event)) return intake.take(event, door);
      const step: Step =
        door === 'amqp'
          ? {
              name: `process ${queue}`,
              kind: 'consumer',
              attributes: {
                ...messaging(event),
                'messaging.destination.name': queue,
                'messaging.operation.name': 'process',
                'messaging.operation.type': 'process',
              },
            }
          : { name: 'process event', attributes: { ...cloudEvent(event), 'laurel.door': door } };
      return tracer.step({ ...step, ...around(event.trace, tracer.current()) }, () =>
        intake.take(withTrace(event, tracer.current()), door),
      );
    },
  };
  return traced;
}

/** An event goes on with what it came about in; the call that brings it, or brings it again, is linked. */
function around(own: TraceContext | undefined, brought: TraceContext | undefined): Pick<Step, 'parent' | 'links'> {
  if (own === undefined) return {};
  return brought === undefined || traceIdOf(own) === traceIdOf(brought)
    ? { parent: own }
    : { parent: own, links: [brought] };
}

function withTrace<Item extends { readonly trace?: TraceContext }>(item: Item, trace: TraceContext | undefined): Item {
  return trace === undefined || trace === item.trace ? item : { ...item, trace };
}

/** @param exchange that events are published to */
export function tracedPublisher(publisher: EventPublisher, tracer: Tracer, exchange: string): EventPublisher {
  return {
    publish: (event) =>
      tracer.step(
        {
          name: `publish ${exchange}`,
          kind: 'producer',
          attributes: {
            ...messaging(event),
            'messaging.destination.name': exchange,
            'messaging.operation.name': 'publish',
            'messaging.operation.type': 'send',
          },
        },
        () => publisher.publish(withTrace(event, tracer.current())),
      ),
  };
}

/** A batch belongs to no single event; it is linked with all of them. */
export function tracedRecording(log: Pick<EventLog, 'record'>, tracer: Tracer): Pick<EventLog, 'record'> {
  if (!tracer.isRecording) return log;
  return {
    record: (entries) =>
      tracer.step(
        {
          name: 'record events',
          parent: null,
          links: entries.flatMap(({ event }) => event.trace ?? []),
          attributes: { 'laurel.batch.size': entries.length },
        },
        () => log.record(entries),
      ),
  };
}

export function tracedMailer(mailer: Mailer, tracer: Tracer, host: string): Mailer {
  const step: Step = { name: 'SMTP', kind: 'client', attributes: { 'server.address': host } };
  return {
    domain: mailer.domain,
    send: (mail) => tracer.step(step, () => mailer.send(mail)),
    close: () => mailer.close(),
  };
}

type Named = Pick<LmsEvent, 'id' | 'type'>;

function messaging(event: Named) {
  return {
    ...cloudEvent(event),
    'messaging.system': 'rabbitmq',
    'messaging.message.id': event.id,
    'messaging.rabbitmq.destination.routing_key': event.type,
  };
}

function cloudEvent({ id, type }: Named) {
  return { 'cloudevents.event_id': id, 'cloudevents.event_type': type };
}
