/** Stored rule texts as checked badges, for whoever looks at versions. */

import { type Badge, type Environment, loadRules, parse } from '../../dsl/index.ts';
import type { BadgeDefinition } from '../ports/badge-store.ts';

/** @returns null where the text no longer passes the check, e.g. because an event type has gone */
export type RuleReader = (definition: Pick<BadgeDefinition, 'source' | 'hash'>) => Badge | null;

const REMEMBERED = 1_000;

/** Remembers by hash what it has read: a learner's page asks for every badge. */
export function createRuleReader(environment: Environment): RuleReader {
  const read = new Map<string, Badge | null>();
  return ({ source, hash }) => {
    const known = read.get(hash);
    if (known !== undefined) return known;
    const badge = loadRules(source, { ...environment, knownBadges: mentionedBadges(source) }).badges[0] ?? null;
    if (read.size >= REMEMBERED) read.clear();
    read.set(hash, badge);
    return badge;
  };
}

/** References to other badges were checked when the text was saved; here they are taken as they stand. */
function mentionedBadges(source: string): ReadonlySet<string> {
  const blocks = parse(source).file.blocks.filter((block) => block.kind === 'badge');
  const triggers = blocks.flatMap((block) => [...block.requirements, ...block.penalties].map(({ on }) => on));
  return new Set(triggers.flatMap((on) => (on?.kind === 'badge-trigger' ? [on.badge.value] : [])));
}
