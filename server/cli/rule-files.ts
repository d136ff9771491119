/** Rule files given on the command line, checked together: badges of one file may depend on badges of another. */

import { readFile } from 'node:fs/promises';
import { type Badge, type CheckedTest, type Diagnostic, type Environment, loadRules, parse } from '../../dsl/index.ts';
import { InputError } from '../../plugin/errors.ts';
import { readStandardInput } from './input.ts';

export interface CheckedFile {
  /** As given; `-` is standard input. */
  readonly name: string;
  readonly text: string;
  readonly badges: readonly Badge[];
  readonly tests: readonly CheckedTest[];
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
    const { badges, tests, diagnostics } = loadRules(text, { ...environment, knownBadges: known });
    return { name, text, badges, tests, diagnostics };
  });
}

/** @param name `-` is standard input @throws InputError `input.file-unreadable` */
export async function readRuleFile(name: string): Promise<string> {
  const bytes = name === '-' ? await readStandardInput() : await readBytes(name);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new InputError('not-utf8', `${name} is not UTF-8 text; save it as UTF-8`);
  }
}

async function readBytes(name: string): Promise<Uint8Array> {
  try {
    return await readFile(name);
  } catch (error) {
    const { code = 'error' } = error as NodeJS.ErrnoException;
    const what =
      code === 'EISDIR' ? 'is a folder; name the rule files in it' : `cannot be read (${code}); check the name`;
    throw new InputError('file-unreadable', `${name} ${what}`, { cause: error });
  }
}
