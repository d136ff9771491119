/** Every public event type of openedx-events 11.2, by name. */

import type { EventType } from '../../dsl/index.ts';
import { courseOutcomes } from './catalogue/course-outcomes.ts';
import { learnerActivity } from './catalogue/learner-activity.ts';
import { platform } from './catalogue/platform.ts';

export { BADGE_AWARDED, BADGE_REVOKED } from './catalogue/course-outcomes.ts';

export const eventCatalogue: ReadonlyMap<string, EventType> = new Map(
  [...courseOutcomes, ...learnerActivity, ...platform].map((type) => [type.name, type]),
);
