/** The texts of rule files named on the command line, folders included. */

import type { GivenFile } from '../../plugin/badges/target-state.ts';
import { readText } from './input.ts';
import { ruleFileNames } from './rule-files.ts';
import type { Shell } from './shell.ts';

/** @param names files, folders (their `*.rules` files, by name), or `-` for standard input
 *  @returns each file once
 *  @throws InputError when one cannot be read, or a folder holds no rule file */
export async function readRuleSources(shell: Shell, names: readonly string[]): Promise<readonly GivenFile[]> {
  const files = await ruleFileNames(names);
  return Promise.all(files.map(async (name) => ({ name, text: await readText(shell, name) })));
}
