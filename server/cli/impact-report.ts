/** What commands print of what a replay, or a change of rules, does to learners. */

import type { BadgeImpact, ReplayResult } from '../../plugin/badges/replay/replay-request.ts';
import type { Learner } from '../../plugin/ports/learner-store.ts';
import type { Services } from '../http/services.ts';
import { plural, shownText } from './rule-report.ts';

/** `2 gain it, 1 loses it, 3 change their progress only`
 *  @param would it is only a dry run */
export function impactText({ gains, loses, moves }: BadgeImpact, would: boolean): string {
  const verb = (number: number, one: string, many: string): string =>
    would ? `would ${many}` : number === 1 ? one : many;
  const parts = [
    ...(gains > 0 ? [`${plural(gains, 'learner')} ${verb(gains, 'gains', 'gain')} it`] : []),
    ...(loses > 0 ? [`${plural(loses, 'learner')} ${verb(loses, 'loses', 'lose')} it`] : []),
    ...(moves > 0 ? [`${plural(moves, 'learner')} ${verb(moves, 'changes', 'change')} progress only`] : []),
  ];
  return parts.join(', ');
}

/** Per badge, then what follows outside, then what could not be asked again.
 *  @param listed badges whose lines stand elsewhere */
export function impactLines(
  { badges, moreBadges }: Pick<ReplayResult, 'badges' | 'moreBadges'>,
  counts: Readonly<Record<string, number>>,
  { would, listed = new Set() }: { readonly would: boolean; readonly listed?: ReadonlySet<string> },
): readonly string[] {
  const touched = badges.filter((impact) => impactText(impact, would) !== '');
  const calls = callsText(counts);
  const unverified = counts['kept unverified'] ?? 0;
  const unverifiedText =
    unverified === 1
      ? '1 contribution rests on an event no longer in the log: it is kept as it was recorded'
      : `${unverified} contributions rest on events no longer in the log: they are kept as they were recorded`;
  return [
    ...touched
      .filter(({ badge }) => !listed.has(badge))
      .map((impact) => `${shownText(impact.badge)}: ${impactText(impact, would)}`),
    ...(moreBadges ? ['... and further badges'] : []),
    ...(touched.length === 0 ? [`nobody on record ${would ? 'would gain or lose' : 'gains or loses'} anything`] : []),
    ...(calls === '' ? [] : [`${would ? 'would follow' : 'follows'}: ${calls}`]),
    ...(unverified > 0 ? [unverifiedText] : []),
  ];
}

/** `3 awards at credly, 1 revocation at credly, 4 announcements` */
function callsText(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .flatMap(([word, number]) => {
      const [, kind, lane] = /^(award|revoke) at (.*)$/.exec(word) ?? [];
      if (kind !== undefined) return [`${plural(number, kind === 'award' ? 'award' : 'revocation')} at ${lane}`];
      if (word === 'announcements') return [plural(number, 'announcement')];
      return word === 'no longer needed' ? [`${number} no longer needed`] : [];
    })
    .join(', ');
}

/** Some of those who gain or lose, by their usernames. */
export async function sampleLines(
  { sample }: Pick<ReplayResult, 'sample'>,
  { learners }: Pick<Services, 'learners'>,
): Promise<readonly string[]> {
  const found = await learners.findManyByIds(sample.flatMap(({ learner }) => learner ?? []));
  const byId = new Map(found.map((learner: Learner) => [learner.id, learner.username]));
  return sample.map(({ learner, badge, from, to }) => {
    const name = learner === null ? '(no learner yet)' : (byId.get(learner) ?? '(removed learner)');
    return `  ${shownText(name)}  ${shownText(badge)}  ${from} -> ${to}`;
  });
}
