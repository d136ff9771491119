/** What a comparison found: each finding is one key in the scratch of its job, so that there may be very many. */

import { InputError } from '../../errors.ts';
import type { Page } from '../../ports/learner-store.ts';
import type { ReplayScratch } from '../../ports/replay-scratch.ts';

/** How a finding can be put right, all of them on request only. */
export type Remedy = 'award-again' | 'take-over' | 'record' | 'take-back-again';

/** In the order in which they are shown. */
export const FINDING_KINDS = {
  /** Stands here; the provider does not know it. */
  missing: 'award-again',
  /** The provider has it; here the award is still open. */
  unconfirmed: 'take-over',
  /** Was taken back here and stands there. */
  'stands-there': 'take-back-again',
  /** Stands here and was taken back, or has expired, there. */
  'revoked-there': 'record',
  /** The same badge; the state that was recorded here is an older one. */
  state: 'record',
  /** Nothing here speaks of it; it belongs to a learner who is known. */
  'extra-known': null,
  /** Nor is the learner known. */
  'extra-unknown': null,
} as const satisfies Readonly<Record<string, Remedy | null>>;

export type FindingKind = keyof typeof FINDING_KINDS;

export const findingKinds = Object.keys(FINDING_KINDS) as readonly FindingKind[];

/** Without personal data: who it is about is looked up when somebody who may see it asks. */
export interface Finding {
  readonly kind: FindingKind;
  /** null: nobody who is known. */
  readonly learnerId: string | null;
  readonly badgeId: string | null;
  /** `IssuedBadge.number`. */
  readonly number: number | null;
  readonly externalId: string;
  /** The provider's id of the template. */
  readonly templateId: string;
  /** The state on record here; null: none. */
  readonly here: string | null;
  /** The state at the provider; null: it is not there. */
  readonly there: string | null;
}

export function isFindingKind(text: string): text is FindingKind {
  return Object.hasOwn(FINDING_KINDS, text);
}

/** @throws InputError `input.finding-kind` */
export function toFindingKinds(words: readonly string[]): readonly FindingKind[] {
  return words.map((word) => {
    if (isFindingKind(word) && FINDING_KINDS[word] !== null) return word;
    const choices = findingKinds.filter((kind) => FINDING_KINDS[kind] !== null).join(', ');
    throw new InputError('finding-kind', `"${word}" cannot be put right; choose from ${choices}`);
  });
}

const FINDING = 'finding\t';

export function findingKey({ kind, learnerId, badgeId, number, ...rest }: Finding): string {
  const { externalId, templateId, here, there } = rest;
  return `${FINDING}${kind}\t${JSON.stringify([learnerId, badgeId, number, externalId, templateId, here, there])}`;
}

function toFinding(key: string): Finding {
  const [, kind = '', json = '[]'] = key.split('\t');
  const [learnerId, badgeId, number, externalId, templateId, here, there] = JSON.parse(json);
  return { kind: kind as FindingKind, learnerId, badgeId, number, externalId, templateId, here, there };
}

/** Those of one kind, or all, kind by kind. @param after as `next` of the page before */
export async function listFindings(
  scratch: Pick<ReplayScratch, 'next'>,
  jobId: string,
  { kind, after, limit }: { readonly kind?: FindingKind; readonly after?: string; readonly limit: number },
): Promise<Page<Finding>> {
  const prefix = kind === undefined ? FINDING : `${FINDING}${kind}\t`;
  const from = after === undefined ? prefix : fromCursor(after);
  const keys = (await scratch.next(jobId, from, limit + 1)).filter((key) => key.startsWith(prefix));
  const items = keys.slice(0, limit);
  const last = items.at(-1);
  return { items: items.map(toFinding), next: last !== undefined && keys.length > limit ? toCursor(last) : null };
}

function toCursor(key: string): string {
  return Buffer.from(key).toString('base64url');
}

function fromCursor(cursor: string): string {
  const key = Buffer.from(cursor, 'base64url').toString();
  if (key.startsWith(FINDING)) return key;
  throw new InputError('cursor-invalid', 'the list has no such page; start again at its beginning');
}
