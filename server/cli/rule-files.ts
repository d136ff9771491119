/** Rule files given on the command line, checked together: badges of one file may depend on badges of another. */

import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  type Badge,
  type CheckedTest,
  compareCodePoints,
  type Diagnostic,
  type Environment,
  loadRules,
  parse,
  type RuleFile,
} from '../../dsl/index.ts';
import { InputError } from '../../plugin/errors.ts';
import { unreadable } from '../given-files.ts';
import { readText } from './input.ts';
import type { Shell } from './shell.ts';
import { requireOneStandardInput } from './usage.ts';

export interface CheckedFile {
  /** As given; `-` is standard input. */
  readonly name: string;
  readonly text: string;
  readonly file: RuleFile;
  readonly badges: readonly Badge[];
  readonly tests: readonly CheckedTest[];
  readonly diagnostics: readonly Diagnostic[];
}

/** @param names of files and folders
 *  @returns a folder's `*.rules` files in its place, by name; each file once
 *  @throws InputError where a folder holds none */
export async function ruleFileNames(names: readonly string[]): Promise<readonly string[]> {
  requireOneStandardInput(...names);
  const found = await Promise.all(names.map(async (name) => ((await isFolder(name)) ? filesOf(name) : [name])));
  const byPath = new Map<string, string>();
  for (const name of found.flat()) {
    const path = name === '-' ? name : resolve(name);
    if (!byPath.has(path)) byPath.set(path, name);
  }
  return [...byPath.values()];
}

/** What is not there is said when it is read. */
async function isFolder(name: string): Promise<boolean> {
  return name !== '-' && ((await stat(name).catch(() => null))?.isDirectory() ?? false);
}

async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder).catch((error: unknown) => {
    throw unreadable(folder, error);
  });
  const names = entries.filter((entry) => entry.endsWith('.rules')).sort(compareCodePoints);
  if (names.length > 0) return names.map((name) => join(folder, name));
  throw new InputError('no-rule-files', `${folder} is a folder without *.rules files; name another, or a file`);
}

/** @param names of files and folders
 *  @throws InputError when a file cannot be read or two files define the same badge */
export async function checkRuleFiles(
  shell: Shell,
  names: readonly string[],
  environment: Environment,
): Promise<readonly CheckedFile[]> {
  const files = await ruleFileNames(names);
  const texts = await Promise.all(files.map(async (name) => ({ name, text: await readText(shell, name) })));
  const owner = new Map<string, string>();
  for (const { name, text } of texts) {
    for (const block of parse(text).file.blocks) {
      if (block.kind !== 'badge') continue;
      const other = owner.get(block.id.value);
      if (other !== undefined && other !== name) {
        throw new InputError(
          'badge-duplicate',
          `badge "${block.id.value}" is defined in ${other} and in ${name}; keep one of them`,
        );
      }
      owner.set(block.id.value, name);
    }
  }
  const known = new Set([...(environment.knownBadges ?? []), ...owner.keys()]);
  return texts.map(({ name, text }) => ({
    name,
    text,
    ...loadRules(text, { ...environment, knownBadges: known }),
  }));
}
