/** The third part of a comparison: what is on record here and was not in the provider's list. Each of them is asked for by
 *  itself before it is called missing: lists lag behind, and a key may not see everything. */

import { toIssuedCursor } from '../../badges/issued-cursor.ts';
import type { BadgeProvider } from '../../ports/badge-provider.ts';
import type { IssuedBadge, Progress, ProgressStore } from '../../ports/progress-store.ts';
import type { ReplayScratch } from '../../ports/replay-scratch.ts';
import type { Finding } from './findings.ts';

const SEEN = 'seen\t';
const DOCUMENTS_A_STEP = 200;
const CALLS_A_STEP = 20;

export interface MissingParts {
  readonly progress: Pick<ProgressStore, 'listIssued'>;
  readonly scratch: ReplayScratch;
  /** The account that the text of a rule means; null: none, or not clear. */
  accountOf(templateText: string): Promise<string | null>;
}

export interface MissingStep {
  readonly next: string | null;
  readonly done: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
}

export function seenKey({ learnerId, badgeId }: Pick<Progress, 'learnerId' | 'badgeId'>, number: number): string {
  return `${SEEN}${JSON.stringify([learnerId, badgeId, number])}`;
}

/** @param since later awards may not have been in the list */
export async function findMissing(
  { progress, scratch, accountOf }: MissingParts,
  comparison: {
    readonly jobId: string;
    readonly provider: BadgeProvider;
    readonly accountId: string;
    readonly since: Date;
    readonly after: string | undefined;
  },
): Promise<MissingStep> {
  const { jobId, provider, accountId, since, after } = comparison;
  const page = await progress.listIssued({ provider: provider.name, stands: true, after, limit: DOCUMENTS_A_STEP });
  const seen = await seenAmong(page.items, jobId, scratch);
  const counts: Record<string, number> = {};
  const findings: Finding[] = [];
  let calls = 0;
  let done = 0;
  let last: Progress | null = null;
  for (const document of page.items) {
    if (calls >= CALLS_A_STEP) break;
    for (const badge of document.issued) {
      if (!isExpectedThere(document, badge, provider.name, since)) continue;
      if (seen.has(seenKey(document, badge.number))) continue;
      const { externalId, template, uuid } = badge;
      if (externalId === null || template === null || (await accountOf(template.id)) !== accountId) continue;
      calls += 1;
      const now = await provider.issuedState?.({ uuid, templateId: template.id, externalId });
      if (now) counts['there, but not listed'] = (counts['there, but not listed'] ?? 0) + 1;
      else findings.push(missing(document, badge, template.id, externalId));
    }
    done += 1;
    last = document;
  }
  const next = done < page.items.length && last !== null ? toIssuedCursor(last) : page.next;
  return { next, done, counts, findings };
}

/** Both lists are in the order of the learners. */
async function seenAmong(
  documents: readonly Progress[],
  jobId: string,
  scratch: ReplayScratch,
): Promise<ReadonlySet<string>> {
  const seen = new Set<string>();
  const wanted = documents.flatMap((document) => document.issued.map(({ number }) => seenKey(document, number)));
  const sorted = wanted.toSorted((a, b) => (a < b ? -1 : 1));
  const [first, end] = [sorted[0], sorted.at(-1)];
  if (first === undefined || end === undefined) return seen;
  // From just before the first: what comes after a key does not include it.
  let from = first.slice(0, -1);
  for (;;) {
    const keys = await scratch.next(jobId, from, 500);
    for (const key of keys) if (key <= end) seen.add(key);
    const last = keys.at(-1);
    if (keys.length < 500 || last === undefined || last > end) return seen;
    from = last;
  }
}

function isExpectedThere({ effects }: Progress, badge: IssuedBadge, provider: string, since: Date): boolean {
  if (badge.template?.provider !== provider || badge.revokedAt !== null || badge.externalId === null) return false;
  const award = effects.find(({ kind, badgeNumber }) => kind === 'award' && badgeNumber === badge.number);
  return award?.state === 'done' && award.finishedAt !== null && award.finishedAt < since;
}

function missing(
  { learnerId, badgeId }: Progress,
  { number, externalState }: IssuedBadge,
  templateId: string,
  externalId: string,
): Finding {
  return { kind: 'missing', learnerId, badgeId, number, externalId, templateId, here: externalState, there: null };
}
