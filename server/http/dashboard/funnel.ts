/** How many learners are left at each stage of a badge, from the first event that counted to what the provider says. */

import type { BadgeDefinition } from '../../../plugin/ports/badge-store.ts';
import type { BadgeStages } from '../../../plugin/ports/progress-store.ts';
import { msg } from '../../../plugin/words.ts';
import { sourceTranslator, type Translator } from '../../i18n/translator.ts';

type Stage = Exclude<keyof BadgeStages, 'badgeId' | 'revoked'>;

const stageWords: readonly (readonly [Stage, string])[] = [
  ['begun', msg('Begun')],
  ['partDone', msg('Part done')],
  ['complete', msg('Complete')],
  ['issued', msg('Issued')],
  ['accepted', msg('Accepted')],
];

/** The badges with the most learners; the list has all. */
const MOST_BADGES = 6;

export function shownFunnels(
  definitions: readonly Pick<BadgeDefinition, 'id' | 'name' | 'active'>[],
  all: readonly BadgeStages[],
  t: Translator = sourceTranslator(),
) {
  const nothing = { begun: 0, partDone: 0, complete: 0, issued: 0, accepted: 0 };
  return definitions
    .map(({ id, name, active }) => ({ id, name, active, stages: all.find(({ badgeId }) => badgeId === id) ?? nothing }))
    .toSorted((a, b) => b.stages.begun - a.stages.begun || Number(b.active) - Number(a.active))
    .slice(0, MOST_BADGES)
    .map(({ id, name, stages }) => ({
      href: `/badges/${encodeURIComponent(id)}`,
      name: name ?? id,
      begun: stages.begun,
      stages: stageWords
        // Only some providers say whether a badge was accepted.
        .filter(([stage]) => stage !== 'accepted' || stages.accepted > 0)
        .map(([stage, word]) => ({
          word: t(word),
          count: t.number(stages[stage]),
          width: stages.begun === 0 ? 0 : Math.min(100, Math.round((stages[stage] / stages.begun) * 100)),
        })),
    }));
}
