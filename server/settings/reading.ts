/** Takes the text of one setting from the environment, or from the file that its `_FILE` variable names. */

import { readFileSync } from 'node:fs';
import type { Environment, Setting } from './kinds.ts';

/** Blank is unset: compose files and unit files pass variables on that nobody has given a value. */
export function isSet(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== '';
}

/** @throws Error whose message completes "<env> ..." */
export function textOf(setting: Setting<unknown>, environment: Environment): string | undefined {
  const direct = blankAsUnset(environment[setting.env]);
  const file = setting.secret ? blankAsUnset(environment[`${setting.env}_FILE`]) : undefined;
  if (file === undefined) return direct;
  if (direct !== undefined) throw new Error(`and ${setting.env}_FILE are both set; keep one`);
  try {
    return blankAsUnset(readFileSync(file, 'utf8').trim());
  } catch (error) {
    throw new Error(
      `cannot be read from the file that ${setting.env}_FILE names (${(error as NodeJS.ErrnoException).code ?? 'error'})`,
    );
  }
}

function blankAsUnset(value: string | undefined): string | undefined {
  return isSet(value) ? value : undefined;
}
