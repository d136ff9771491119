/** Changes of many badges at once, and the way back: plan, apply, export, restore, remove. */

import { type Badge, compareCodePoints, type Environment, type Instant, loadRules, parse } from '../../dsl/index.ts';
import { ConflictError, InputError, NotFoundError } from '../errors.ts';
import { type FindTorn, findNothingTorn, newNames, tornProblem } from '../organisations/torn-names.ts';
import {
  type BadgeChange,
  type BadgeDefinition,
  type BadgeStore,
  type BadgeVersion,
  staleBadge,
} from '../ports/badge-store.ts';
import type { Clock } from '../ports/runtime.ts';
import { type ExportedRules, exportRules } from './export-rules.ts';
import type { ChangedBadge, RuleFollower } from './replay/follow-rules.ts';
import type { RuleBook, SaveBadgeResult } from './rule-book.ts';
import { type PlannedChange, type PlanResult, planRules, type RulePlan, startsFrom } from './rule-plan.ts';
import type { CheckedText, GivenFile } from './target-state.ts';
import { type TemplateLook, templateWarnings } from './template-warnings.ts';

export interface ApplyOptions {
  /** Of the plan that somebody agreed to; null: whatever the plan is now. */
  readonly plan: string | null;
  readonly prune: boolean;
  /** The files are those of an export of a configuration: badges in it keep ids that no new badge may have, and what is whose by
   *  then is for whoever has that export to look at. */
  readonly exported?: boolean;
  readonly actor: string;
  readonly reason: string | null;
  /** Logged events from then on count for the badges that are added or changed, whenever they were received. */
  readonly since?: Instant | null;
}

export type ApplyResult =
  | {
      readonly outcome: 'applied';
      readonly plan: RulePlan;
      readonly versions: readonly BadgeVersion[];
      /** Id of the job that brings learners up to date; null: nobody's progress can change. */
      readonly replay: string | null;
    }
  | { readonly outcome: 'invalid'; readonly texts: readonly CheckedText[] }
  /** It is another plan now, and nothing was changed. */
  | {
      readonly outcome: 'stale';
      readonly plan: RulePlan;
      readonly because: 'stored-rules-changed' | 'files-changed';
      /** The badge in force that was saved last. */
      readonly latest: BadgeDefinition | null;
    };

export interface RestoreOptions {
  readonly actor: string;
  readonly reason: string | null;
  /** Of the badge in force when the author decided, 0: none; left out: whatever it is now. */
  readonly expectedVersion?: number;
}

export interface RuleChanges {
  /** What the files would change. Changes nothing. @throws StoreError */
  plan(files: readonly GivenFile[], options: Pick<ApplyOptions, 'prune' | 'exported'>): Promise<PlanResult>;
  /** All or nothing, and in force at once. @throws StoreError */
  apply(files: readonly GivenFile[], options: ApplyOptions): Promise<ApplyResult>;
  /** Everything in force. @throws StoreError */
  export(): Promise<ExportedRules>;
  /** Saves the text of a former version again, as a new one; also of a badge that was removed.
   *  @throws NotFoundError `not-found.badge-version`; InputError; ConflictError `conflict.stale`; StoreError */
  restore(id: string, version: number, options: RestoreOptions): Promise<SaveBadgeResult>;
  /** Takes one badge out of force; its history stays, and so do progress and awards.
   *  @returns the removal
   *  @throws NotFoundError `not-found.badge`; InputError `input.badge-active`, `input.badge-awaited`;
   *  ConflictError `conflict.stale`; StoreError */
  remove(id: string, options: RemoveOptions): Promise<BadgeVersion>;
}

export interface RemoveOptions {
  readonly actor: string;
  readonly reason: string | null;
  /** In force when the author decided. */
  readonly expectedVersion: number;
}

export interface RuleChangesParts {
  readonly store: BadgeStore;
  readonly ruleBook: Pick<RuleBook, 'refresh' | 'revision' | 'saveBadge' | 'upstreams'>;
  readonly environment: Environment;
  readonly clock: Clock;
  /** Lets progress follow what is applied. */
  readonly follower: RuleFollower;
  /** Left out: nothing belongs to anybody. */
  readonly findTorn?: FindTorn;
  /** Where templates are looked up that the files name. */
  readonly templates: TemplateLook;
}

