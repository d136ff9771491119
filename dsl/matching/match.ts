/** What an event does for a badge, told when somebody asks. */

import type { Badge, Contribution, RuleEvent } from '../model.ts';
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

/** The matches of one event, one for each badge, as its rules are found. */
export class Matches {
  readonly event: RuleEvent;
  readonly #found: Match[] = [];
  readonly #round: number;

  /** @param round another one for each event */
  constructor(event: RuleEvent, round: number) {
    this.event = event;
    this.#round = round;
  }

  get all(): BadgeMatch[] {
    return this.#found;
  }

  add(rule: Rule): void {
    const { owner } = rule;
    if (owner.foundIn === this.#round) (this.#found[owner.foundAt] as Match).add(rule);
    else {
      owner.foundIn = this.#round;
      owner.foundAt = this.#found.length;
      this.#found.push(new Match(rule, this.event));
    }
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
