/** What an event does for a badge, told when somebody asks. */

import type { Badge, Contribution, RuleEvent } from '../model.ts';
import { compareRules, distinctText, isRequirement, type Rule } from './rule.ts';

export interface BadgeMatch {
  readonly badge: Badge;
  readonly contribution: Contribution;
}

type Values = Readonly<Record<string, string>>;

const NO_IDS: readonly string[] = Object.freeze([]);
const NO_VALUES: Values = Object.freeze({});

/** One hit, or all of one badge. */
export class Match implements BadgeMatch {
  readonly rule: Rule;
  readonly #event: RuleEvent;
  #contribution: Contribution | null;

  /** @param contribution null: made when it is first asked for */
  constructor(rule: Rule, event: RuleEvent, contribution: Contribution | null) {
    this.rule = rule;
    this.#event = event;
    this.#contribution = contribution;
  }

  get badge(): Badge {
    return this.rule.owner.badge;
  }

  get contribution(): Contribution {
    this.#contribution ??= contributionOf([this.rule], this.#event);
    return this.#contribution;
  }
}

/** What depends on the payload is read now: who asks for the contribution later may have changed it by then. */
export function matchOf(rule: Rule, event: RuleEvent): Match {
  return new Match(rule, event, rule.distinct === null ? null : contributionOf([rule], event));
}

/** @param hits one for each rule met; a rule that was found in several places is there several times
 *  @returns one for each badge, in order */
export function gather(hits: Match[], event: RuleEvent): Match[] {
  return isGathered(hits) ? hits : gathered(hits, event);
}

/** Nearly always so, and far cheaper to see than to do again. */
function isGathered(hits: readonly Match[]): boolean {
  let last = -1;
  for (const { rule } of hits) {
    const { serial } = rule.owner;
    if (serial <= last) return false;
    last = serial;
  }
  return true;
}

function gathered(hits: readonly Match[], event: RuleEvent): Match[] {
  const rules = hits.map(({ rule }) => rule).sort(compareRules);
  const matches: Match[] = [];
  for (let start = 0, end = 0; start < rules.length; start = end) {
    const first = rules[start] as Rule;
    do end++;
    while (end < rules.length && (rules[end] as Rule).owner === first.owner);
    const own = rules.slice(start, end).filter((rule, at, all) => rule !== all[at - 1]);
    matches.push(new Match(first, event, contributionOf(own, event)));
  }
  return matches;
}

function contributionOf(rules: readonly Rule[], event: RuleEvent): Contribution {
  return {
    eventId: event.id,
    at: event.time,
    order: 0,
    badge: null,
    requirements: idsOf(rules, true),
    penalties: idsOf(rules, false),
    values: valuesOf(rules, event),
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

/** Made from entries so that a requirement may be called `__proto__`. */
function valuesOf(rules: readonly Rule[], event: RuleEvent): Values {
  let entries: [string, string][] | null = null;
  for (const { source, distinct } of rules) {
    const text = distinct === null ? null : distinctText(distinct.of(event));
    if (text === null) continue;
    if (entries === null) entries = [[source.id, text]];
    else entries.push([source.id, text]);
  }
  return entries === null ? NO_VALUES : Object.fromEntries(entries);
}
