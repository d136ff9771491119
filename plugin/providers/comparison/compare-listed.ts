/** The second part of a comparison: what the provider has, beside what is on record here. */

import type { LearnerStore } from '../../ports/learner-store.ts';
import type { IssuedBadge, Progress, ProgressStore } from '../../ports/progress-store.ts';
import type { Finding } from './findings.ts';
import type { NotedBadge } from './listing.ts';

export interface CompareParts {
  readonly progress: Pick<ProgressStore, 'listIssued' | 'findIssued'>;
  readonly learners: Pick<LearnerStore, 'findManyByIds'>;
}

/** A badge of ours that the provider's one is. */
export interface Match {
  readonly progress: Progress;
  readonly badge: IssuedBadge;
}

/** `on record`: it does not stand there, and that is known. */
type Unreported = 'same' | 'under way' | 'on record';

export interface ListedResult {
  readonly matches: readonly Match[];
  /** Why there is nothing to report; null: there is. */
  readonly word: string | null;
  readonly findings: readonly Finding[];
}

/** @returns what came of each, in their order */
export async function compareListed(
  listed: readonly NotedBadge[],
  provider: string,
  { progress, learners }: CompareParts,
): Promise<readonly ListedResult[]> {
  const ids = [...new Set(listed.flatMap(({ learnerId }) => learnerId ?? []))];
  const known = new Set((await learners.findManyByIds(ids)).map(({ id }) => id));
  const ofLearners = await issuedTo([...known], provider, progress);
  const results: ListedResult[] = [];
  for (const one of listed) {
    let matches = matchesOf(one, provider, ofLearners.get(one.learnerId ?? '') ?? []);
    if (matches.length === 0) matches = matchesOf(one, provider, await progress.findIssued(provider, one.externalId));
    results.push(matches.length === 0 ? unmatched(one, known) : matched(one, matches));
  }
  return results;
}

/** In a query or two for all of them. */
async function issuedTo(
  learnerIds: readonly string[],
  provider: string,
  progress: CompareParts['progress'],
): Promise<ReadonlyMap<string, readonly Progress[]>> {
  const found = new Map<string, Progress[]>();
  if (learnerIds.length === 0) return found;
  for (let after: string | undefined; ; ) {
    const page = await progress.listIssued({ provider, learnerIds, limit: 500, ...(after !== undefined && { after }) });
    for (const one of page.items) found.set(one.learnerId, [...(found.get(one.learnerId) ?? []), one]);
    if (page.next === null) return found;
    after = page.next;
  }
}

function matchesOf(one: NotedBadge, provider: string, documents: readonly Progress[]): readonly Match[] {
  return documents.flatMap((progress) =>
    progress.issued
      .filter(({ template }) => template?.provider === provider)
      .filter((badge) => (badge.externalId === null ? badge.uuid === one.uuid : badge.externalId === one.externalId))
      .map((badge) => ({ progress, badge })),
  );
}

function unmatched(one: NotedBadge, known: ReadonlySet<string>): ListedResult {
  if (!one.stands) return { matches: [], word: 'taken back there', findings: [] };
  const learnerId = one.learnerId !== null && known.has(one.learnerId) ? one.learnerId : null;
  const kind = learnerId === null ? 'extra-unknown' : 'extra-known';
  const place = { learnerId, badgeId: null, number: null, here: null };
  const { externalId, templateId, state: there } = one;
  return { matches: [], word: null, findings: [{ kind, ...place, externalId, templateId, there }] };
}

/** One badge there may be several here: it was earned again, or two rules lead to it. It stands rightly as long as one of
 *  them does. */
function matched(one: NotedBadge, matches: readonly Match[]): ListedResult {
  const standing = matches.filter(({ badge }) => badge.revokedAt === null);
  const relevant = standing.length > 0 ? standing : matches.slice(-1);
  const kinds = relevant.map((match) => [match, kindOf(one, match)] as const);
  const findings = kinds.flatMap(([match, kind]) => (isUnreported(kind) ? [] : [findingOf(one, match, kind)]));
  const [first] = kinds.map(([, kind]) => kind);
  return { matches, word: findings.length > 0 ? null : (first ?? 'same'), findings };
}

function kindOf(one: NotedBadge, { progress, badge }: Match): Finding['kind'] | Unreported {
  const effects = progress.effects.filter(({ badgeNumber }) => badgeNumber === badge.number);
  const isOpen = (kind: string) => effects.some((effect) => effect.kind === kind && effect.state === 'pending');
  if (isOpen('revoke')) return 'under way';
  if (badge.externalId === null) return badge.revokedAt !== null && !one.stands ? 'same' : 'unconfirmed';
  if (badge.revokedAt !== null) return one.stands ? 'stands-there' : 'same';
  if (isOpen('award')) return 'under way';
  // What is on record already need not be told again.
  if (badge.externalState === one.state) return one.stands ? 'same' : 'on record';
  return one.stands ? 'state' : 'revoked-there';
}

function isUnreported(kind: string): kind is Unreported {
  return kind === 'same' || kind === 'under way' || kind === 'on record';
}

function findingOf(one: NotedBadge, { progress, badge }: Match, kind: Finding['kind']): Finding {
  const { learnerId, badgeId } = progress;
  const { externalId, templateId, state: there } = one;
  return { kind, learnerId, badgeId, number: badge.number, externalId, templateId, here: badge.externalState, there };
}
