/** What every part stands on: the settings and what they alone decide, the stores, and the counts of what happens. */

import type { Environment } from '../../dsl/index.ts';
import { type ActivityTally, createActivityTally } from '../../plugin/activity/tally.ts';
import { ruleEnvironment } from '../../plugin/events/environment.ts';
import type { Registered } from '../../plugin/extensions/plugin-host.ts';
import type { Clock, Logger } from '../../plugin/ports/runtime.ts';
import type { SecretBox } from '../../plugin/ports/secret-box.ts';
import type { Tracer } from '../../plugin/ports/tracer.ts';
import { providerNames } from '../../providers/names.ts';
import type { Settings } from '../config.ts';
import { every } from '../every.ts';
import { openTexts, type Texts } from '../i18n/texts.ts';
import type { Lifecycle } from '../lifecycle.ts';
import { loadPlugins } from '../plugins.ts';
import { createSecretBox } from '../secret-box.ts';
import { loadSecretKey } from '../secret-key.ts';
import { openStoreClock } from './clock.ts';
import { openStores, type Stores } from './stores.ts';
import { composeTracing } from './tracing.ts';

export type Role = 'web' | 'consumer' | 'dispatcher' | 'scheduler';

/** What a process is told when it begins. */
export interface Beginning {
  readonly settings: Settings;
  /** What this process does by itself; none for a command that only uses the parts. */
  readonly roles: readonly Role[];
  /** Of the machine, unless one was handed in. */
  readonly clock: Clock;
  readonly logger: Logger;
  readonly lifecycle: Lifecycle;
  /** Work beside a running server that holds the embedded store; without one, hold it for the time of the command. */
  readonly join: boolean;
}

export interface Foundation extends Beginning {
  /** Of the database, which all processes share. */
  readonly clock: Clock;
  readonly tracer: Tracer;
  readonly secretKey: string;
  readonly secrets: SecretBox;
  /** Packages that bring providers and functions of their own. */
  readonly plugins: readonly Registered[];
  /** What rules may name. */
  readonly environment: Environment;
  /** The languages of pages and mails. */
  readonly texts: Texts;
  readonly stores: Stores;
  readonly tally: ActivityTally;
  /** Has something done again and again until the process stops; a command does none of it. */
  repeat(name: string, everyMs: number, work: () => Promise<unknown>, failed: string): void;
}

/** How long a count may wait before the dashboard can show it. */
const ACTIVITY_FLUSH_MS = 3_000;

/** @throws ConfigurationError, StoreError */
export async function layFoundation(beginning: Beginning): Promise<Foundation> {
  const { settings, roles, logger, lifecycle } = beginning;
  const tracer = await composeTracing(settings, lifecycle);
  const secretKey = loadSecretKey(settings.secretKey, settings.dataDir);
  const plugins = await loadPlugins(settings.plugins, { taken: providerNames });
  const environment = ruleEnvironment({
    enabledEventTypes: settings.eventTypes === '*' ? null : settings.eventTypes,
    providers: [...providerNames, ...plugins.flatMap((plugin) => plugin.providers.map(({ name }) => name))],
  });
  const texts = openTexts({
    ...{ ...settings, folder: settings.localeDir },
    days: { style: settings.dateStyle, language: settings.dateLanguage },
  });
  for (const problem of texts.problems) logger.warn('a text of LAUREL_LOCALE_DIR is left out', { problem });
  const stores = await openStores(settings, beginning);
  const clock = await openStoreClock(beginning, stores);
  if (roles.length > 0) await stores.events.keepFor(settings.eventRetentionDays);

  const tally = createActivityTally({ store: stores.activity, clock });
  lifecycle.onStop('activity', () => tally.flush());
  const repeat: Foundation['repeat'] = (name, everyMs, work, failed) => {
    if (roles.length > 0) lifecycle.onStop(name, every(everyMs, work, { logger, failed }));
  };
  repeat('activity in between', ACTIVITY_FLUSH_MS, tally.flush, 'what happened could not be added to the counts');

  const secrets = createSecretBox(secretKey, settings.formerSecretKeys);
  return { ...beginning, clock, tracer, secretKey, secrets, plugins, environment, texts, stores, tally, repeat };
}
