/** The rules in force: the stored badge definitions, checked and indexed, kept in step with the store. */

import {
  type Badge,
  type Diagnostic,
  type Environment,
  loadRules,
  parse,
  RuleIndex,
  upstreamsOf,
} from '../../dsl/index.ts';
import { type FindTorn, findNothingTorn, newNames, tornProblem } from '../organisations/torn-names.ts';
import { type BadgeDefinition, type BadgeDraft, type BadgeStore, staleBadge } from '../ports/badge-store.ts';
import type { Clock, Logger } from '../ports/runtime.ts';
import { checkBadgeText } from './badge-text.ts';
import { isError } from './book-diagnostics.ts';
import type { RuleFollower } from './replay/follow-rules.ts';

export interface RuleBookParts {
  readonly store: BadgeStore;
  /** `knownBadges` is not looked at: those of the store are known. */
  readonly environment: Environment;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Lets progress follow what is saved. */
  readonly follower: RuleFollower;
  /** Left out: nothing belongs to anybody. */
  readonly findTorn?: FindTorn;
}

export type SaveBadgeResult =
  | {
      readonly ok: true;
      readonly badge: BadgeDefinition;
      readonly warnings: readonly Diagnostic[];
      /** Id of the job that brings learners up to date; null: nobody's progress can change. */
      readonly replay: string | null;
    }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

export interface SaveBadgeOptions {
  /** The version the author started from; 0: a new badge. */
  readonly expectedVersion: number;
  readonly actor: string;
  /** Why, in the author's words. */
  readonly reason?: string | null;
}

export interface RuleBook {
  /** The active badges; always the same object, changed in place. Empty before the first `refresh`. */
  index(): RuleIndex;
  /** `BadgeStore.revision` of the rules in force; -1 before the first `refresh`. */
  revision(): number;
  /** Takes up what has changed in the store; asks for one number when nothing has. A badge whose text is no longer
   *  valid (a provider or event type was removed) is left out and logged.
   *  @returns true when something had changed @throws StoreError */
  refresh(): Promise<boolean>;
  /** 0: no such badge. */
  definitionVersion(badgeId: string): number;
  /** Also of inactive badges; null: none was given. */
  badgeName(badgeId: string): string | null;
  /** Every stored badge, with the ids of those that it waits for. */
  upstreams(): ReadonlyMap<string, readonly string[]>;
  /** Checks a text of exactly one badge block and tests about it, and runs the tests, without storing it. */
  checkBadge(text: string): readonly Diagnostic[];
  /** Checks it, runs its tests, stores its canonical text and puts it in force.
   *  @throws ConflictError `conflict.stale`; StoreError */
  saveBadge(text: string, options: SaveBadgeOptions): Promise<SaveBadgeResult>;
}

interface Entry {
  readonly version: number;
  readonly name: string | null;
  /** null: the text is not valid. */
  readonly badge: Badge | null;
}

type Checked =
  | { readonly badge: null; readonly diagnostics: readonly Diagnostic[] }
  | { readonly badge: Badge; readonly source: string; readonly diagnostics: readonly Diagnostic[] };

export function createRuleBook(parts: RuleBookParts): RuleBook {
  const { store, environment, clock, logger, follower, findTorn = findNothingTorn } = parts;
  const index = new RuleIndex();
  const entries = new Map<string, Entry>();
  let revision = -1;
  let refreshing: Promise<unknown> = Promise.resolve();

  async function catchUp(): Promise<boolean> {
    if ((await store.revision()) === revision) return false;
    const known = new Map([...entries].map(([id, { version }]) => [id, version]));
    const state = await store.state(known);
    const ids = new Set(state.versions.keys());
    for (const definition of state.changed) put(definition, ids);
    for (const id of [...entries.keys()].filter((id) => !ids.has(id))) {
      entries.delete(id);
      index.delete(id);
    }
    revision = state.revision;
    return true;
  }

  function put({ id, version, name, active, source }: BadgeDefinition, known: ReadonlySet<string>): void {
    const { badges, diagnostics } = loadRules(source, { ...environment, knownBadges: known });
    const badge = badges.find((candidate) => candidate.id === id) ?? null;
    if (badge === null) {
      const error = diagnostics.find(isError);
      logger.error('a badge is not in force because its rules are no longer valid; edit and save it', {
        badgeId: id,
        version,
        error: error?.code,
      });
    }
    entries.set(id, { version, name, badge });
    if (badge !== null && active) index.set(badge);
    else index.delete(id);
  }

  /** One after the other: a look that began before a save does not stand in for the one after it. */
  function refresh(): Promise<boolean> {
    const next = refreshing.then(catchUp);
    refreshing = next.catch(() => {});
    return next;
  }

  function check(text: string): Checked {
    const known = { ...environment, knownBadges: new Set(entries.keys()) };
    const { sound, diagnostics } = checkBadgeText(text, known, {
      upstreams: upstreamsOfStored,
      find: (id) => entries.get(id)?.badge ?? null,
    });
    return sound === null ? { badge: null, diagnostics } : { ...sound, diagnostics };
  }

  function upstreamsOfStored(badgeId: string): readonly string[] {
    const badge = entries.get(badgeId)?.badge;
    return badge ? upstreamsOf(badge) : [];
  }

  async function saveBadge(
    text: string,
    { expectedVersion, actor, reason = null }: SaveBadgeOptions,
  ): Promise<SaveBadgeResult> {
    await refresh();
    const checked = check(text);
    if (checked.badge === null) return { ok: false, diagnostics: checked.diagnostics };
    const { badge, source, diagnostics } = checked;
    const torn = await findTorn([newNames(badge, entries.get(badge.id)?.badge ?? null)]);
    if (torn.length > 0) {
      const { file } = parse(text);
      return { ok: false, diagnostics: torn.map((one) => tornProblem(one, text, file)) };
    }
    const authorship = { updatedAt: clock.now(), updatedBy: actor, reason };
    const former = await store.get(badge.id);
    // The store decides; but who is late already need not leave the job of a change that never was.
    if ((former?.version ?? 0) !== expectedVersion) throw staleBadge(badge.id, expectedVersion);
    const hasPast = former !== null || (await store.history(badge.id)).length > 0;
    const { result, replay } = await follower.during(
      {
        badges: [{ id: badge.id, before: former?.source ?? null, after: source, hasPast }],
        before: { badge: badge.id, version: expectedVersion },
        ...{ actor, reason, since: null },
      },
      () => store.save({ ...toDraft(badge, source), ...authorship }, expectedVersion),
    );
    await refresh();
    return { ok: true, badge: result, warnings: diagnostics, replay };
  }

  return {
    index: () => index,
    revision: () => revision,
    refresh,
    definitionVersion: (badgeId) => entries.get(badgeId)?.version ?? 0,
    badgeName: (badgeId) => entries.get(badgeId)?.name ?? null,
    upstreams: () => new Map([...entries.keys()].map((id) => [id, upstreamsOfStored(id)])),
    checkBadge: (text) => check(text).diagnostics,
    saveBadge,
  };
}

export function toDraft({ id, name, active, template }: Badge, source: string): BadgeDraft {
  return { id, source, active, name, template: template === null ? null : `${template.provider}:${template.id}` };
}
