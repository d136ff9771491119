/** What rule files would change of the stored rules: found without changing anything, and named by a hash. */

import { createHash } from 'node:crypto';
import { compareCodePoints, type Environment } from '../../dsl/index.ts';
import type { BadgeDefinition } from '../ports/badge-store.ts';
import { isError } from './book-diagnostics.ts';
import { describeChange } from './describe-change.ts';
import { toDraft } from './rule-book.ts';
import { type CheckedText, checkTarget, type GivenFile, type Target } from './target-state.ts';

export interface StoredRules {
  readonly revision: number;
  /** Those in force. */
  readonly badges: readonly BadgeDefinition[];
}

/** What a plan says about a badge that it touches. */
interface Touched {
  readonly id: string;
  readonly name: string | null;
  /** Canonical text; of a removed badge the one that goes. */
  readonly source: string;
}

export type PlannedChange = Touched &
  (
    | {
        readonly change: 'added';
        readonly file: string;
        readonly active: boolean;
        readonly template: string | null;
      }
    | {
        readonly change: 'changed';
        readonly file: string;
        readonly active: boolean;
        readonly template: string | null;
        /** In force now. */
        readonly version: number;
        readonly before: string;
        /** One line per part whose meaning changes. */
        readonly summary: readonly string[];
      }
    | { readonly change: 'removed'; readonly version: number }
  );

export interface PlanWarning {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}

/** A plain value: it survives `JSON.stringify`. */
export interface RulePlan {
  /** 64 hex digits. The same files on the same state give the same; other changes, or any change of the stored rules since,
   *  give another. */
  readonly hash: string;
  /** Of the stored rules it starts from. */
  readonly revision: number;
  /** By badge id. */
  readonly changes: readonly PlannedChange[];
  /** Ids that the files hold as they are stored. */
  readonly unchanged: readonly string[];
  /** Ids that are stored and not in the files, and stay. */
  readonly kept: readonly string[];
  readonly warnings: readonly PlanWarning[];
}

export type PlanResult =
  | { readonly ok: true; readonly plan: RulePlan }
  /** Only texts with diagnostics: the files, and stored badges that could not stay as they are. */
  | { readonly ok: false; readonly texts: readonly CheckedText[] };

export interface PlanRequest {
  readonly stored: StoredRules;
  readonly files: readonly GivenFile[];
  /** Remove what is stored and not in the files. */
  readonly prune: boolean;
  /** As `ApplyOptions.exported`. */
  readonly exported?: boolean;
  /** `knownBadges` is not looked at. */
  readonly environment: Environment;
}

/** Never throws for texts. */
export function planRules({ stored, files, prune, exported = false, environment }: PlanRequest): PlanResult {
  const target = checkTarget({ stored: stored.badges, files, prune, exported, environment });
  if (target.texts.some(({ diagnostics }) => diagnostics.some(isError))) {
    return { ok: false, texts: target.texts.filter(({ diagnostics }) => diagnostics.length > 0) };
  }
  const changes = changesOf(stored.badges, target, environment.eventTypes);
  const touched = new Set(changes.map(({ id }) => id));
  const given = [...target.given.keys()].toSorted(compareCodePoints);
  return {
    ok: true,
    plan: {
      hash: hashOf(stored, changes),
      revision: stored.revision,
      changes,
      unchanged: given.filter((id) => !touched.has(id)),
      kept: stored.badges.map(({ id }) => id).filter((id) => !target.given.has(id) && !touched.has(id)),
      warnings: target.texts.flatMap(({ name, diagnostics }) =>
        diagnostics.map(({ line, column, code, message, hint }) => ({ file: name, line, column, code, message, hint })),
      ),
    },
  };
}

/** The first digits tell the state it starts from. */
export function startsFrom(hash: string, stored: StoredRules): boolean {
  return hash.startsWith(stateHash(stored));
}

function changesOf(
  stored: readonly BadgeDefinition[],
  { given, removed, badgeInForce }: Target,
  eventTypes: Environment['eventTypes'],
): readonly PlannedChange[] {
  const inForce = new Map(stored.map((badge) => [badge.id, badge]));
  const changes: PlannedChange[] = [];
  for (const { badge, source, file } of given.values()) {
    const draft = toDraft(badge, source);
    const former = inForce.get(badge.id);
    if (former === undefined) changes.push({ change: 'added', ...draft, file });
    else if (former.source !== source) {
      const summary = describeChange(badgeInForce(badge.id), badge, eventTypes);
      changes.push({ change: 'changed', ...draft, file, version: former.version, before: former.source, summary });
    }
  }
  for (const { id, name, source, version } of removed) changes.push({ change: 'removed', id, name, source, version });
  return changes.toSorted((a, b) => compareCodePoints(a.id, b.id));
}

const STATE_DIGITS = 16;

function stateHash({ revision, badges }: StoredRules): string {
  const versions = badges.map(({ id, version, hash }) => [id, version, hash]);
  return sha256([revision, versions]).slice(0, STATE_DIGITS);
}

/** The digits after those of the state are over the state and every change. */
function hashOf(stored: StoredRules, changes: readonly PlannedChange[]): string {
  const state = stored.badges.map(({ id, version, hash }) => [id, version, hash]);
  const all = changes.map(({ change, id, source }) => [change, id, source]);
  return stateHash(stored) + sha256([stored.revision, state, all]).slice(STATE_DIGITS);
}

function sha256(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
