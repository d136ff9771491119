/** What a change of a badge means, in a few words for each part. */

import type { Badge, Penalty, Requirement } from '../../dsl/index.ts';

/** @param before null: the text in force could not be read
 *  @returns one line per part that changed */
export type DescribeChange = (before: Badge | null, after: Badge) => readonly string[];

export const describeChange: DescribeChange = (before, after) => {
  if (before === null) return ['the text in force could not be read any more'];
  const lines = [
    ...changedParts(BADGE_PARTS, before, after).map((part) => `${part} changed`),
    ...changedBlocks('requirement', REQUIREMENT_PARTS, before.requirements, after.requirements),
    ...changedBlocks('penalty', PENALTY_PARTS, before.penalties, after.penalties),
  ];
  return lines.length > 0 ? lines : ['the same meaning: only comments, order or tests changed'];
};

type Parts<Block> = readonly (readonly [string, (block: Block) => unknown])[];

const BADGE_PARTS: Parts<Badge> = [
  ['name', ({ name }) => name],
  ['template', ({ template }) => template],
  ['active', ({ active }) => active],
  ['repeatable', ({ repeatable, maxAwards }) => [repeatable, String(maxAwards)]],
  ['on regress', ({ onRegress }) => onRegress],
  ['re-award', ({ reAward }) => reAward],
];
const REQUIREMENT_PARTS: Parts<Requirement> = [
  ['group', ({ group }) => group],
  ['description', ({ description }) => description],
  ['event', ({ on }) => on],
  ['condition', ({ where }) => where],
  ['count', ({ count, distinct, withinMs }) => [count, distinct, withinMs]],
  ['after', ({ after }) => after],
  ['interval', ({ from, until }) => [from, until]],
];
const PENALTY_PARTS: Parts<Penalty> = [
  ['description', ({ description }) => description],
  ['event', ({ on }) => on],
  ['condition', ({ where }) => where],
  ['resets', ({ resets }) => resets],
];

function changedParts<Block>(parts: Parts<Block>, before: Block, after: Block): string[] {
  return parts.flatMap(([name, read]) => (JSON.stringify(read(before)) === JSON.stringify(read(after)) ? [] : [name]));
}

function changedBlocks<Block extends { readonly id: string }>(
  kind: string,
  parts: Parts<Block>,
  before: readonly Block[],
  after: readonly Block[],
): string[] {
  const former = new Map(before.map((block) => [block.id, block]));
  const latest = new Set(after.map(({ id }) => id));
  return [
    ...after.flatMap((block) => {
      const old = former.get(block.id);
      if (old === undefined) return [`${kind} ${block.id} added`];
      const changed = changedParts(parts, old, block);
      return changed.length === 0 ? [] : [`${kind} ${block.id}: ${changed.join(', ')} changed`];
    }),
    ...before.filter(({ id }) => !latest.has(id)).map(({ id }) => `${kind} ${id} removed`),
  ];
}
