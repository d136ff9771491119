/** How each provider has answered lately, as sentences for its page. */

import type { LaneState } from '../../../plugin/badges/dispatcher.ts';
import { type CallCounts, noCalls } from '../../../plugin/ports/activity-store.ts';
import type { Part, Translator } from '../../i18n/translator.ts';
import { hoursOf } from '../dashboard/activity.ts';
import type { Services } from '../services.ts';

export interface ProviderHealth {
  /** Of the last 24 hours, but the last success of the last 30 days. */
  readonly counts: CallCounts;
  /** How this process sees it; one that calls nobody sees no trouble. */
  readonly lane: LaneState | undefined;
}

/** A provider that never answered must not have every hour of a year read each time that somebody looks. */
const SUCCESS_LOOKED_FOR_MS = 30 * 86_400_000;

/** @param names the words of providers */
export async function readHealth(
  { activity, lanes, clock }: Pick<Services, 'activity' | 'lanes' | 'clock'>,
  names: readonly string[],
): Promise<ReadonlyMap<string, ProviderHealth>> {
  const { from, to } = hoursOf('day', clock.now());
  const longAgo = new Date(clock.now().getTime() - SUCCESS_LOOKED_FOR_MS);
  const lately = await activity.callsBetween(from, to);
  const states = lanes();
  const all = names.map(async (name) => {
    const counts = lately.get(name) ?? noCalls;
    const succeededAt = counts.succeededAt ?? (await activity.lastSuccess(name, longAgo));
    return [name, { counts: { ...counts, succeededAt }, lane: states.find(({ lane }) => lane === name) }] as const;
  });
  return new Map(await Promise.all(all));
}

/** @returns sentences, each for the partial `said` */
export function shownHealth({ counts, lane }: ProviderHealth, t: Translator): readonly (readonly Part[])[] {
  const { calls, succeededAt } = counts;
  const left = leftAlone(lane, t);
  if (calls === 0 && succeededAt === null) return [t.parts('No call in the last 30 days.'), ...left];
  return [
    succeededAt === null
      ? t.parts('No call has succeeded in the last 30 days.')
      : t.parts('Last success {time}.', { time: { at: { iso: succeededAt.toISOString() } } }),
    [{ kind: 'text', text: rateOf(counts, t) }],
    ...left,
  ];
}

function rateOf({ calls, failures }: CallCounts, t: Translator): string {
  if (calls === 0) return t('No calls in the last 24 hours.');
  if (failures === 0)
    return t.plural(
      calls,
      '{count} call in the last 24 hours, which did not fail.',
      '{count} calls in the last 24 hours, none of which failed.',
    );
  return t.plural(
    calls,
    '{failed} of {count} call failed in the last 24 hours.',
    '{failed} of {count} calls failed in the last 24 hours.',
    { failed: failures },
  );
}

function leftAlone(lane: LaneState | undefined, t: Translator): readonly (readonly Part[])[] {
  if (lane === undefined || lane.state === 'closed') return [];
  if (lane.until === null) return [t.parts('It failed repeatedly and is being tried again.')];
  const time = { at: { iso: lane.until.toISOString() } };
  return [t.parts('Left alone until {time}, because it failed repeatedly.', { time })];
}
