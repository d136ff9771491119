/** What a comparison found, as a file: page by page, so that it may be very long. */

import type { Learner, LearnerStore } from '../../../plugin/ports/learner-store.ts';
import type { ReplayScratch } from '../../../plugin/ports/replay-scratch.ts';
import { type Finding, type FindingKind, listFindings } from '../../../plugin/providers/comparison/findings.ts';
import { csvField } from '../lists/export.ts';

export interface NamedFinding extends Finding {
  /** null: nobody who is known. */
  readonly username: string | null;
}

export const FORMATS = ['csv', 'json'] as const;

const BATCH = 500;
const COLUMNS = ['kind', 'username', 'badgeId', 'number', 'externalId', 'templateId', 'here', 'there'] as const;

export interface FindingsParts {
  readonly comparisonNotes: Pick<ReplayScratch, 'next'>;
  readonly learners: Pick<LearnerStore, 'findManyByIds'>;
}

export async function* namedFindings(
  parts: FindingsParts,
  jobId: string,
  kind?: FindingKind,
): AsyncGenerator<readonly NamedFinding[]> {
  for (let after: string | undefined; ; ) {
    const query = { limit: BATCH, ...(kind && { kind }), ...(after !== undefined && { after }) };
    const page = await listFindings(parts.comparisonNotes, jobId, query);
    if (page.items.length > 0) yield await withNames(page.items, parts);
    if (page.next === null) return;
    after = page.next;
  }
}

export async function withNames(
  findings: readonly Finding[],
  { learners }: Pick<FindingsParts, 'learners'>,
): Promise<readonly NamedFinding[]> {
  const ids = [...new Set(findings.flatMap(({ learnerId }) => learnerId ?? []))];
  const known = new Map((await learners.findManyByIds(ids)).map((one: Learner) => [one.id, one.username]));
  return findings.map((finding) => ({ ...finding, username: known.get(finding.learnerId ?? '') ?? null }));
}

export function toJsonLine({
  kind,
  username,
  badgeId,
  number,
  externalId,
  templateId,
  here,
  there,
}: NamedFinding): string {
  return JSON.stringify({ kind, username, badgeId, number, externalId, templateId, here, there });
}

/** The pieces of the file. */
export async function* exportOf(
  batches: AsyncIterable<readonly NamedFinding[]>,
  format: (typeof FORMATS)[number],
): AsyncGenerator<string> {
  yield format === 'csv' ? `${COLUMNS.join(',')}\r\n` : '[';
  let isFirst = true;
  for await (const batch of batches) {
    if (format === 'csv') yield batch.map(toCsvLine).join('');
    else yield `${isFirst ? '' : ','}\n${batch.map(toJsonLine).join(',\n')}`;
    isFirst = false;
  }
  if (format === 'json') yield '\n]\n';
}

function toCsvLine(finding: NamedFinding): string {
  return `${COLUMNS.map((column) => csvField(finding[column])).join(',')}\r\n`;
}
