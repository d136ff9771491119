/** What rules may speak about in commands that have no database: the settings' event types and every known provider. */

import type { Environment } from '../../dsl/index.ts';
import { ruleEnvironment } from '../../plugin/events/environment.ts';
import { providerNames } from '../../providers/names.ts';
import { readSettings } from '../config.ts';
import { loadPlugins } from '../plugins.ts';
import type { Shell } from './shell.ts';

export async function commandEnvironment(shell: Shell): Promise<Environment> {
  const { eventTypes, plugins } = readSettings(shell.env);
  const brought = await loadPlugins(plugins, { taken: providerNames });
  return ruleEnvironment({
    enabledEventTypes: eventTypes === '*' ? null : eventTypes,
    providers: [...providerNames, ...brought.flatMap(({ providers }) => providers.map(({ name }) => name))],
  });
}
