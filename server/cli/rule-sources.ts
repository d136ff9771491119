/** Rule files named on the command line, folders included. */

import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { compareCodePoints } from '../../dsl/index.ts';
import type { GivenFile } from '../../plugin/badges/target-state.ts';
import { InputError } from '../../plugin/errors.ts';
import { unreadable } from '../given-files.ts';
import { readText } from './input.ts';

/** @param names files, folders (their `*.rules` files, by name), or `-` for standard input
 *  @returns each file once
 *  @throws InputError when one cannot be read, or a folder holds no rule file */
export async function readRuleSources(names: readonly string[]): Promise<readonly GivenFile[]> {
  const paths = new Map<string, string>();
  for (const name of names) {
    for (const path of await filesOf(name)) {
      const key = path === '-' ? path : resolve(path);
      if (!paths.has(key)) paths.set(key, path);
    }
  }
  return Promise.all([...paths.values()].map(async (name) => ({ name, text: await readText(name) })));
}

async function filesOf(name: string): Promise<readonly string[]> {
  if (name === '-' || !(await isFolder(name))) return [name];
  const rules = (await readdir(name)).filter((file) => file.endsWith('.rules')).sort(compareCodePoints);
  if (rules.length === 0)
    throw new InputError('no-rule-files', `the folder ${name} holds no .rules file; check the name`);
  return rules.map((file) => join(name, file));
}

async function isFolder(name: string): Promise<boolean> {
  try {
    return (await stat(name)).isDirectory();
  } catch (error) {
    throw unreadable(name, error);
  }
}
