/** Rule files given on the command line, checked together: badges of one file may depend on badges of another. */

import { readFile } from 'node:fs/promises';
import { type Badge, type Diagnostic, type Environment, loadRules, parse } from '../../dsl/index.ts';
import { InputError } from '../../plugin/errors.ts';
import { readStandardInput } from './input.ts';

export interface CheckedFile {
  /** As given; `-` is standard input. */
  readonly name: string;
  readonly text: string;
  readonly badges: readonly Badge[];
  readonly diagnostics: readonly Diagnostic[];
}

/** @throws InputError when a file cannot be read or two files define the same badge */
export async function checkRuleFiles(
  names: readonly string[],
  environment: Environment,
): Promise<readonly CheckedFile[]> {
  const texts = await Promise.all(names.map(async (name) => ({ name, text: await readRuleFile(name) })));
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
  return texts.map(({ name, text }) => {
    const { badges, diagnostics } = loadRules(text, { ...environment, knownBadges: known });
    return { name, text, badges, diagnostics };
  });
}

async function readRuleFile(name: string): Promise<string> {
  if (name === '-') return readStandardInput();
  try {
    return await readFile(name, 'utf8');
  } catch (error) {
    throw new InputError(
      'file-unreadable',
      `${name} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'}); check the name`,
      {
        cause: error,
      },
    );
  }
}
