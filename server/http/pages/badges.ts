/** Badges: the list, one badge with its rules, its former versions. */

import { NotFoundError } from '../../../plugin/errors.ts';
import type { BadgeDefinition, BadgeVersion } from '../../../plugin/ports/badge-store.ts';
import { shownNumber, shownStatus, shownTime } from '../format.ts';
import { pathText } from '../forms.ts';
import { renderPage } from '../page.ts';
import { get, type Route } from '../routes.ts';
import { createRuleReader } from '../rule-reader.ts';
import type { Services } from '../services.ts';
import { statusCounts, statusShares } from './progress-counts.ts';
import { penaltyRows, policySentences, requirementRows } from './rule-tables.ts';
import { ruleLines } from './rule-text.ts';

export const badgesCrumb = { text: 'Badges', href: '/badges' } as const;

export function badgePath(id: string): string {
  return `/badges/${encodeURIComponent(id)}`;
}

/** @throws NotFoundError `not-found.badge` */
export async function findBadge(services: Services, id: string): Promise<BadgeDefinition> {
  const found = await services.badges.get(id);
  if (!found) throw new NotFoundError('badge', 'there is no badge with this id; look it up in the list of badges');
  return found;
}

export function badgeRoutes(services: Services): readonly Route[] {
  const { badges, progress, environment } = services;
  const readRules = createRuleReader(environment);

  return [
    get('/badges', 'viewer', async (req, res) => {
      const [definitions, counts] = await Promise.all([badges.list(), progress.counts()]);
      const rows = definitions.map((badge) => {
        const count = statusCounts(counts, badge.id);
        return {
          ...summaryOf(badge, readRules(badge)?.evaluate),
          href: badgePath(badge.id),
          inProgress: shownNumber(count['in-progress']),
          awarded: shownNumber(count.awarded),
          revoked: shownNumber(count.revoked),
        };
      });
      await renderPage(req, res, 'badges', { title: 'Badges', section: 'badges' }, { badges: rows });
    }),

    get('/badges/:id', 'viewer', async (req, res) => {
      const definition = await findBadge(services, pathText(req, 'id'));
      const [history, counts] = await Promise.all([badges.history(definition.id), progress.counts()]);
      const rules = readRules(definition);
      const diagnostics = services.checkBadge(definition.source);
      const frame = { title: definition.name ?? definition.id, section: 'badges', breadcrumbs: [badgesCrumb] } as const;
      await renderPage(req, res, 'badge', frame, {
        ...summaryOf(definition, rules?.evaluate),
        href: badgePath(definition.id),
        lines: ruleLines(definition.source, diagnostics),
        troubles: diagnostics.length,
        policies: rules ? policySentences(rules) : [],
        requirements: rules ? requirementRows(rules) : [],
        penalties: rules ? penaltyRows(rules) : [],
        readable: rules !== null,
        progress: statusShares(counts, definition.id),
        progressHref: `/progress?badge=${encodeURIComponent(definition.id)}`,
        history: history.map((version) => ({
          ...versionOf(version),
          href: `${badgePath(definition.id)}/versions/${version.version}`,
          current: version.version === definition.version,
        })),
      });
    }),

    get('/badges/:id/versions/:version', 'viewer', async (req, res) => {
      const definition = await findBadge(services, pathText(req, 'id'));
      const history = await badges.history(definition.id);
      const version = history.find((candidate) => String(candidate.version) === pathText(req, 'version'));
      if (!version)
        throw new NotFoundError('badge-version', 'the badge has no such version; its page lists those it has');
      const breadcrumbs = [badgesCrumb, { text: definition.name ?? definition.id, href: badgePath(definition.id) }];
      await renderPage(
        req,
        res,
        'badge-version',
        { title: `Version ${version.version} of ${version.name ?? version.id}`, section: 'badges', breadcrumbs },
        { ...versionOf(version), href: badgePath(definition.id), lines: ruleLines(version.source) },
      );
    }),
  ];
}

function summaryOf(badge: BadgeDefinition, evaluate = false) {
  return {
    id: badge.id,
    name: badge.name ?? badge.id,
    template: badge.template,
    active: badge.active,
    status: shownStatus(!badge.active ? 'inactive' : evaluate ? 'evaluating' : 'active'),
    version: badge.version,
    updatedAt: shownTime(badge.updatedAt),
    updatedBy: badge.updatedBy,
  };
}

function versionOf(version: BadgeVersion) {
  const { removed, reason } = version;
  return { ...summaryOf(version), removed, reason };
}
