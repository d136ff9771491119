/** Many badges, one event: which requirements and penalties does it meet?
 *  By event type first, then by the most telling part of each rule, then by what is left of its condition. */

import { dependencyOrder, upstreamsOf } from './derived.ts';
import { type BadgeMatch, type BadgeMatches, Matches } from './matching/match.ts';
import { reachedBy } from './matching/reached-by.ts';
import { type Entry, Rule } from './matching/rule.ts';
import { TypeIndex } from './matching/type-index.ts';
import type { Badge, Penalty, Requirement, RuleEvent } from './model.ts';
import { SharedValues } from './read-path.ts';

export type { BadgeMatch, BadgeMatches };

/** Where a rule stands in the index. */
export interface RulePlacement {
  readonly badge: string;
  /** Id of the requirement or penalty. */
  readonly rule: string;
  /** Which events reach it, e.g. `every <event type>` or `<event type> where course.course_key in 12 values`. */
  readonly reachedBy: string;
}

const NO_RULES: readonly Rule[] = [];

/** The rules of active badges. Setting or deleting a badge touches its own rules only. */
export class RuleIndex {
  readonly #entries = new Map<string, Entry>();
  readonly #types = new Map<string, TypeIndex>();
  readonly #dependents = new Map<string, Set<string>>();
  readonly #values = new SharedValues();
  #serial = 0;

  /** Adds the badge, or replaces the one of the same id. `active` is not looked at. */
  set(badge: Badge): void {
    const former = this.#entries.get(badge.id);
    if (former) this.delete(badge.id);
    const entry: Entry = { badge, serial: former?.serial ?? this.#serial++, rules: NO_RULES, foundIn: 0, foundAt: 0 };
    entry.rules = this.#insertAll(entry, badge);
    this.#entries.set(badge.id, entry);
    for (const upstream of upstreamsOf(badge)) {
      const dependents = this.#dependents.get(upstream);
      if (dependents) dependents.add(badge.id);
      else this.#dependents.set(upstream, new Set([badge.id]));
    }
  }

  /** Does nothing when there is no such badge. */
  delete(badgeId: string): void {
    const entry = this.#entries.get(badgeId);
    if (!entry) return;
    for (const rule of entry.rules) this.#remove(rule);
    for (const upstream of upstreamsOf(entry.badge)) {
      const dependents = this.#dependents.get(upstream);
      dependents?.delete(badgeId);
      if (dependents?.size === 0) this.#dependents.delete(upstream);
    }
    this.#entries.delete(badgeId);
  }

  get(badgeId: string): Badge | undefined {
    return this.#entries.get(badgeId)?.badge;
  }

  *badges(): Generator<Badge, void, undefined> {
    for (const { badge } of this.#entries.values()) yield badge;
  }

  /** What the event does for each badge it concerns, badges in no particular order. Changes of other badges are not in it:
   *  see `contributionsFromBadge`. */
  match(event: RuleEvent): BadgeMatch[] {
    return [...this.find(event)];
  }

  /** As `match`, for who first wants to know whether there is any. */
  find(event: RuleEvent): BadgeMatches {
    const index = this.#types.get(event.type);
    this.#values.beginEvent();
    const matches = new Matches(event, this.#values.round);
    index?.collect(matches);
    return matches;
  }

  /** Badges with a requirement or penalty `on badge` of this id. */
  dependents(badgeId: string): readonly Badge[] {
    return [...(this.#dependents.get(badgeId) ?? [])].flatMap((id) => this.get(id) ?? []);
  }

  /** @returns the given ids, each once, a badge after every badge it depends on, directly or through others */
  topological(badgeIds: Iterable<string>): readonly string[] {
    return dependencyOrder(badgeIds, (id) => {
      const badge = this.get(id);
      return badge ? upstreamsOf(badge) : [];
    });
  }

  /** How each rule is reached, to see what a slow rule costs. */
  explain(): readonly RulePlacement[] {
    return [...this.#entries.values()].flatMap(({ badge, rules }) =>
      rules.map((rule) => ({ badge: badge.id, rule: rule.source.id, reachedBy: reachedBy(rule) })),
    );
  }

  #insertAll(entry: Entry, { requirements, penalties }: Badge): readonly Rule[] {
    const [only] = requirements;
    // A list that grows takes more room than most badges do.
    if (only && requirements.length === 1 && penalties.length === 0)
      return only.on.kind === 'event' ? [this.#insert(entry, only, only.on.type, 0)] : NO_RULES;
    return [...requirements, ...penalties].flatMap((rule, position) =>
      rule.on.kind === 'event' ? [this.#insert(entry, rule, rule.on.type, position)] : [],
    );
  }

  #insert(entry: Entry, source: Requirement | Penalty, type: string, position: number): Rule {
    let index = this.#types.get(type);
    if (!index) {
      index = new TypeIndex(this.#values);
      this.#types.set(type, index);
    }
    const rule = new Rule(entry, position, source, index.choose(source.where), this.#values);
    index.add(rule);
    return rule;
  }

  #remove(rule: Rule): void {
    const { on } = rule.source;
    const index = on.kind === 'event' ? this.#types.get(on.type) : undefined;
    if (on.kind !== 'event' || !index) return;
    index.remove(rule);
    if (index.isEmpty) this.#types.delete(on.type);
  }
}
