/** Badges and learners for machines. */

import { outcome } from '../../../dsl/index.ts';
import { findIdentity } from '../../../plugin/badges/find-learner.ts';
import { createRuleReader } from '../../../plugin/badges/rule-reader.ts';
import { toBadgeLine } from '../../../plugin/badges/simulate.ts';
import { createWhy } from '../../../plugin/badges/why.ts';
import { NotFoundError } from '../../../plugin/errors.ts';
import { pathText } from '../forms/forms.ts';
import { get, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { answer } from './answer.ts';
import { learnerAskedFor } from './caller.ts';
import { badgeLinesSchema, badgesSchema, whySchema } from './schemas.ts';

export function badgeApiRoutes(services: Services): readonly Route[] {
  const { badges, progress, learners, environment } = services;
  const readRules = createRuleReader(environment);
  const why = createWhy(services);

  return [
    get('/api/laurel/v1/badges', 'token badges:read', async (_req, res) => {
      const definitions = await badges.list();
      answer(
        res,
        badgesSchema,
        definitions.map(({ id, name, template, active, version, updatedAt, source }) => {
          return { id, name, template, active, version, updatedAt: updatedAt.toISOString(), source };
        }),
      );
    }),

    get('/api/laurel/v1/learners/:username/badges', 'learner or token badges:read', async (req, res) => {
      const learner = await learners.findByUsername(learnerAskedFor(res, pathText(req, 'username')));
      if (!learner)
        throw new NotFoundError('learner', 'no event has told of a learner with this username; check the spelling');
      const [definitions, documents] = await Promise.all([badges.list(), progress.ofLearner(learner.id)]);
      const reached = new Map(documents.map((document) => [document.badgeId, document]));
      const lines = definitions.flatMap((definition) => {
        const stored = reached.get(definition.id);
        // What is only evaluated is nobody's badge.
        if (stored) return stored.evaluated ? [] : [toBadgeLine(learner.username, definition.id, stored.outcome)];
        const rules = definition.active ? readRules(definition) : null;
        return rules && !rules.evaluate ? [toBadgeLine(learner.username, definition.id, outcome(rules, []))] : [];
      });
      answer(
        res,
        badgeLinesSchema,
        lines.sort((a, b) => (a.badge < b.badge ? -1 : 1)),
      );
    }),

    get('/api/laurel/v1/learners/:username/badges/:badge', 'token badges:read', async (req, res) => {
      const learner = await findIdentity(services, pathText(req, 'username'));
      answer(res, whySchema, await why(learner, pathText(req, 'badge')));
    }),
  ];
}
