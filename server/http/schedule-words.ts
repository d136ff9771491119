/** Schedules in words. */

import type { Schedule, ScheduleRule } from '../../plugin/ports/credential-store.ts';
import { crontabWords } from '../scheduler/crontab-words.ts';
import { shownTime } from './format.ts';
import { durationText } from './pages/rule-tables.ts';

export function ruleText(rule: ScheduleRule): string {
  if (rule.kind === 'interval') return `Every ${durationText(rule.everyMs)}`;
  if (rule.kind === 'clocked') return `Once, ${shownTime(rule.at).text}`;
  return `${crontabWords(rule.expression, rule.days === 'either')}, ${rule.timeZone} (${rule.expression})`;
}

const SKIPPED: Readonly<Record<NonNullable<Schedule['lastSkipped']>['reason'], string>> = {
  'still-running': 'the run before it was still going',
  missed: 'nothing was there to run it in time, or the schedule had expired',
  'cannot-begin': 'the run could not begin; the log says why',
};

export function skippedText({ reason }: NonNullable<Schedule['lastSkipped']>): string {
  return SKIPPED[reason];
}

/** The wall clock of a zone, as `Mon 30 Nov 2026, 09:00`. */
export function wallText(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone, weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
    ...{ hour: '2-digit', minute: '2-digit', timeZoneName: 'short' },
  }).format(at);
}
