/** Rule files given on the command line, checked together: badges of one file may depend on badges of another. */

import { type Badge, type CheckedTest, type Diagnostic, type Environment, loadRules, parse } from '../../dsl/index.ts';
import { InputError } from '../../plugin/errors.ts';
import { readText } from './input.ts';

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
  const texts = await Promise.all(names.map(async (name) => ({ name, text: await readText(name) })));
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
