/** The rules a replay goes by: the chosen badges and everything that waits for them, as they were at one moment. */

import { type Badge, RuleIndex, upstreamsOf } from '../../../dsl/index.ts';
import type { BadgeStore } from '../../ports/badge-store.ts';
import type { RuleBook } from '../rule-book.ts';
import type { RuleReader } from '../rule-reader.ts';
import { type ActiveInterval, activeIntervals } from './membership.ts';
import type { FormerRules } from './reevaluate.ts';

/** What a badge was before. */
export interface BadgePast {
  readonly intervals: readonly ActiveInterval[];
  /** Oldest first. */
  readonly versions: readonly FormerRules[];
  /** Event types that any version reacts to. */
  readonly types: readonly string[];
}

export interface ReplayTarget {
  readonly index: RuleIndex;
  /** Those that were asked for; the others of the index wait for them. */
  readonly chosen: ReadonlySet<string>;
  /** Event types that the rules react to. */
  readonly types: readonly string[];
  versionOf(badgeId: string): number;
  past(badgeId: string): Promise<BadgePast>;
}

export interface TargetRequest {
  /** null: every active badge. */
  readonly badges: readonly string[] | null;
  /** In place of the rules in force, for a preview. */
  readonly drafts: readonly Badge[];
}

export interface TargetParts {
  readonly ruleBook: Pick<RuleBook, 'index' | 'definitionVersion'>;
  readonly store: Pick<BadgeStore, 'history'>;
  readonly read: RuleReader;
}

/** Does not wait: the rule book is changed in place. */
export function replayTarget({ badges, drafts }: TargetRequest, { ruleBook, store, read }: TargetParts): ReplayTarget {
  const inForce = ruleBook.index();
  const drafted = new Map(drafts.map((badge) => [badge.id, badge]));
  const find = (id: string): Badge | undefined => {
    const draft = drafted.get(id);
    return draft === undefined ? inForce.get(id) : draft.active ? draft : undefined;
  };
  const asked = badges ?? [...[...inForce.badges()].map(({ id }) => id), ...drafted.keys()];
  const chosen = new Set(asked.filter((id) => find(id) !== undefined));
  const reached = new Set(chosen);
  // A set grows while it is walked: what is added is visited too.
  for (const id of reached) {
    for (const dependent of inForce.dependents(id)) if (!drafted.has(dependent.id)) reached.add(dependent.id);
    for (const draft of drafts) if (draft.active && upstreamsOf(draft).includes(id)) reached.add(draft.id);
  }
  const index = new RuleIndex();
  const versions = new Map<string, number>();
  for (const id of reached) {
    const badge = find(id);
    if (badge === undefined) continue;
    index.set(badge);
    versions.set(id, ruleBook.definitionVersion(id) + (drafted.has(id) ? 1 : 0));
  }
  const pasts = new Map<string, Promise<BadgePast>>();
  return {
    index,
    chosen,
    types: [...new Set([...index.badges()].flatMap(eventTypesOf))],
    versionOf: (badgeId) => versions.get(badgeId) ?? 0,
    past(badgeId) {
      const known = pasts.get(badgeId);
      if (known !== undefined) return known;
      const past = readPast(badgeId, store, read);
      pasts.set(badgeId, past);
      // What could not be read is read again when it is next asked for.
      past.catch(() => pasts.delete(badgeId));
      return past;
    },
  };
}

export function eventTypesOf({ requirements, penalties }: Badge): readonly string[] {
  const types = [...requirements, ...penalties].flatMap(({ on }) => (on.kind === 'event' ? [on.type] : []));
  return [...new Set(types)];
}

async function readPast(badgeId: string, store: Pick<BadgeStore, 'history'>, read: RuleReader): Promise<BadgePast> {
  const history = await store.history(badgeId);
  const versions = history.toReversed().map((version) => ({ badge: read(version), inForceFrom: version.updatedAt }));
  const types = new Set(versions.flatMap(({ badge }) => (badge === null ? [] : eventTypesOf(badge))));
  return { intervals: activeIntervals(history), versions, types: [...types] };
}
