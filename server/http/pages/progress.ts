/** Who is how far: where it stands, and one record of it in a few words. */

import type { Effect, Progress } from '../../../plugin/ports/progress-store.ts';
import { words } from '../../../plugin/words.ts';
import { progressStatus, shownInstant, shownTime } from '../words/format.ts';

export const learnersCrumb = { text: words('Learners'), href: '/learners' } as const;
export const progressCrumb = { text: words('Progress'), href: '/progress' } as const;

export function learnerPath(learnerId: string): string {
  return `/learners/${encodeURIComponent(learnerId)}`;
}

export function whyPath(learnerId: string, badgeId: string): string {
  return `${learnerPath(learnerId)}/badges/${encodeURIComponent(badgeId)}`;
}

export function progressSummary(progress: Progress) {
  const { outcome, effects, updatedAt } = progress;
  return {
    status: progressStatus(progress),
    percent: Math.round(outcome.progress * 100),
    groups: Object.entries(outcome.groups).map(([name, fulfilled]) => ({ name, fulfilled })),
    awardedAt: shownInstant(outcome.awardedAt),
    failed: countIn(effects, 'failed'),
    pending: countIn(effects, 'pending'),
    updatedAt: shownTime(updatedAt),
  };
}

function countIn(effects: readonly Effect[], state: Effect['state']): number {
  return effects.filter((effect) => effect.state === state).length;
}
