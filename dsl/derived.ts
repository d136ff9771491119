/** Badges that wait for other badges: what an award or a revocation is to them, and in which order to ask. */

import type { Instant } from './instant.ts';
import type { Award, Badge, Contribution, Requirement, Trigger } from './model.ts';
import { compareContributions } from './timeline.ts';

type Change = 'awarded' | 'revoked';

/** What the awards and revocations of one badge do for a badge that waits for it, in timeline order.
 *  They replace all former ones of that badge: when a late event moves or removes an award, the old one never was.
 *  @param history of the upstream badge's outcome */
export function contributionsFromBadge(
  dependent: Badge,
  upstreamId: string,
  history: readonly Award[],
): readonly Contribution[] {
  const contributions: Contribution[] = [];
  const contribute = (change: Change, at: Instant, eventId: string, order: number): void => {
    const waitsFor = (on: Trigger): boolean => on.kind === 'badge' && on.badge === upstreamId && on.change === change;
    const requirements = dependent.requirements.filter((r) => waitsFor(r.on) && isWithinInterval(r, at));
    const penalties = dependent.penalties.filter((penalty) => waitsFor(penalty.on));
    if (requirements.length === 0 && penalties.length === 0) return;
    contributions.push({
      eventId,
      at,
      order,
      badge: upstreamId,
      requirements: requirements.map(({ id }) => id),
      penalties: penalties.map(({ id }) => id),
      values: {},
    });
  };
  for (const award of history) {
    contribute('awarded', award.at, award.eventId, award.order + 1);
    // An award does not tell the order of what revoked it. Only penalties listen to revocations and a reset acts on its
    // whole instant, so the place within the instant changes nothing.
    if (award.revokedAt !== null && award.revokedBy !== null)
      contribute('revoked', award.revokedAt, award.revokedBy, 1);
  }
  return contributions.sort(compareContributions);
}

/** @returns `existing` with everything that stems from the upstream badge replaced, in timeline order; the same array
 *    when nothing changes */
export function replaceContributionsFromBadge(
  existing: readonly Contribution[],
  upstreamId: string,
  replacement: readonly Contribution[],
): readonly Contribution[] {
  const former = existing.filter(({ badge }) => badge === upstreamId);
  if (former.length === replacement.length && former.every((one, at) => isSame(one, replacement[at] as Contribution))) {
    return existing;
  }
  return [...existing.filter(({ badge }) => badge !== upstreamId), ...replacement].sort(compareContributions);
}

function isSame(a: Contribution, b: Contribution): boolean {
  return (
    compareContributions(a, b) === 0 &&
    a.requirements.join(' ') === b.requirements.join(' ') &&
    a.penalties.join(' ') === b.penalties.join(' ')
  );
}

/** Half open: `from` belongs to it, `until` does not. */
export function isWithinInterval({ from, until }: Pick<Requirement, 'from' | 'until'>, at: Instant): boolean {
  return (from === null || at >= from) && (until === null || at < until);
}

/** Ids of the badges it waits for, each once. */
export function upstreamsOf({ requirements, penalties }: Badge): readonly string[] {
  let ids: string[] | null = null;
  for (const { on } of requirements) ids = withUpstream(ids, on);
  for (const { on } of penalties) ids = withUpstream(ids, on);
  return ids ?? NONE;
}

const NONE: readonly string[] = Object.freeze([]);

/** Most badges wait for none: a list is made for those that do. */
function withUpstream(ids: string[] | null, on: Trigger): string[] | null {
  if (on.kind !== 'badge' || ids?.includes(on.badge)) return ids;
  return ids === null ? [on.badge] : [...ids, on.badge];
}

/** @returns the given ids, each once, after everything they depend on, directly or through ids that were not given.
 *    The checker refuses cycles; should one slip in, its members come in some order. */
export function dependencyOrder(
  ids: Iterable<string>,
  upstreams: (id: string) => readonly string[],
): readonly string[] {
  const wanted = new Set(ids);
  const visited = new Set<string>();
  const ordered: string[] = [];
  for (const start of wanted) {
    // An explicit stack: a chain of a hundred thousand badges must not overflow ours.
    const stack: { readonly id: string; readonly left: string[] }[] = [];
    const enter = (id: string): void => {
      if (visited.has(id)) return;
      visited.add(id);
      stack.push({ id, left: [...upstreams(id)].reverse() });
    };
    enter(start);
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const next = top.left.pop();
      if (next !== undefined) enter(next);
      else {
        stack.pop();
        if (wanted.has(top.id)) ordered.push(top.id);
      }
    }
  }
  return ordered;
}
