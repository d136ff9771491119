/** Puts the badges of the example rule files in force, each as an administrator would save it. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BadgeBlock, parse, printFile, type RuleFile } from '../../dsl/index.ts';
import { invariant } from '../../plugin/errors.ts';
import type { Services } from '../http/services.ts';

/** @returns the number of badges */
export async function loadRuleFiles({ saveBadge }: Pick<Services, 'saveBadge'>, folder: string): Promise<number> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.rules')).sort();
  let badges = 0;
  for (const name of names) {
    for (const text of badgeTexts(await readFile(join(folder, name), 'utf8'))) {
      const saved = await saveBadge(text, { expectedVersion: 0, actor: 'demo' });
      invariant(saved.ok, `the example ${name} is valid`);
      badges += 1;
    }
  }
  return badges;
}

/** @returns one text per badge block, with the comments above and inside it; tests stay in the file */
function badgeTexts(text: string): readonly string[] {
  const { file } = parse(text);
  return file.blocks.flatMap((block, index) =>
    block.kind === 'badge' ? [printFile(alone(block, file, file.blocks[index - 1]?.span.end ?? 0))] : [],
  );
}

function alone(block: BadgeBlock, file: RuleFile, from: number): RuleFile {
  const comments = file.comments.filter(({ span }) => span.start >= from && span.end <= block.span.end);
  return { ...file, blocks: [block], comments };
}
