/** Where each setting comes from and what is in force, for people: secrets appear as set or unset only. */

import { suggest } from '../../dsl/index.ts';
import { settingsTable } from '../config.ts';
import type { Environment, Setting } from './kinds.ts';
import { isSet } from './reading.ts';

export type SettingSource = 'environment' | 'file' | 'default';

export interface SettingRow {
  readonly env: string;
  /** `(set)` or `(unset)` for a secret, `(unset)` for what has no value. */
  readonly value: string;
  readonly source: SettingSource;
  readonly secret: boolean;
}

/** One row per setting, in the order of the table. A value stands as it was written, or as the documentation shows it. */
export function settingRows(environment: Environment): SettingRow[] {
  return (Object.values(settingsTable) as Setting<unknown>[]).map((setting) => {
    const { env, secret, defaultText } = setting;
    const source = sourceOf(setting, environment);
    const written = secret ? '(set)' : (environment[env] ?? '');
    return { env, value: source === 'default' ? defaultText : written, source, secret };
  });
}

function sourceOf({ env, secret }: Setting<unknown>, environment: Environment): SettingSource {
  if (isSet(environment[env])) return 'environment';
  return secret && isSet(environment[`${env}_FILE`]) ? 'file' : 'default';
}

/** Variables of the test suite that may stand beside the settings. */
const FOREIGN = /^LAUREL_TEST_/;

/** A sentence for each variable that looks like a setting and is none. A warning and no refusal: during an upgrade the
 *  former version runs beside the new one, in an environment that has the new one's settings already. */
export function unknownSettings(environment: Environment): string[] {
  const known = new Set(
    Object.values(settingsTable).flatMap(({ env, secret }) => (secret ? [env, `${env}_FILE`] : [env])),
  );
  return Object.keys(environment)
    .filter((name) => name.startsWith('LAUREL_') && !known.has(name) && !FOREIGN.test(name))
    .map((name) => {
      const near = suggest(name, known);
      return `${name} is not a setting; ${near ? `did you mean ${near}?` : 'remove it, or see docs/reference/settings.md'}`;
    });
}
