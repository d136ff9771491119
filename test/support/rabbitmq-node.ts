/** A private RabbitMQ node, for tests and benchmarks. */

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { connect } from 'amqplib';

export interface RabbitMqNode {
  /** Runs rabbitmqctl. @returns what it printed */
  management(...command: string[]): Promise<string>;
  /** Kills the broker as a power cut would. */
  kill(): Promise<void>;
  /** Starts it again on the same data. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** @returns the folder of the server's scripts; null: RabbitMQ is not installed */
export function findServer(): string | null {
  // Debian's wrapper on the PATH insists on the rabbitmq account; the script it wraps does not
  const folders = [
    '/usr/lib/rabbitmq/bin',
    ...(process.env.PATH ?? '').split(delimiter),
    '/usr/sbin',
    '/usr/local/sbin',
  ];
  return folders.find((folder) => existsSync(join(folder, 'rabbitmq-server'))) ?? null;
}

/** Starts a node on free ports and empty data; it dies with this process at the latest.
 *  @param plugins to enable, e.g. rabbitmq_consistent_hash_exchange */
export async function startNode(plugins: readonly string[] = []): Promise<{ url: string; node: RabbitMqNode }> {
  const folder = findServer() as string;
  const home = mkdtempSync(join(tmpdir(), 'laurel-rabbitmq-'));
  const [port, distributionPort, epmdPort] = (await Promise.all([freePort(), freePort(), freePort()])) as [
    number,
    number,
    number,
  ];
  writeFileSync(join(home, 'enabled_plugins'), `[${plugins.join(',')}].\n`);
  writeFileSync(
    join(home, 'rabbitmq.conf'),
    `listeners.tcp.1 = 127.0.0.1:${port}\nlog.console = false\nvm_memory_high_watermark.relative = 0.6\ndisk_free_limit.absolute = 10MB\n`,
  );
  const env = {
    PATH: process.env.PATH,
    LANG: 'C.UTF-8',
    HOME: home,
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: `laurel${port}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(distributionPort),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1} +S 1:1 +sbwt none',
    RABBITMQ_CONF_ENV_FILE: join(home, 'none'),
    RABBITMQ_CONFIG_FILE: join(home, 'rabbitmq'),
    RABBITMQ_MNESIA_BASE: join(home, 'data'),
    RABBITMQ_LOG_BASE: join(home, 'log'),
    RABBITMQ_PID_FILE: join(home, 'pid'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(home, 'enabled_plugins'),
  };
  const url = `amqp://guest:guest@127.0.0.1:${port}`;
  let child: ChildProcess | null = null;
  let isOver = false;
  const killGroup = (): void => {
    if (child?.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // it has ended by itself
    }
    child = null;
  };
  process.once('exit', killGroup);

  const node: RabbitMqNode = {
    async management(...command) {
      const { stdout } = await promisify(execFile)(join(folder, 'rabbitmqctl'), command, { env, timeout: 30_000 });
      return stdout;
    },
    async kill() {
      const ended = new Promise((resolve) => child?.once('exit', resolve));
      killGroup();
      await ended;
    },
    async start() {
      if (isOver) throw new Error('the private RabbitMQ is stopped for good');
      // a group of its own, so that the virtual machine dies with the script that started it
      child = spawn(join(folder, 'rabbitmq-server'), { env, detached: true, stdio: 'ignore' });
      await answering(url, 60_000);
    },
    async stop() {
      isOver = true;
      killGroup();
      process.removeListener('exit', killGroup);
      await endPortMapper(env, epmdPort);
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  await node.start();
  return { url, node };
}

/** Erlang's port mapper outlives the node it was started for, and refuses to end while it has not noticed. */
async function endPortMapper(env: NodeJS.ProcessEnv, port: number): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const { stdout } = await promisify(execFile)('epmd', ['-port', String(port), '-kill'], { env }).catch(
      (error: { stdout?: string }) => ({ stdout: error.stdout ?? '' }),
    );
    if (stdout.includes('Killed') || stdout.includes('cannot connect')) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function answering(url: string, limitMs: number): Promise<void> {
  const end = Date.now() + limitMs;
  for (;;) {
    try {
      const connection = await connect(url, { timeout: 2_000 });
      connection.on('error', () => {});
      await connection.close();
      return;
    } catch (error) {
      if (Date.now() > end) throw new Error('the private RabbitMQ did not start', { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
