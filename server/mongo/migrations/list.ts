/** The migrations, in the order of their numbers. One that was released is never changed. */

import { addOpenEffects } from './add-open-effects.ts';
import { addSearchWords } from './add-search-words.ts';
import { carryOverBadges } from './carry-over-badges.ts';
import { carryOverReplays } from './carry-over-replays.ts';
import type { Migration } from './migration.ts';
import { announceTextContributions, announceTextOutcomes } from './text-fields.ts';

export const migrations: readonly Migration[] = [
  {
    number: 1,
    name: 'Put what the indexes of effects need into progress',
    breaking: false,
    run: addOpenEffects,
  },
  {
    number: 2,
    name: 'Take over rules that were kept as one document per badge',
    breaking: false,
    run: carryOverBadges,
  },
  {
    number: 3,
    name: 'Let credentials be found by every word of a name',
    breaking: false,
    run: addSearchWords,
  },
  {
    number: 4,
    name: 'Make jobs of the replays of dead letters',
    breaking: false,
    run: carryOverReplays,
  },
  {
    number: 5,
    name: 'Keep what counts for a badge as one text, document by document as they change',
    breaking: true,
    run: announceTextContributions,
  },
  {
    number: 6,
    name: 'Keep how far a learner has come as one text, document by document as they change',
    breaking: true,
    run: announceTextOutcomes,
  },
];
