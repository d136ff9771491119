/** Badges: the list, and one badge with its rules. */

import type { Request, Response } from 'express';
import { fromParameters, REPLAY } from '../../../plugin/badges/replay/replay-request.ts';
import { createRuleReader } from '../../../plugin/badges/rule-reader.ts';
import type { BadgeDefinition } from '../../../plugin/ports/badge-store.ts';
import { isOpen } from '../../../plugin/ports/job-store.ts';
import { holdersOf } from '../../../plugin/providers/template-holders.ts';
import { templateClause } from '../../../plugin/providers/template-use.ts';
import { crossingReferences } from '../../organisations/references.ts';
import { crossingWords } from '../../organisations/torn-designs.ts';
import { pathText, queryString } from '../forms/forms.ts';
import { translatorOf } from '../middleware/speech.ts';
import { whoseIs } from '../organisations/whose.ts';
import { renderPage } from '../page.ts';
import { templatePath } from '../providers/template-links.ts';
import { cannotBeIssued, shownTroubles } from '../providers/template-troubles.ts';
import { get, type Route } from '../routes.ts';
import { badgePath, badgesCrumb } from '../rules/badge-links.ts';
import type { Services } from '../services.ts';
import { findHistory, type History, summaryOf, versionOf, versionRows } from './badge-history.ts';
import { jobPath } from './jobs.ts';
import { statusShares } from './progress-counts.ts';
import { penaltyRows, policySentences, requirementRows } from './rule-tables.ts';
import { ruleLines } from './rule-text.ts';

const JOBS_LOOKED_AT = 20;

export function badgeRoutes(services: Services): readonly Route[] {
  const { badges, progress, environment } = services;
  const readRules = createRuleReader(environment);

  return [
    get('/badges/:id', 'look', async (req, res) => {
      const id = pathText(req, 'id');
      const [definition, history, counts] = await Promise.all([
        badges.get(id),
        findHistory(services, id),
        progress.counts([id]),
      ]);
      if (definition === null) return showRemoved(req, res, history);
      const rules = readRules(definition);
      const t = translatorOf(req, res);
      const diagnostics = services.checkBadge(definition.source);
      const frame = { title: definition.name ?? definition.id, section: 'badges', breadcrumbs: [badgesCrumb] } as const;
      await renderPage(req, res, 'badge', frame, {
        ...summaryOf(definition, rules?.evaluate),
        href: badgePath(definition.id),
        lines: ruleLines(definition.source, diagnostics),
        troubles: diagnostics.length,
        templateHref: await templateHref(definition, services),
        // said before it is activated, too, while nobody waits for it
        templateTroubles: (await shownTroubles([{ ...definition, active: true }], services)).map((trouble) => ({
          said: cannotBeIssued(trouble),
          templateHref: trouble.templateHref,
          makeHref: trouble.makeHref,
        })),
        policies: rules ? policySentences(rules, t) : [],
        requirements: rules ? requirementRows(rules, t) : [],
        penalties: rules ? penaltyRows(rules, t) : [],
        readable: rules !== null,
        whose: await whoseIs(services, { kind: 'badge', id: definition.id }),
        crossings: (await crossingReferences(services, { kind: 'badge', id: definition.id })).map(crossingWords),
        replay: await replayUnderWay(definition.id, services),
        replayHref: `/replays/new${queryString({ badge: definition.id })}`,
        progress: statusShares(counts, definition.id, t),
        progressHref: `/progress?badge=${encodeURIComponent(definition.id)}`,
        history: versionRows(history, badgePath(definition.id)),
      });
    }),
  ];
}

/** @returns the page of the template; null: it has none here */
async function templateHref(definition: BadgeDefinition, { providerStore }: Services): Promise<string | null> {
  const clause = templateClause(definition);
  if (clause === null) return null;
  const [held] = await holdersOf(clause, await providerStore.accounts(clause.provider), providerStore);
  return held ? templatePath(held.account, held.template) : null;
}

/** The page of a badge that is no longer in force. */
async function showRemoved(req: Request, res: Response, history: History): Promise<void> {
  const [latest] = history;
  const href = badgePath(latest.id);
  const frame = { title: latest.name ?? latest.id, section: 'badges', breadcrumbs: [badgesCrumb] } as const;
  await renderPage(req, res, 'badge-removed', frame, {
    ...versionOf(latest),
    href,
    history: versionRows(history, href),
  });
}

/** @returns the address of a job that is bringing its learners up to date; null: none is */
async function replayUnderWay(badgeId: string, { jobStore }: Services): Promise<string | null> {
  const { items } = await jobStore.list({ kind: REPLAY, limit: JOBS_LOOKED_AT });
  const job = items.find(({ state, parameters }) => {
    const { badges, dryRun } = fromParameters(parameters);
    return isOpen(state) && !dryRun && (badges === null || badges.includes(badgeId));
  });
  return job ? jobPath(job.id) : null;
}
