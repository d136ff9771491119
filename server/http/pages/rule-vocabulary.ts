/** What the rule editor in the browser checks and completes with. */

import { writeVocabulary } from '../../../plugin/badges/rule-vocabulary.ts';
import { knownValues } from '../../../plugin/events/known-values.ts';
import { get, type Route } from '../routes.ts';
import type { Services } from '../services.ts';

export const VOCABULARY_PATH = '/rules/vocabulary.json';

export function ruleVocabularyRoutes(services: Services): readonly Route[] {
  return [
    get(VOCABULARY_PATH, 'look', (_req, res) => {
      // Kept by the browser, and asked for anew each time: it changes with every badge that is saved.
      res.set('Cache-Control', 'private, no-cache');
      res.json(writeVocabulary(services.environment, services.badgeUpstreams(), knownValues));
    }),
  ];
}
