/** Many badges, one event: which requirements and penalties does it meet?
 *  By event type first, then by the most telling equality of each rule, then by what is left of its condition. */

import { allOf, compileCondition } from './compile.ts';
import { dependencyOrder, isWithinInterval, upstreamsOf } from './derived.ts';
import { type Access, type AccessKey, accessesOf, isBoolean } from './index-access.ts';
import type { Badge, Contribution, Penalty, Requirement, ResolvedPath, RuleEvent, Scalar } from './model.ts';
import { printPath } from './print-condition.ts';
import { createReader, pathKey, type Read, SharedParts, type Test } from './read-path.ts';

export interface BadgeMatch {
  readonly badge: Badge;
  readonly contribution: Contribution;
}

/** Where a rule stands in the index. */
export interface RulePlacement {
  readonly badge: string;
  /** Id of the requirement or penalty. */
  readonly rule: string;
  /** Which events reach it, e.g. `every <event type>` or `<event type> where course.course_key in 12 values`. */
  readonly reachedBy: string;
}

/** One requirement or penalty, ready to be asked. */
interface Rule {
  readonly owner: Entry;
  readonly position: number;
  readonly isRequirement: boolean;
  readonly ids: readonly [string];
  readonly eventType: string;
  /** What is left to ask of an event that reaches the rule; null: nothing. */
  readonly test: Test | null;
  readonly distinct: Read | null;
  readonly keys: readonly AccessKey[];
}

interface Entry {
  badge: Badge;
  readonly serial: number;
  rules: readonly Rule[];
}

/** The rules that ask for a value at one path. A single rule stands alone: most values have only one. */
interface PathIndex {
  readonly key: string;
  readonly read: Read;
  readonly byValue: Map<unknown, Rule | Rule[]>;
}

interface TypeIndex {
  readonly paths: PathIndex[];
  /** Rules that every event of the type must be tested against. */
  readonly others: Rule[];
}

const NO_IDS: readonly string[] = Object.freeze([]);
const NO_VALUES: Readonly<Record<string, string>> = Object.freeze({});

/** The rules of active badges. Setting or deleting a badge touches its own rules only. */
export class RuleIndex {
  readonly #entries = new Map<string, Entry>();
  readonly #types = new Map<string, TypeIndex>();
  readonly #dependents = new Map<string, Set<string>>();
  readonly #parts = new SharedParts();
  #serial = 0;

