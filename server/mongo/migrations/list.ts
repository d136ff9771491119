/** The migrations, in the order of their numbers. One that was released is never changed. */

import { addOpenEffects } from './add-open-effects.ts';
import { carryOverBadges } from './carry-over-badges.ts';
import type { Migration } from './migration.ts';

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
];
