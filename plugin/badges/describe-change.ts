/** What a change of a badge means, in lines to read. */

import { type Badge, changeLines, compareBadges, type Environment } from '../../dsl/index.ts';

/** @param before null: the text in force could not be read
 *  @returns lines; those that belong to one above are indented */
export function describeChange(
  before: Badge | null,
  after: Badge,
  eventTypes: Environment['eventTypes'],
): readonly string[] {
  if (before === null) return ['the text in force could not be read any more'];
  const lines = compareBadges(before, after, eventTypes).changes.flatMap(changeLines);
  return lines.length > 0 ? lines : ['the same meaning: only comments, order or tests changed'];
}
