/** Everything an operator asks before going live, in the order in which one thing rests on another. It changes nothing,
 *  but that it declares the queues of RabbitMQ as a start does. */

import { resolve } from 'node:path';
import type { Logger } from '../../plugin/ports/runtime.ts';
import { checkSmtp } from '../../providers/index.ts';
import { openBus } from '../amqp/bus.ts';
import { whyNot } from '../amqp/why-not.ts';
import { compose, type Laurel } from '../compose.ts';
import { openDatabase } from '../composition/stores.ts';
import type { Settings } from '../config.ts';
import { Lifecycle } from '../lifecycle.ts';
import type { Database } from '../mongo/connect.ts';
import { hasStore } from '../present-store.ts';

import { checkClock, checkForm, checkSecrets, checkSpace, clockSkew } from './database.ts';
import { attempt, type CheckLine, ok, PATIENCE_MS, problem, warning, within } from './line.ts';
import { checkChoices, checkFolders, checkFonts } from './machine.ts';
import { checkState, othersToAsk } from './state.ts';

export interface CheckParts {
  readonly settings: Settings;
  readonly logger: Logger;
  /** Whether others are called: providers, the LMS, the mail server. */
  readonly connect: boolean;
  /** For each part; left out: `PATIENCE_MS`. */
  readonly patienceMs?: number;
}

const BUS_PATIENCE_MS = 5_000;

export async function runChecks(parts: CheckParts): Promise<readonly CheckLine[]> {
  const { settings, logger, connect, patienceMs } = parts;
  const part: Part = (name, work, todo) => attempt(name, work, todo, patienceMs);
  const lines: CheckLine[] = [
    ...checkChoices(settings),
    ...(await part(
      'folders',
      () => checkFolders(settings),
      'see whether the disk, or what it is mounted from, is there',
    )),
    ...(await part('fonts', checkFonts, 'see whether the disk that Laurel is installed on is there')),
  ];
  if (!hasStore(settings))
    lines.push(
      warning(
        'database',
        `there is none in ${resolve(settings.dataDir)}`,
        'start Laurel once: it makes the embedded store; where it runs already, give this command the settings of the server',
      ),
    );
  else {
    const found = await checkDatabase(parts, part);
    lines.push(...found);
    // Opening the rest would change a database of another form.
    if (found.every(({ name, status }) => status === 'ok' || !['database', 'form'].includes(name)))
      lines.push(...(await lookInside(parts, part)));
  }
  lines.push(...(await checkBus(settings, logger, part)));
  const { smtpUrl } = settings;
  if (connect && smtpUrl !== null)
    lines.push(
      ...(await part(
        'mail server',
        async () => {
          await checkSmtp(smtpUrl);
          return [ok('mail server', 'takes mails from us')];
        },
        'mend LAUREL_SMTP_URL, or ask whoever runs the mail server',
      )),
    );
  return lines;
}

/** One part of the check: by itself, and no longer than anybody waits. */
type Part = (name: string, work: () => Promise<readonly CheckLine[]>, todo: string) => Promise<readonly CheckLine[]>;

const BRING_BACK = 'bring the database back, or mend its address; the log of the server, or of MongoDB, may say more';

async function checkDatabase({ settings, logger, patienceMs }: CheckParts, part: Part): Promise<readonly CheckLine[]> {
  const lifecycle = new Lifecycle(logger);
  try {
    const opened: { database?: Database } = {};
    const open = async () => {
      const { database } = await openDatabase(settings, { logger, lifecycle, join: true }, { build: false });
      opened.database = database;
      return [ok('database', 'answers')];
    };
    const lines = [...(await part('database', open, BRING_BACK))];
    const { database } = opened;
    if (!database) return lines;
    const { connection } = database;
    lines.push(...(await part('form', () => checkForm(database), BRING_BACK)));
    lines.push(...(await part('clock', async () => checkClock(await clockSkew(connection)), BRING_BACK)));
    lines.push(...(await part('keys', () => checkSecrets(connection, settings), BRING_BACK)));
    lines.push(...(await part('space', async () => checkSpace(await database.space(), settings), BRING_BACK)));
    return lines;
  } finally {
    await closed(lifecycle.stop(), patienceMs);
  }
}

async function lookInside(
  { settings, logger, connect, patienceMs }: CheckParts,
  part: Part,
): Promise<readonly CheckLine[]> {
  const opened: { laurel?: Laurel } = {};
  const open = async () => {
    opened.laurel = await compose(settings, { logger, roles: [], join: true });
    return checkState(opened.laurel);
  };
  const lines = [...(await part('state', open, 'see the log of the server'))];
  const { laurel } = opened;
  if (!laurel) return lines;
  try {
    const others = connect ? await othersToAsk(laurel) : [];
    for (const { name, work, todo } of others) lines.push(...(await part(name, work, todo)));
    return lines;
  } finally {
    await closed(laurel.stop(), patienceMs);
  }
}

/** What does not let itself be closed is left behind: the process ends soon. */
async function closed(closing: Promise<unknown>, patienceMs = PATIENCE_MS): Promise<void> {
  await within(closing, Math.min(patienceMs, CLOSING_MS)).catch(() => {});
}

const CLOSING_MS = 5_000;

async function checkBus(settings: Settings, logger: Logger, part: Part): Promise<readonly CheckLine[]> {
  const { amqpUrl } = settings;
  if (amqpUrl === null) return [];
  return part(
    'rabbitmq',
    async () => {
      const bus = await openBus({
        url: amqpUrl,
        exchange: settings.amqpExchange,
        prefix: settings.amqpTopicPrefix,
        queue: settings.amqpQueue,
        shards: settings.amqpShards,
        eventTypes: settings.eventTypes === '*' ? null : settings.eventTypes,
        logger,
      });
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<'late'>((resolve) => {
        timer = setTimeout(() => resolve('late'), BUS_PATIENCE_MS);
      });
      try {
        if ((await Promise.race([bus.ready(), late])) === 'late') {
          const { message, todo } = whyNot(bus.status().lastError);
          return [problem('rabbitmq', message, todo)];
        }
        return [ok('rabbitmq', 'answers, and its queues are as Laurel needs them')];
      } finally {
        clearTimeout(timer);
        await bus.close();
      }
    },
    'follow the message',
  );
}
