/** Switching many schedules on or off, or each to what it is not: what lists and the command line do at once. */

import { InputError } from '../../plugin/errors.ts';
import type { CredentialStore } from '../../plugin/ports/credential-store.ts';
import { setSchedule } from './set-schedule.ts';

export const SCHEDULE_SWITCHES = ['enable', 'disable', 'toggle'] as const;
export type ScheduleSwitch = (typeof SCHEDULE_SWITCHES)[number];

export interface Switched {
  readonly configurationId: string;
  /** `same`: it was so already; `none`: it has no schedule; `stale`: somebody changed it, or it ran, in this moment;
   *  `refused`: see `reason`. */
  readonly result: 'enabled' | 'disabled' | 'same' | 'none' | 'stale' | 'refused';
  /** Why it cannot be enabled, e.g. since it has expired; null unless refused. */
  readonly reason: string | null;
}

/** Each by itself: one that cannot be switched does not keep the others from it. Enabling never catches up what was missed.
 *  @throws StoreError */
export async function switchSchedules(
  configurationIds: readonly string[],
  wanted: ScheduleSwitch,
  { store, now }: { readonly store: Pick<CredentialStore, 'schedule' | 'replaceSchedule'>; readonly now: Date },
): Promise<readonly Switched[]> {
  const results: Switched[] = [];
  for (const configurationId of new Set(configurationIds)) {
    const former = await store.schedule(configurationId);
    const answer = (result: Switched['result'], reason: string | null = null) =>
      results.push({ configurationId, result, reason });
    if (former === null) {
      answer('none');
      continue;
    }
    const enabled = wanted === 'toggle' ? !former.enabled : wanted === 'enable';
    if (enabled === former.enabled) {
      answer('same');
      continue;
    }
    try {
      const schedule = setSchedule(configurationId, { ...former, enabled }, former, now);
      const isSaved = await store.replaceSchedule(schedule, former);
      answer(isSaved ? (enabled ? 'enabled' : 'disabled') : 'stale');
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      answer('refused', error.message);
    }
  }
  return results;
}
