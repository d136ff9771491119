/** A RabbitMQ for the integration tests: the one AMQP_URL names, or a private node on free ports that ends with the run. */

import { findServer, type RabbitMqNode, startNode } from './rabbitmq-node.ts';

export interface RabbitMq {
  readonly url: string;
  /** null where the broker is not ours to control. */
  readonly node: RabbitMqNode | null;
}

let shared: Promise<RabbitMq> | null = null;
const running = new Set<RabbitMqNode>();

// at the root, whatever file asked first: the node serves the whole run
after(async function () {
  this.timeout(30_000);
  await Promise.all([...running].map((node) => node.stop()));
});

/** The broker all tests share. Skips the calling suite when there is none, and fails it when CI is set. */
export async function rabbitmq(suite: Mocha.Context): Promise<RabbitMq> {
  const url = process.env.AMQP_URL;
  if (url) return { url, node: null };
  if (!shared) {
    skipUnlessInstalled(suite);
    shared = startTracked();
  }
  return await shared;
}

/** A broker of the suite's own, to be killed and starved. Skips or fails like `rabbitmq`. */
export async function privateRabbitmq(
  suite: Mocha.Context,
  plugins: readonly string[] = [],
): Promise<{ url: string; node: RabbitMqNode }> {
  skipUnlessInstalled(suite);
  return await startTracked(plugins);
}

async function startTracked(plugins: readonly string[] = []): Promise<{ url: string; node: RabbitMqNode }> {
  const started = await startNode(plugins);
  running.add(started.node);
  return started;
}

function skipUnlessInstalled(suite: Mocha.Context): void {
  if (findServer() !== null) return;
  const why = 'RabbitMQ is not installed: rabbitmq-server is neither on the PATH nor in the usual folders';
  if (process.env.CI) throw new Error(why);
  console.log(`    skipped: ${why}; install it or set AMQP_URL`);
  suite.skip();
}
