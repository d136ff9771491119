/** What rules may speak about in commands that have no database: the settings' event types and every known provider. */

import type { Environment } from '../../dsl/index.ts';
import { ruleEnvironment } from '../../plugin/events/environment.ts';
import { providerNames } from '../../providers/index.ts';
import { readSettings } from '../config.ts';

export function commandEnvironment(): Environment {
  const { eventTypes } = readSettings(process.env);
  return ruleEnvironment({ enabledEventTypes: eventTypes === '*' ? null : eventTypes, providers: providerNames });
}
