/** Why a learner has a badge, or has it not: from what was recorded, by the rules that decided, with the events behind it. */

import {
  type Badge,
  type Discretion,
  type Environment,
  explainLearner,
  formatInstant,
  type Outcome,
} from '../../dsl/index.ts';
import { NotFoundError } from '../errors.ts';
import { createDiscretion } from '../events/mask.ts';
import type { BadgeStore, BadgeVersion } from '../ports/badge-store.ts';
import type { EventEntry, EventLog, LearnerIdentity } from '../ports/event-log.ts';
import type { IssuedBadge, Progress, ProgressStore, ProvenRequirement } from '../ports/progress-store.ts';
import { createRuleReader } from './rule-reader.ts';
import { type WhyExplanation, withEvents } from './why-events.ts';

export interface WhyParts {
  readonly badges: Pick<BadgeStore, 'get' | 'history'>;
  readonly progress: Pick<ProgressStore, 'load'>;
  readonly events: Pick<EventLog, 'list' | 'get'>;
  readonly environment: Environment;
}

/** Holds of events only values that a rule asks for, and of those none that is personal. Times are RFC 3339, UTC. */
export interface Why {
  /** Username. */
  readonly learner: string;
  readonly badge: {
    readonly id: string;
    readonly name: string | null;
    readonly active: boolean;
    /** The latest version. */
    readonly version: number;
    /** With that version it was taken out of force. */
    readonly removed: boolean;
  };
  readonly status: Outcome['status'];
  readonly progress: number;
  readonly issued: readonly WhyIssued[];
  /** By the rules that decided; where nothing is recorded yet, by those in force. */
  readonly decided: Ruling;
  /** What the rules in force say to what is recorded; null: they decided, or none are in force. */
  readonly inForce: Ruling | null;
  /** The learner's logged events among which was looked for those that did not count. */
  readonly looked: readonly LookedAt[];
}

export interface Ruling {
  readonly version: number;
  /** SHA-256 of the rules' text, hex. */
  readonly hash: string;
  readonly savedAt: string;
  readonly savedBy: string;
  readonly active: boolean;
  /** null: the text no longer passes the check. */
  readonly explanation: WhyExplanation | null;
}

export interface WhyIssued {
  readonly number: number;
  readonly uuid: string;
  readonly awardedAt: string;
  readonly eventId: string;
  readonly revokedAt: string | null;
  readonly ruleVersion: number;
  /** What the award rested on when it was made; null: not known, it was given before this was recorded. */
  readonly provenance: {
    readonly ruleVersion: number;
    readonly recordedAt: string;
    readonly requirements: readonly (Omit<ProvenRequirement, 'events'> & {
      readonly events: readonly { readonly eventId: string; readonly at: string }[];
    })[];
  } | null;
}

export interface LookedAt {
  readonly type: string;
  /** How many, those that came in last. */
  readonly events: number;
  /** There are older ones, which were not looked at. */
  readonly more: boolean;
}

export type ExplainWhy = (learner: LearnerIdentity, badgeId: string) => Promise<Why>;

/** Events looked at of each type that the rules ask for. */
const LOOKED_AT = 200;
const NEAREST = 10;

/** @returns a question that changes nothing; it throws NotFoundError `not-found.badge` where there never was such a badge */
export function createWhy({ badges, progress, events, environment }: WhyParts): ExplainWhy {
  const readRules = createRuleReader(environment);
  const hides = createDiscretion(environment);

  return async (learner, badgeId) => {
    const [history, reached] = await Promise.all([badges.history(badgeId), progress.load(learner.id, badgeId)]);
    const [latest] = history;
    if (latest === undefined)
      throw new NotFoundError('badge', 'there is no badge with this id; look it up in the list of badges');
    const decided = history.find(({ version }) => version === reached?.ruleVersion) ?? latest;
    const inForce = latest.removed || latest.hash === decided.hash ? null : latest;
    const versions = [decided, ...(inForce ? [inForce] : [])];
    const rules = new Map(versions.map((version) => [version, readRules(version)]));
    const types = [...new Set([...rules.values()].flatMap((badge) => (badge ? typesOf(badge) : [])))];
    const looked = await Promise.all(
      types.map(async (type) => {
        const { items, next } = await events.list({ type, learners: [learner], limit: LOOKED_AT });
        return { type, entries: items, more: next !== null };
      }),
    );
    const entries = looked.flatMap((one) => one.entries);
    const ruling = async (version: BadgeVersion): Promise<Ruling> => {
      const badge = rules.get(version) ?? null;
      return {
        version: version.version,
        hash: version.hash,
        savedAt: version.updatedAt.toISOString(),
        savedBy: version.updatedBy,
        active: version.active,
        explanation: badge && (await explain(badge, reached, { entries, history, events, hides })),
      };
    };
    const answer = await ruling(decided);
    return {
      learner: learner.username,
      badge: {
        id: badgeId,
        name: latest.name,
        active: latest.active,
        version: latest.version,
        removed: latest.removed,
      },
      status: reached?.outcome.status ?? 'none',
      progress: reached?.outcome.progress ?? 0,
      issued: (reached?.issued ?? []).map(issuedReport),
      decided: answer,
      inForce: inForce && (await ruling(inForce)),
      looked: looked.map(({ type, entries: all, more }) => ({ type, events: all.length, more })),
    };
  };
}

function typesOf({ requirements, penalties }: Badge): readonly string[] {
  return [...requirements, ...penalties].flatMap(({ on }) => (on.kind === 'event' ? [on.type] : []));
}

async function explain(
  badge: Badge,
  reached: Progress | null,
  known: {
    readonly entries: readonly EventEntry[];
    readonly history: readonly BadgeVersion[];
    readonly events: Pick<EventLog, 'get'>;
    readonly hides: Discretion;
  },
): Promise<WhyExplanation> {
  const contributions = reached?.contributions ?? [];
  const record = { contributions, events: known.entries.map(({ event }) => event) };
  return withEvents(badge, explainLearner(badge, record, NEAREST, known.hides), known);
}

function issuedReport(badge: IssuedBadge): WhyIssued {
  const { number, uuid, eventId, ruleVersion, provenance } = badge;
  return {
    number,
    uuid,
    awardedAt: formatInstant(badge.awardedAt),
    eventId,
    revokedAt: badge.revokedAt && formatInstant(badge.revokedAt),
    ruleVersion,
    provenance: provenance && {
      ruleVersion: provenance.ruleVersion,
      recordedAt: provenance.recordedAt.toISOString(),
      requirements: provenance.requirements.map((one) => ({
        ...one,
        events: one.events.map(({ eventId: id, at }) => ({ eventId: id, at: formatInstant(at) })),
      })),
    },
  };
}
