/** What an event does for a badge, told when somebody asks. */

import type { ValueTest } from '../compile.ts';
import type { Badge, Contribution, RuleEvent } from '../model.ts';
import type { PathValue } from '../read-path.ts';
import { distinctText, isRequirement, putIn, type Rule } from './rule.ts';

export interface BadgeMatch {
  readonly badge: Badge;
  readonly contribution: Contribution;
}

type Values = Readonly<Record<string, string>>;

const NO_IDS: readonly string[] = Object.freeze([]);
const NO_VALUES: Values = Object.freeze({});

/** Made when somebody asks, but what depends on the payload is read at once: it may have changed by then. */
class Match implements BadgeMatch {
  /** One alone is no list. */
  #rules: Rule | Rule[];
  readonly #event: RuleEvent;
  #values: [id: string, text: string][] | null = null;
  #contribution: Contribution | null = null;

  constructor(rule: Rule, event: RuleEvent) {
    this.#rules = rule;
    this.#event = event;
    if (rule.distinct !== null) this.#readValue(rule);
  }

  /** Another rule of the same badge, or the same found once more. */
  add(rule: Rule): void {
    if (this.#rules === rule) return;
    if (!Array.isArray(this.#rules)) this.#rules = [this.#rules];
    putIn(this.#rules, rule);
    if (rule.distinct !== null) this.#readValue(rule);
  }

  get badge(): Badge {
    const [rule] = this.#all;
    return (rule as Rule).owner.badge;
  }

  get contribution(): Contribution {
    this.#contribution ??= contributionOf(this.#all, this.#event, this.#values);
    return this.#contribution;
  }

  get #all(): readonly Rule[] {
    return Array.isArray(this.#rules) ? this.#rules : [this.#rules];
  }

  #readValue({ source, distinct }: Rule): void {
    const text = distinct === null ? null : distinctText(distinct.of(this.#event));
    if (text === null) return;
    if (this.#values === null) this.#values = [[source.id, text]];
    else this.#values.push([source.id, text]);
  }
}

/** As `Match`, for the one rule of a badge that has no other, and that counts nothing apart. */
class LoneMatch implements BadgeMatch {
  readonly #rule: Rule;
  readonly #event: RuleEvent;
  #contribution: Contribution | null = null;

  constructor(rule: Rule, event: RuleEvent) {
    this.#rule = rule;
    this.#event = event;
  }

  get badge(): Badge {
    return this.#rule.owner.badge;
  }

  get contribution(): Contribution {
    this.#contribution ??= contributionOf([this.#rule], this.#event, null);
    return this.#contribution;
  }
}

/** What one event does, one match for each badge, badges in no particular order. Walking it makes the matches: how many there are,
 *  which is all that most events need, costs nothing more. */
export interface BadgeMatches extends Iterable<BadgeMatch> {
  readonly length: number;
}

/** A rule that is alone stands for the match it will be. */
type Found = Rule | Match;

/** The matches of one event, as its rules are found. Most events meet none or one: only the second needs a list. */
export class Matches implements BadgeMatches {
  readonly event: RuleEvent;
  #first: Found | null = null;
  #others: Found[] | null = null;
  readonly #round: number;

  /** @param round another one for each event */
  constructor(event: RuleEvent, round: number) {
    this.event = event;
    this.#round = round;
  }

  get length(): number {
    if (this.#others !== null) return 1 + this.#others.length;
    return this.#first === null ? 0 : 1;
  }

  *[Symbol.iterator](): Iterator<BadgeMatch> {
    if (this.#first !== null) yield this.#matchOf(this.#first);
    for (const found of this.#others ?? []) yield this.#matchOf(found);
  }

  add(rule: Rule): void {
    if (rule.isAlone) {
      this.#put(rule);
      return;
    }
    const { owner } = rule;
    if (owner.foundIn === this.#round) this.#at(owner.foundAt).add(rule);
    else {
      owner.foundIn = this.#round;
      owner.foundAt = this.length;
      this.#put(new Match(rule, this.event));
    }
  }

  #put(found: Found): void {
    if (this.#first === null) this.#first = found;
    else if (this.#others === null) this.#others = [found];
    else this.#others.push(found);
  }

  #at(position: number): Match {
    return (position === 0 ? this.#first : this.#others?.[position - 1]) as Match;
  }

  #matchOf(found: Found): BadgeMatch {
    return found instanceof Match ? found : new LoneMatch(found, this.event);
  }
}

/** Rules that stand together often ask the same, as most about passing do: it is asked once. */
export function collect(rules: readonly Rule[], matches: Matches, from = 0, to = rules.length): void {
  let at: PathValue | null = null;
  let holds: ValueTest | null = null;
  let isHeld = true;
  for (let i = from; i < to; i++) {
    const rule = rules[i] as Rule;
    if (rule.holds !== holds || rule.at !== at) {
      at = rule.at;
      holds = rule.holds;
      isHeld = at === null || holds(at.of(matches.event));
    }
    if (isHeld && (rule.rest === null || rule.rest(matches.event))) matches.add(rule);
  }
}

function contributionOf(
  rules: readonly Rule[],
  event: RuleEvent,
  values: readonly [string, string][] | null,
): Contribution {
  return {
    eventId: event.id,
    at: event.time,
    order: 0,
    badge: null,
    requirements: idsOf(rules, true),
    penalties: idsOf(rules, false),
    // From entries, so that a requirement may be called `__proto__`.
    values: values === null ? NO_VALUES : Object.fromEntries(values),
  };
}

function idsOf(rules: readonly Rule[], ofRequirements: boolean): readonly string[] {
  let ids: string[] | null = null;
  for (const { source } of rules) {
    if (isRequirement(source) !== ofRequirements) continue;
    if (ids === null) ids = [source.id];
    else ids.push(source.id);
  }
  return ids ?? NO_IDS;
}