  /** Adds the badge, or replaces the one of the same id. `active` is not looked at. */
  set(badge: Badge): void {
    const serial = this.#entries.get(badge.id)?.serial ?? this.#serial++;
    this.delete(badge.id);
    const entry: Entry = { badge, serial, rules: [] };
    const rules = [...badge.requirements, ...badge.penalties].flatMap((rule, position) =>
      rule.on.kind === 'event' ? [this.#insert(entry, rule, rule.on.type, position)] : [],
    );
    entry.rules = rules;
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

  /** What the event does for each badge it concerns, badges in the order they were first set. Changes of other badges
   *  are not in it: see `contributionsFromBadge`. */
  match(event: RuleEvent): BadgeMatch[] {
    const index = this.#types.get(event.type);
    if (!index) return [];
    this.#parts.beginEvent();
    const hits: Rule[] = [];
    for (const path of index.paths) {
      const found = path.byValue.get(path.read(event));
      if (found === undefined) continue;
      if (Array.isArray(found)) collect(found, event, hits);
      else if (found.test === null || found.test(event)) hits.push(found);
    }
    if (index.others.length > 0) collect(index.others, event, hits);
    if (hits.length === 0) return [];
    if (!areInOrder(hits)) hits.sort(byBadgeThenPosition);
    return toMatches(hits, event);
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
      rules.map((rule) => ({ badge: badge.id, rule: rule.ids[0], reachedBy: reachedBy(rule) })),
    );
  }

  #insert(owner: Entry, rule: Requirement | Penalty, eventType: string, position: number): Rule {
    let index = this.#types.get(eventType);
    if (!index) {
      index = { paths: [], others: [] };
      this.#types.set(eventType, index);
    }
    const access = rule.where === null ? null : chooseAccess(accessesOf(rule.where), index);
    const residual = access === null ? rule.where : access.residual();
    const keys = access?.keys ?? [];
    const requirement = 'group' in rule ? rule : null;
    const distinct = requirement?.distinct ? this.#parts.reader(requirement.distinct) : null;
    const tests: Test[] = [];
    if (requirement !== null && (requirement.from !== null || requirement.until !== null)) {
      tests.push(({ time }) => isWithinInterval(requirement, time));
    }
    if (residual !== null) tests.push(compileCondition(residual, this.#parts));
    if (distinct !== null) tests.push((event) => distinctText(distinct(event)) !== null);
    const test = tests.length === 0 ? null : allOf(tests);
    const isScattered = keys.length > 1 && new Set(keys.map(({ path }) => pathKey(path))).size > 1;
    const inserted: Rule = {
      owner,
      position,
      isRequirement: requirement !== null,
      ids: [rule.id],
      eventType,
      test: isScattered ? this.#onceAMatch(test) : test,
      distinct,
      keys,
    };
    if (access === null) index.others.push(inserted);
    for (const { path, value } of keys) add(this.#pathIndex(index, path), value, inserted);
    return inserted;
  }

  /** A rule that stands under several paths may be reached by several, but is met once. */
  #onceAMatch(test: Test | null): Test {
    let reachedIn = 0;
    return (event) => {
      if (reachedIn === this.#parts.round) return false;
      reachedIn = this.#parts.round;
      return test === null || test(event);
    };
  }

  #pathIndex(index: TypeIndex, path: ResolvedPath): PathIndex {
    const key = pathKey(path);
    const known = index.paths.find((candidate) => candidate.key === key);
    if (known) return known;
    const created: PathIndex = { key, read: createReader(path), byValue: new Map() };
    index.paths.push(created);
    return created;
  }

  #remove(rule: Rule): void {
    const index = this.#types.get(rule.eventType);
    if (!index) return;
    if (rule.keys.length === 0) takeOut(index.others, rule);
    for (const { path, value } of rule.keys) {
      const at = index.paths.findIndex(({ key }) => key === pathKey(path));
      const byValue = index.paths[at]?.byValue;
      const found = byValue?.get(value);
      if (!byValue || found === undefined) continue;
      if (Array.isArray(found)) takeOut(found, rule);
      if (found === rule || (Array.isArray(found) && found.length === 0)) byValue.delete(value);
      if (byValue.size === 0) index.paths.splice(at, 1);
    }
    if (index.paths.length === 0 && index.others.length === 0) this.#types.delete(rule.eventType);
  }
}

/** What reading one more path costs every event, in tests of rules. */
const PATH_COST = 4;
const LAST_RESORT = 1_000_000_000;

/** The way in that costs an event least, by what stands in the index now. A boolean is the last resort, whatever stands
 *  there: half of all events come that way. */
function chooseAccess(accesses: readonly Access[], index: TypeIndex): Access | null {
  let best: Access | null = null;
  let bestCost = Number.POSITIVE_INFINITY;
  for (const access of accesses) {
    const cost = (isBoolean(access) ? LAST_RESORT : 0) + expectedCost(access, index);
    if (cost < bestCost) {
      best = access;
      bestCost = cost;
    }
  }
  return best;
}

/** Tests an event is expected to make at the places of the access, if all values of a path are equally frequent. */
function expectedCost({ keys }: Access, index: TypeIndex): number {
  return keys.reduce((sum, { path, value }) => {
    const key = pathKey(path);
    const known = index.paths.find((candidate) => candidate.key === key);
    if (!known) return sum + PATH_COST;
    const found = known.byValue.get(value);
    const crowd = found === undefined ? 0 : Array.isArray(found) ? found.length : 1;
    return sum + crowd / known.byValue.size;
  }, 0);
}

function add({ byValue }: PathIndex, value: Scalar, rule: Rule): void {
  const found = byValue.get(value);
  if (found === undefined) byValue.set(value, rule);
  else if (!Array.isArray(found)) {
    if (found !== rule) byValue.set(value, [found, rule]);
  } else if (found.at(-1) !== rule) found.push(rule);
}

/** Order within a list means nothing: `match` sorts what it finds. */
function takeOut(rules: Rule[], rule: Rule): void {
  const at = rules.indexOf(rule);
  if (at < 0) return;
  const last = rules.pop();
  if (last && last !== rule) rules[at] = last;
}

function collect(rules: readonly Rule[], event: RuleEvent, hits: Rule[]): void {
  for (const rule of rules) if (rule.test === null || rule.test(event)) hits.push(rule);
}

function byBadgeThenPosition(a: Rule, b: Rule): number {
  return a.owner.serial - b.owner.serial || a.position - b.position;
}

/** Nearly always so, and far cheaper to see than to sort again. */
function areInOrder(hits: readonly Rule[]): boolean {
  for (let i = 1; i < hits.length; i++) if (byBadgeThenPosition(hits[i - 1] as Rule, hits[i] as Rule) > 0) return false;
  return true;
}

function toMatches(hits: readonly Rule[], event: RuleEvent): BadgeMatch[] {
  const matches: BadgeMatch[] = [];
  for (let start = 0, end = 0; start < hits.length; start = end) {
    const first = hits[start] as Rule;
    const { owner } = first;
    do end++;
    while (end < hits.length && (hits[end] as Rule).owner === owner);
    const contribution =
      end - start === 1 ? contributionOfOne(first, event) : contributionOfMany(hits.slice(start, end), event);
    matches.push({ badge: owner.badge, contribution });
  }
  return matches;
}

function contributionOfOne(rule: Rule, event: RuleEvent): Contribution {
  return {
    eventId: event.id,
    at: event.time,
    order: 0,
    badge: null,
    requirements: rule.isRequirement ? rule.ids : NO_IDS,
    penalties: rule.isRequirement ? NO_IDS : rule.ids,
    values: rule.distinct === null ? NO_VALUES : valuesOf([rule], event),
  };
}

function contributionOfMany(rules: readonly Rule[], event: RuleEvent): Contribution {
  return {
    eventId: event.id,
    at: event.time,
    order: 0,
    badge: null,
    requirements: rules.flatMap(({ isRequirement, ids }) => (isRequirement ? ids : [])),
    penalties: rules.flatMap(({ isRequirement, ids }) => (isRequirement ? [] : ids)),
    values: valuesOf(rules, event),
  };
}

/** Made from entries so that a requirement may be called `__proto__`. */
function valuesOf(rules: readonly Rule[], event: RuleEvent): Readonly<Record<string, string>> {
  const entries = rules.flatMap(({ ids, distinct }): [string, string][] => {
    const text = distinct === null ? null : distinctText(distinct(event));
    return text === null ? [] : [[ids[0], text]];
  });
  return Object.fromEntries(entries);
}

/** @returns null where there is no value to tell apart from others */
function distinctText(value: unknown): string | null {
  switch (typeof value) {
    case 'string':
      return `s:${value}`;
    case 'number':
      return `n:${value}`;
    case 'boolean':
      return `b:${value}`;
    default:
      return null;
  }
}

function reachedBy({ eventType, keys }: Rule): string {
  if (keys.length === 0) return `every ${eventType}`;
  const places = [...new Set(keys.map(({ path }) => printPath(path)))].map((text) => {
    const values = keys.flatMap(({ path, value }) => (printPath(path) === text ? [value] : []));
    return values.length === 1 ? `${text} = ${JSON.stringify(values[0])}` : `${text} in ${values.length} values`;
  });
  return `${eventType} where ${places.join(' or ')}`;
}