export function createRuleChanges(parts: RuleChangesParts): RuleChanges {
  const { store, ruleBook, environment, clock, follower, findTorn = findNothingTorn, templates } = parts;

  async function plan(files: readonly GivenFile[], choice: Pick<ApplyOptions, 'prune' | 'exported'>) {
    const { revision, changed } = await store.state();
    const stored = { revision, badges: changed };
    const result = planRules({ stored, files, ...choice, environment });
    const torn = result.ok && !choice.exported ? await tornTexts(stored.badges, result.plan, files) : [];
    return { stored, result: torn.length > 0 ? ({ ok: false, texts: torn } as const) : result };
  }

  /** @returns the files in which a badge names what is of another organisation, with where */
  async function tornTexts(
    stored: readonly BadgeDefinition[],
    { changes }: RulePlan,
    files: readonly GivenFile[],
  ): Promise<readonly CheckedText[]> {
    const known = { ...environment, knownBadges: new Set([...stored, ...changes].map(({ id }) => id)) };
    const badgeIn = (source: string): Badge | null => loadRules(source, known).badges[0] ?? null;
    const names = changes.flatMap((one) => {
      if (one.change === 'removed') return [];
      const badge = badgeIn(one.source);
      return badge === null ? [] : [newNames(badge, one.change === 'changed' ? badgeIn(one.before) : null)];
    });
    const torn = names.length === 0 ? [] : await findTorn(names);
    const fileOf = new Map(changes.flatMap((one) => (one.change === 'removed' ? [] : [[one.id, one.file] as const])));
    return files.flatMap(({ name, text }) => {
      const own = torn.filter(({ badge }) => fileOf.get(badge) === name);
      if (own.length === 0) return [];
      const { file } = parse(text);
      return [{ name, text, diagnostics: own.map((one) => tornProblem(one, text, file)) }];
    });
  }

  /** Warnings are no part of what a plan's hash is over: a template that comes or goes makes no other plan. */
  async function withTemplates(found: RulePlan, files: readonly GivenFile[]): Promise<RulePlan> {
    return { ...found, warnings: [...found.warnings, ...(await templateWarnings(files, templates))] };
  }

  async function apply(
    files: readonly GivenFile[],
    { plan: agreed, prune, exported = false, actor, reason, since = null }: ApplyOptions,
  ): Promise<ApplyResult> {
    for (;;) {
      const { stored, result } = await plan(files, { prune, exported });
      if (!result.ok) return { outcome: 'invalid', texts: result.texts };
      const told = await withTemplates(result.plan, files);
      if (agreed !== null && result.plan.hash !== agreed) {
        const because = startsFrom(agreed, stored) ? 'files-changed' : 'stored-rules-changed';
        return { outcome: 'stale', plan: told, because, latest: lastSaved(stored.badges) };
      }
      try {
        const { changes, revision } = result.plan;
        const followed = await follower.during(
          { badges: changes.flatMap(toFollowed), before: { revision }, actor, reason, since },
          () =>
            store.apply(changes.map(toChange), {
              ...{ expectedRevision: revision, updatedAt: clock.now(), updatedBy: actor, reason },
            }),
        );
        await ruleBook.refresh();
        return { outcome: 'applied', plan: told, versions: followed.result, replay: followed.replay };
      } catch (error) {
        // Somebody was faster: the plan is made anew, and is another one where somebody agreed to this one.
        if (!(error instanceof ConflictError)) throw error;
      }
    }
  }

  async function restore(
    id: string,
    version: number,
    { actor, reason, expectedVersion }: RestoreOptions,
  ): Promise<SaveBadgeResult> {
    const history = await store.history(id);
    const [latest] = history;
    const wanted = history.find((one) => one.version === version);
    if (latest === undefined || wanted === undefined) {
      throw new NotFoundError('badge-version', 'the badge has no such version; its history lists those it has');
    }
    if (wanted.removed)
      throw new InputError(
        'version-removed',
        `with version ${version} the badge was removed; restore the version before it`,
      );
    if (!latest.removed && latest.source === wanted.source)
      throw new InputError('version-in-force', `the text of version ${version} is in force already`);
    return ruleBook.saveBadge(wanted.source, {
      expectedVersion: expectedVersion ?? (latest.removed ? 0 : latest.version),
      actor,
      reason,
    });
  }

  async function remove(id: string, { actor, reason, expectedVersion }: RemoveOptions): Promise<BadgeVersion> {
    for (;;) {
      await ruleBook.refresh();
      const expectedRevision = ruleBook.revision();
      const badge = await store.get(id);
      if (badge === null) throw new NotFoundError('badge', 'there is no badge with this id in force');
      if (badge.version !== expectedVersion) throw staleBadge(id, expectedVersion);
      expectRemovable(badge, waitingFor(id, ruleBook.upstreams()));
      try {
        const authorship = { updatedAt: clock.now(), updatedBy: actor, reason };
        const [removal] = await store.apply([{ kind: 'remove', id }], { expectedRevision, ...authorship });
        await ruleBook.refresh();
        return removal as BadgeVersion;
      } catch (error) {
        // Another change came in between; it may have made somebody wait for this badge.
        if (!(error instanceof ConflictError)) throw error;
      }
    }
  }

  return {
    async plan(files, { prune, exported = false }) {
      const { result } = await plan(files, { prune, exported });
      return result.ok ? { ok: true, plan: await withTemplates(result.plan, files) } : result;
    },
    apply,
    export: async () => exportRules(await store.list()),
    restore,
    remove,
  };
}

/** @returns ids of the badges that wait for this one, by id */
export function waitingFor(id: string, upstreams: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const waiting = [...upstreams].filter(([other, awaited]) => other !== id && awaited.includes(id));
  return waiting.map(([other]) => other).toSorted(compareCodePoints);
}

/** @throws InputError */
function expectRemovable({ active }: BadgeDefinition, waiting: readonly string[]): void {
  if (active) throw new InputError('badge-active', 'the badge is active; deactivate it, then remove it');
  if (waiting.length > 0) {
    const others = waiting.map((one) => JSON.stringify(one)).join(', ');
    throw new InputError(
      'badge-awaited',
      `the badge cannot be removed while others wait for it; change or remove first: ${others}`,
    );
  }
}

function toChange(planned: PlannedChange): BadgeChange {
  return planned.change === 'removed' ? { kind: 'remove', id: planned.id } : { kind: 'put', badge: planned };
}

function toFollowed(planned: PlannedChange): readonly ChangedBadge[] {
  if (planned.change === 'removed') return [];
  const { id, source: after } = planned;
  // A badge that was removed earlier has left progress behind, which is then found to be outdated.
  return [
    { id, before: planned.change === 'changed' ? planned.before : null, after, hasPast: planned.change === 'changed' },
  ];
}

function lastSaved(badges: readonly BadgeDefinition[]): BadgeDefinition | null {
  let last: BadgeDefinition | null = null;
  for (const badge of badges) if (last === null || badge.updatedAt > last.updatedAt) last = badge;
  return last;
}
