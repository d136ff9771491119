import { expect } from 'chai';
import type { EventIntake } from '../../../plugin/badges/take-event.ts';
import type { LmsEvent } from '../../../plugin/events/event.ts';
import type { OutboundEvent } from '../../../plugin/ports/outbound.ts';
import type { TraceContext } from '../../../plugin/ports/trace-context.ts';
import type { Step, Tracer } from '../../../plugin/ports/tracer.ts';
import { passingTracer } from '../../../server/tracing/passing-tracer.ts';
import { tracedIntake, tracedMailer, tracedPublisher, tracedRecording } from '../../../server/tracing/trace-ports.ts';
import { passing } from '../../support/badge-world.ts';
import { anEntry } from '../../support/event-entries.ts';

const traceOf = (letter: string): TraceContext => ({
  traceparent: `00-${letter.repeat(32)}-${letter.repeat(16)}-01`,
});

/** Notes steps, and passes traces on as the other tracer does. */
function notingTracer(): Tracer & { readonly steps: Step[] } {
  const steps: Step[] = [];
  return {
    ...passingTracer,
    isRecording: true,
    steps,
    step(step, work) {
      steps.push(step);
      return passingTracer.step(step, work);
    },
  };
}

function intakeOf(taken: LmsEvent[]): EventIntake {
  return {
    async take(event) {
      taken.push(event);
      return { outcome: 'ignored', reason: 'no-match' };
    },
    group: (events) => [
      {
        ...{ events, learner: null },
        async take() {
          taken.push(...events);
          return [];
        },
      },
    ],
    async giveUp() {},
  };
}

describe('ports whose work is a step of a trace', () => {
  const event = passing(true, 1);
  const published: OutboundEvent = { id: 'e', type: 't', time: event.time, data: {} };

  it('spend nothing on an event without a trace where nothing is recorded', async () => {
    const taken: LmsEvent[] = [];
    let steps = 0;
    const tracer: Tracer = {
      ...passingTracer,
      step(step, work) {
        steps += 1;
        return passingTracer.step(step, work);
      },
    };
    await tracedIntake(intakeOf(taken), tracer, 'q').take(event, 'amqp');
    expect(taken[0]).to.equal(event);
    expect(steps).to.equal(0);
  });

  it('let an event go on with its own trace, and link the call that brought it', async () => {
    const taken: LmsEvent[] = [];
    const tracer = notingTracer();
    const intake = tracedIntake(intakeOf(taken), tracer, 'q');
    const own = { ...event, trace: traceOf('a') };
    await intake.take(own, 'amqp');
    await passingTracer.step({ name: 'call', parent: traceOf('b') }, async () => {
      await intake.take(own, 'http');
      await intake.take(event, 'http');
    });
    expect(tracer.steps.map(({ name, kind, parent, links }) => ({ name, kind, parent, links }))).to.deep.equal([
      { name: 'process q', kind: 'consumer', parent: traceOf('a'), links: undefined },
      { name: 'process event', kind: undefined, parent: traceOf('a'), links: [traceOf('b')] },
      { name: 'process event', kind: undefined, parent: undefined, links: undefined },
    ]);
    expect(taken.map(({ trace }) => trace)).to.deep.equal([traceOf('a'), traceOf('a'), traceOf('b')]);
  });

  it('take events together that belong to no trace, and every other as a step of its own', async () => {
    const taken: LmsEvent[] = [];
    const tracer = { ...notingTracer(), isRecording: false };
    const events = [event, { ...event, id: 'e2', trace: traceOf('a') }, { ...event, id: 'e3' }];
    const groups = tracedIntake(intakeOf(taken), tracer, 'q').group(events, 'amqp');
    expect(groups.map((group) => [group.learner, ...group.events.map(({ id }) => id)])).to.deep.equal([
      [null, event.id, 'e3'],
      ['ada', 'e2'],
    ]);
    for (const { take } of groups) await take();
    expect(taken.map(({ id }) => id)).to.deep.equal([event.id, 'e3', 'e2']);
    expect(tracer.steps.map(({ name, parent }) => [name, parent])).to.deep.equal([['process q', traceOf('a')]]);
  });

  it('say of an event what it is and never whose', async () => {
    const tracer = notingTracer();
    await tracedIntake(intakeOf([]), tracer, 'q').take(event, 'amqp');
    expect(tracer.steps[0]?.attributes).to.deep.equal({
      'cloudevents.event_id': event.id,
      'cloudevents.event_type': event.type,
      'messaging.system': 'rabbitmq',
      'messaging.message.id': event.id,
      'messaging.rabbitmq.destination.routing_key': event.type,
      'messaging.destination.name': 'q',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
    });
  });

  it('send the trace of the work along with what it publishes', async () => {
    const sent: OutboundEvent[] = [];
    const tracer = notingTracer();
    const publisher = tracedPublisher({ publish: async (one) => void sent.push(one) }, tracer, 'x');
    await publisher.publish(published);
    await passingTracer.step({ name: 'effect', parent: traceOf('a') }, () => publisher.publish(published));
    expect(sent).to.deep.equal([published, { ...published, trace: traceOf('a') }]);
    expect(tracer.steps.map(({ name, kind }) => [name, kind])).to.deep.equal([
      ['publish x', 'producer'],
      ['publish x', 'producer'],
    ]);
  });

  it('link a batch with every event in it, in a trace of its own', async () => {
    const tracer = notingTracer();
    const log = { record: async () => ({ added: 0, completed: 0, otherSource: [] }) };
    const entries = [anEntry(1, {}, { trace: traceOf('a') }), anEntry(2), anEntry(3, {}, { trace: traceOf('b') })];
    await tracedRecording(log, tracer).record(entries);
    expect(tracer.steps).to.deep.equal([
      {
        name: 'record events',
        parent: null,
        links: [traceOf('a'), traceOf('b')],
        attributes: { 'laurel.batch.size': 3 },
      },
    ]);
    expect(tracedRecording(log, passingTracer)).to.equal(log);
  });

  it('name the mail server and nobody who gets mail', async () => {
    const tracer = notingTracer();
    const mailer = { domain: 'd', send: async () => {}, close() {} };
    const mail = { to: 'ada@example.org', subject: 's', text: 't', html: 'h', messageId: 'm' };
    await tracedMailer(mailer, tracer, 'mail.example.org').send(mail);
    expect(tracer.steps).to.deep.equal([
      { name: 'SMTP', kind: 'client', attributes: { 'server.address': 'mail.example.org' } },
    ]);
  });
});
