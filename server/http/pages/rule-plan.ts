/** A plan as its page shows it; what it means for learners is found out apart from it. */

import type { ApplyResult } from '../../../plugin/badges/rule-changes.ts';
import type { PlannedChange, RulePlan } from '../../../plugin/badges/rule-plan.ts';
import { msg, words } from '../../../plugin/words.ts';
import { badgePath } from '../rules/badge-links.ts';
import { shownFile } from '../rules/sent-rules.ts';
import { type ShownStatus, shownTime } from '../words/format.ts';
import { textDiff } from '../words/text-diff.ts';
import { meaningParts } from './badge-history.ts';

const statuses: Readonly<Record<PlannedChange['change'], ShownStatus>> = {
  added: { word: msg('Added'), tone: 'good' },
  changed: { word: msg('Changed'), tone: 'busy' },
  removed: { word: msg('Removed'), tone: 'bad' },
};

/** More are listed by their ids: a page has to end somewhere. */
const CHANGES_SHOWN = 200;

export function planModel(plan: RulePlan) {
  const { hash, changes, unchanged, kept, warnings } = plan;
  const count = (kind: PlannedChange['change']) => changes.filter(({ change }) => change === kind).length;
  return {
    hash,
    counts: [
      { text: msg('Added'), count: count('added') },
      { text: msg('Changed'), count: count('changed') },
      { text: msg('Removed'), count: count('removed') },
      { text: msg('Unchanged'), count: unchanged.length },
      { text: msg('Not in the files, and left as they are'), count: kept.length },
    ],
    changes: changes.slice(0, CHANGES_SHOWN).map(shownChange),
    further: changes.slice(CHANGES_SHOWN).map(({ change, id }) => ({ id, word: statuses[change].word })),
    warnings: warnings.map(({ file, line, column, message, hint, code }) => ({
      ...{ file: shownFile(file), line, column, message, hint, code },
    })),
    unchanged,
    kept,
  };
}

function shownChange(planned: PlannedChange) {
  const { id, name, source, change } = planned;
  return {
    ...{ id, name: name ?? id, status: statuses[change] },
    /** Where it comes from, and what it replaces. */
    origin: [
      ...(change === 'added' ? [] : [words('version {version}', { version: planned.version })]),
      ...(change === 'removed' ? [] : [words('from {file}', { file: shownFile(planned.file) })]),
      ...(change === 'added' ? [planned.active ? words('active at once') : words('inactive')] : []),
    ],
    href: change === 'added' ? null : badgePath(id),
    meaning: change === 'changed' ? meaningParts(planned.summary) : [],
    diff: change === 'changed' ? textDiff(planned.before, source) : null,
    source,
  };
}

type Stale = Extract<ApplyResult, { readonly outcome: 'stale' }>;

/** Why a plan that somebody agreed to was not applied. */
export function staleModel({ because, latest }: Pick<Stale, 'because' | 'latest'>) {
  return {
    because,
    latest: latest && {
      name: latest.name ?? latest.id,
      href: badgePath(latest.id),
      version: latest.version,
      updatedAt: shownTime(latest.updatedAt),
      updatedBy: latest.updatedBy,
      reason: latest.reason,
    },
  };
}
