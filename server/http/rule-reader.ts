/** Stored rule texts as checked badges, for pages and API. */

import { type Badge, type Environment, loadRules } from '../../dsl/index.ts';
import type { BadgeDefinition } from '../../plugin/ports/badge-store.ts';

/** @returns null where the text no longer passes the check, e.g. because an event type has gone */
export type RuleReader = (definition: Pick<BadgeDefinition, 'source' | 'hash'>) => Badge | null;

const REMEMBERED = 1_000;

/** Remembers by hash what it has read: a learner's page asks for every badge. */
export function createRuleReader(environment: Environment): RuleReader {
  // Another badge may be defined in another text: references to it were checked when this one was saved.
  const lenient = { ...environment, knownBadges: environment.knownBadges };
  const read = new Map<string, Badge | null>();
  return ({ source, hash }) => {
    const known = read.get(hash);
    if (known !== undefined) return known;
    const badge = loadRules(source, lenient).badges[0] ?? null;
    if (read.size >= REMEMBERED) read.clear();
    read.set(hash, badge);
    return badge;
  };
}
