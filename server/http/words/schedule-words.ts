/** Schedules in words. */

import type { Schedule, ScheduleRule } from '../../../plugin/ports/credential-store.ts';
import { type FilledWords, msg, words } from '../../../plugin/words.ts';
import { sourceTranslator } from '../../i18n/translator.ts';
import { crontabSaid } from '../../scheduler/crontab-words.ts';

export function ruleWords(rule: ScheduleRule): FilledWords {
  if (rule.kind === 'interval')
    return words('Every {duration}', { duration: { durationMs: wholeMinutes(rule.everyMs) } });
  if (rule.kind === 'clocked') return words('Once, {time}', { time: rule.at });
  const { expression: crontab, timeZone: zone, days } = rule;
  return words('{times}, {zone} ({crontab})', { times: crontabSaid(crontab, days === 'either'), zone, crontab });
}

/** For commands and the audit. */
export function ruleText(rule: ScheduleRule): string {
  return sourceTranslator()(ruleWords(rule));
}

const MINUTE_MS = 60_000;

function wholeMinutes(ms: number): number {
  return Math.round(ms / MINUTE_MS) * MINUTE_MS;
}

const SKIPPED: Readonly<Record<NonNullable<Schedule['lastSkipped']>['reason'], string>> = {
  'still-running': msg('the run before it was still going'),
  missed: msg('nothing was there to run it in time, or the schedule had expired'),
  'cannot-begin': msg('the run could not begin; the log says why'),
};

/** @returns to be looked up */
export function skippedText({ reason }: NonNullable<Schedule['lastSkipped']>): string {
  return SKIPPED[reason];
}
