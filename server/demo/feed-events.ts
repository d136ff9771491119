/** Feeds events the way RabbitMQ messages come in: as message, through the envelope, into the pipeline. */

import type { BadgeChange } from '../../plugin/badges/process-event.ts';
import { decodeCloudEvent } from '../../plugin/events/decode.ts';
import type { LmsEvent } from '../../plugin/events/event.ts';
import { eventFromMessage, messageFromEvent } from '../amqp/envelope.ts';
import type { JsonLine } from '../cli/input.ts';
import type { Laurel } from '../compose.ts';

export interface FedEvents {
  readonly events: number;
  readonly changes: readonly EventChange[];
}

export interface EventChange {
  readonly event: LmsEvent;
  readonly change: BadgeChange;
}

export async function feedEvents(laurel: Laurel, lines: AsyncIterable<JsonLine>): Promise<FedEvents> {
  let events = 0;
  const changes: EventChange[] = [];
  for await (const { value } of lines) {
    const { content, contentType, messageId, headers } = messageFromEvent(decodeCloudEvent(value));
    const event = eventFromMessage({ content, properties: { contentType, messageId, headers } });
    const result = await laurel.process(event, 'demo');
    events += 1;
    if (result.outcome === 'processed') changes.push(...result.badges.map((change) => ({ event, change })));
  }
  return { events, changes };
}
