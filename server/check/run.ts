/** Everything an operator asks before going live, in the order in which one thing rests on another. It changes nothing,
 *  but that it declares the queues of RabbitMQ as a start does. */

import { resolve } from 'node:path';
import type { Logger } from '../../plugin/ports/runtime.ts';
import { checkSmtp } from '../../providers/index.ts';
import { openBus } from '../amqp/bus.ts';
import { whyNot } from '../amqp/why-not.ts';
import { compose } from '../compose.ts';
import { openDatabase } from '../composition/stores.ts';
import type { Settings } from '../config.ts';
import { Lifecycle } from '../lifecycle.ts';
import { hasStore } from '../present-store.ts';

import { checkClock, checkForm, checkSecrets, checkSpace, clockSkew } from './database.ts';
import { attempt, type CheckLine, ok, problem, warning } from './line.ts';
import { checkChoices, checkFolders, checkFonts } from './machine.ts';
import { checkOthers, checkState } from './state.ts';

export interface CheckParts {
  readonly settings: Settings;
  readonly logger: Logger;
  /** Whether others are called: providers, the LMS, the mail server. */
  readonly connect: boolean;
}

const BUS_PATIENCE_MS = 5_000;

export async function runChecks(parts: CheckParts): Promise<readonly CheckLine[]> {
  const { settings, logger, connect } = parts;
  const lines: CheckLine[] = [...checkChoices(settings), ...(await checkFolders(settings)), ...(await checkFonts())];
  if (!hasStore(settings))
    lines.push(
      warning(
        'database',
        `there is none in ${resolve(settings.dataDir)}`,
        'start Laurel once: it makes the embedded store; where it runs already, give this command the settings of the server',
      ),
    );
  else {
    const found = await attempt(
      'database',
      () => checkDatabase(settings, logger),
      'bring the database back, or mend its address',
    );
    lines.push(...found);
    // Opening the rest would change a database of another form.
    if (found.every(({ name, status }) => status === 'ok' || !['database', 'form'].includes(name)))
      lines.push(...(await attempt('state', () => lookInside(parts), 'see the log of the server')));
  }
  lines.push(...(await checkBus(settings, logger)));
  const { smtpUrl } = settings;
  if (connect && smtpUrl !== null)
    lines.push(
      ...(await attempt(
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

async function checkDatabase(settings: Settings, logger: Logger): Promise<readonly CheckLine[]> {
  const lifecycle = new Lifecycle(logger);
  try {
    const { database } = await openDatabase(settings, { logger, lifecycle, join: true }, { build: false });
    const { connection } = database;
    return [
      ok('database', 'answers'),
      ...(await checkForm(database)),
      ...checkClock(await clockSkew(connection)),
      ...(await checkSecrets(connection, settings)),
      ...checkSpace(await database.space(), settings),
    ];
  } finally {
    await lifecycle.stop();
  }
}

async function lookInside({ settings, logger, connect }: CheckParts): Promise<readonly CheckLine[]> {
  const laurel = await compose(settings, { logger, roles: [], join: true });
  try {
    return [...(await checkState(laurel)), ...(connect ? await checkOthers(laurel) : [])];
  } finally {
    await laurel.stop();
  }
}

async function checkBus(settings: Settings, logger: Logger): Promise<readonly CheckLine[]> {
  const { amqpUrl } = settings;
  if (amqpUrl === null) return [];
  return attempt(
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
