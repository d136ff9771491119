/** What is sent in a round: the same for the same seed, with duplicates, late events and messages that are no events. */

import { decodeCloudEvent } from '../../plugin/events/decode.ts';
import type { LmsEvent } from '../../plugin/events/event.ts';
import { messageFromEvent } from '../../server/amqp/envelope.ts';
import type { RawMessage } from '../../server/amqp/publisher.ts';
import { randomFrom } from '../support/random.ts';

/** Username of the learner whose event kills. */
export const KILLER = 'killer';

const COURSE = 'org.openedx.learning.course.passing.status.updated.v1';
const COURSES = 6;

export const RULES: readonly string[] = [
  `badge "one" { template memory "one" active true
     requirement demo { on ${COURSE} where is_passing and course.course_key = "course-v1:A+0+R" }
     penalty failed { on ${COURSE} where not is_passing and course.course_key = "course-v1:A+0+R" resets demo } }`,
  `badge "both" { template memory "both" active true re-award allowed
     requirement a in group A { on ${COURSE} where is_passing and course.course_key = "course-v1:A+1+R" }
     requirement b in group B { on ${COURSE} where is_passing and course.course_key = "course-v1:A+2+R" }
     penalty lost { on ${COURSE} where not is_passing and course.course_key = "course-v1:A+2+R" resets b } }`,
  `badge "after-both" { template memory "after-both" active true
     requirement first in group A { on badge "both" awarded }
     requirement three in group B { on ${COURSE} where is_passing count 3 distinct course.course_key } }`,
];

export interface Load {
  /** Each once, in the order in which they were first sent. */
  readonly events: readonly LmsEvent[];
  /** What goes over the wire: the events, some of them twice, and the poison among them. Without an exchange. */
  readonly messages: readonly Omit<RawMessage, 'exchange'>[];
  /** By id of the message: why it must end as a dead letter. */
  readonly poison: ReadonlyMap<string, string>;
}

export interface LoadSize {
  readonly events: number;
  readonly learners: number;
}

export type Message = Load['messages'][number];

/** @param more poison, with its reason */
export function makeLoad(seed: number, size: LoadSize, more: readonly (readonly [Message, string])[] = []): Load {
  const random = randomFrom(seed);
  const events = Array.from({ length: size.events }, (_, n) => {
    const learner = random.below(size.learners) + 1;
    // a tenth of the events is late
    const minute = n - (random.below(10) === 0 ? random.below(200) : 0);
    const time = new Date(Date.UTC(2026, 0, 1) + minute * 60_000).toISOString();
    return decodeCloudEvent(
      cloudEvent(`chaos-${n}`, time, passingStatus(learner, random.below(COURSES), random.below(4) !== 0)),
    );
  });
  const messages: Omit<RawMessage, 'exchange'>[] = [];
  for (const event of events) {
    const message = toRaw(event);
    messages.push(message);
    // a twentieth comes again, at once or later
    if (random.below(20) === 0)
      messages.splice(messages.length - random.below(Math.min(30, messages.length)), 0, message);
  }
  const poison = new Map<string, string>();
  for (const { id, reason, content } of poisons()) {
    const [sample] = messages as [Omit<RawMessage, 'exchange'>];
    const headers = { ...sample.headers, ce_id: id };
    messages.splice(random.below(messages.length), 0, { ...sample, headers, messageId: id, content });
    poison.set(id, reason);
  }
  for (const [message, reason] of more) {
    messages.splice(random.below(messages.length), 0, message);
    poison.set(message.messageId ?? '', reason);
  }
  return { events, messages, poison };
}

/** An event of the learner at whom a process dies that is told to (crash-points.ts). */
export function killerMessage(): Message {
  const time = new Date(Date.UTC(2026, 0, 1)).toISOString();
  return toRaw(decodeCloudEvent(cloudEvent('poison-killer', time, passingStatus(0, 0, true, KILLER))));
}

function* poisons(): Iterable<{ id: string; reason: string; content: Buffer }> {
  yield { id: 'poison-json', reason: 'event.malformed', content: Buffer.from('{"course_passing_status":') };
  yield {
    id: 'poison-schema',
    reason: 'event.malformed',
    content: Buffer.from('{"course_passing_status":{"is_passing":"maybe"}}'),
  };
}

function toRaw(event: LmsEvent): Omit<RawMessage, 'exchange'> {
  const { routingKey, content, contentType, messageId, headers } = messageFromEvent(event);
  return { routingKey, content, contentType, messageId, headers };
}

function cloudEvent(id: string, time: string, data: object) {
  const attributes = { specversion: '1.0', id, time, source: 'openedx/lms/web', type: COURSE };
  return { ...attributes, datacontenttype: 'application/json', data };
}

function passingStatus(learner: number, course: number, isPassing: boolean, username = `learner-${learner}`) {
  return {
    course_passing_status: {
      is_passing: isPassing,
      course: { course_key: `course-v1:A+${course}+R`, display_name: '', start: null, end: null },
      user: {
        id: learner + 1,
        is_active: true,
        pii: { username, email: `${username}@example.com`, name: `Learner ${learner}` },
      },
    },
  };
}
