/** The demo's account in words. */

import { formatInstant } from '../../dsl/index.ts';
import type { LmsEvent } from '../../plugin/events/event.ts';
import type { Laurel } from '../compose.ts';
import type { EventChange } from './feed-events.ts';

/** One line per badge given or taken back, by learner in the order of events. */
export async function badgeAccount(
  { ruleBook }: Pick<Laurel, 'ruleBook'>,
  changes: readonly EventChange[],
): Promise<readonly string[]> {
  const byLearner = new Map<string, string[]>();
  for (const { event, change } of changes) {
    const learner = event.user?.username ?? '';
    const badge = `"${ruleBook.badgeName(change.badgeId) ?? change.badgeId}"`;
    const lines = byLearner.get(learner) ?? [];
    for (const _ of change.awarded) lines.push(`  got  ${badge} because of ${reason(event)}`);
    for (const _ of change.revoked) lines.push(`  lost ${badge} because of ${reason(event)}`);
    byLearner.set(learner, lines);
  }
  return [...byLearner]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([learner, lines]) => ['', learner, ...(lines.length > 0 ? lines : ['  nothing complete yet'])]);
}

export function credentialAccount(paths: readonly string[]): readonly string[] {
  return ['', `PDF credentials made: ${paths.length}`, ...paths.map((path) => `  ${path}`)];
}

/** The badges that Laurel signs itself: everybody can look at them and verify them. */
export async function openBadgeAccount({ services }: Pick<Laurel, 'services'>): Promise<readonly string[]> {
  const { items } = await services.issuerStore.badges({ limit: 5 });
  const { addresses } = services.openBadges.issuer;
  return [
    '',
    `Open Badges issued and signed here: ${items.length}`,
    ...items.map(({ uuid }) => `  ${addresses.page(uuid)}`),
  ];
}

/** `passing course-v1:... at 2026-03-02T10:15:00.25Z (event 5f0c...)` */
function reason({ payload, time, id }: LmsEvent): string {
  const course = payload.course as Readonly<Record<string, unknown>> | undefined;
  const key = course?.ccx_course_key ?? course?.course_key ?? 'a course';
  return `${payload.is_passing === true ? 'passing' : 'failing'} ${String(key)} at ${formatInstant(time)} (event ${id.slice(-4)})`;
}
