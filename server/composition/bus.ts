/** The event bus of the settings; a start waits for it a little, and goes on without. */

import { type Bus, openBus } from '../amqp/bus.ts';
import type { Settings } from '../config.ts';
import type { Foundation } from './foundation.ts';

/** How long a start waits for RabbitMQ before it goes on without. */
const PATIENCE_MS = 3_000;

/** @returns null: AMQP_URL is not set, or this is a command */
export async function connectBus({ settings, roles, logger, lifecycle }: Foundation): Promise<Bus | null> {
  if (roles.length === 0 || settings.amqpUrl === null) return null;
  const bus = await openBus({ url: settings.amqpUrl, ...topologyOf(settings), logger });
  lifecycle.onStop('RabbitMQ', () => bus.close());
  if (!(await answersInTime(bus)))
    logger.warn('RabbitMQ does not answer at AMQP_URL; going on without, it is tried again and again');
  return bus;
}

function topologyOf(settings: Settings) {
  return {
    exchange: settings.amqpExchange,
    prefix: settings.amqpTopicPrefix,
    queue: settings.amqpQueue,
    shards: settings.amqpShards,
    eventTypes: settings.eventTypes === '*' ? null : settings.eventTypes,
  };
}

async function answersInTime(bus: Bus): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), PATIENCE_MS);
  });
  const ready = bus.ready().then(() => true as const);
  ready.catch(() => {});
  try {
    return await Promise.race([ready, late]);
  } finally {
    clearTimeout(timer);
  }
}
