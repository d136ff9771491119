/** The first page: what there is, what waits, what went wrong, what happened last. */

import { shownInstant, shownNumber, shownStatus, shownTime } from '../format.ts';
import { renderPage } from '../page.ts';
import { get, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { shownTroubles } from '../template-troubles.ts';
import { statusCounts, statusShares } from './progress-counts.ts';

const RECENT = 6;
const HOUR = 3_600_000;
/** The badges with the most learners; the list has all. */
const MOST_BADGES = 6;

export function dashboardRoutes(services: Services): readonly Route[] {
  return [
    get('/', 'look', async (req, res) => {
      await renderPage(req, res, 'dashboard', { title: 'Dashboard', section: 'dashboard' }, await dashboard(services));
    }),
  ];
}

async function dashboard(services: Services) {
  const { badges, progress, events, learners, credentials, access, health, clock } = services;
  const [definitions, counts, effects, awarded, runs, credentialCounts, learnerCount, accounts, report, eventCounts] =
    await Promise.all([
      badges.list(),
      progress.counts(),
      progress.effectCounts(),
      progress.list({ status: 'awarded', limit: RECENT }),
      credentials.runs({ limit: RECENT }),
      credentials.credentialCounts(),
      learners.count(),
      access.accounts(),
      health(),
      events.counts({ receivedFrom: new Date(clock.now().getTime() - HOUR) }),
    ]);
  const people = await learners.findManyByIds(awarded.items.map((item) => item.learnerId));
  const configurations = await credentials.configurations();
  const names = new Map(definitions.map((badge) => [badge.id, badge.name ?? badge.id]));
  const total = statusCounts(counts);
  return {
    noAccount: accounts.length === 0,
    templateTroubles: await shownTroubles(definitions, services),
    health: { status: shownStatus(report.status), troubles: troublesOf(report.checks) },
    figures: [
      figure(
        'Active badges',
        definitions.filter((badge) => badge.active).length,
        '/badges',
        `of ${definitions.length}`,
      ),
      figure('Events', sum(eventCounts), '/events?period=hour', 'in the last hour'),
      figure('Learners', learnerCount, '/progress', 'seen in events'),
      figure('In progress', total['in-progress'], '/progress?status=in-progress', 'begun, not complete'),
      figure('Awarded', total.awarded, '/progress?status=awarded', 'standing'),
      figure('Revoked', total.revoked, '/progress?status=revoked', 'taken back'),
      figure('Credentials', credentialCounts.available, '/credentials?status=available', 'PDFs available'),
    ],
    effects: {
      pending: shownNumber(effects.pending),
      failed: shownNumber(effects.failed),
      hasFailed: effects.failed > 0,
    },
    failedCredentials: credentialCounts.error,
    badges: definitions
      .map((badge) => ({
        href: `/badges/${encodeURIComponent(badge.id)}`,
        name: names.get(badge.id),
        ...statusShares(counts, badge.id),
      }))
      .toSorted((a, b) => b.total - a.total)
      .slice(0, MOST_BADGES),
    awards: awarded.items
      .flatMap((item) => (item.evaluated ? [] : [item]))
      .map((item) => ({
        learner: people.find((person) => person.id === item.learnerId)?.username ?? 'removed learner',
        href: `/learners/${encodeURIComponent(item.learnerId)}`,
        badge: names.get(item.badgeId) ?? item.badgeId,
        at: shownInstant(item.outcome.awardedAt),
      })),
    runs: runs.map((run) => ({
      context: configurations.find(({ id }) => id === run.configurationId)?.contextKey ?? 'removed configuration',
      status: shownStatus(run.state),
      at: shownTime(run.startedAt),
      generated: shownNumber(run.counts.generated),
      failed: shownNumber(run.counts.failed),
    })),
  };
}

function sum(counts: readonly { readonly count: number }[]): number {
  return counts.reduce((total, { count }) => total + count, 0);
}

function figure(label: string, value: number, href: string, note: string) {
  return { label, value: shownNumber(value), href, note };
}

function troublesOf(checks: Awaited<ReturnType<Services['health']>>['checks']) {
  return Object.entries(checks)
    .filter(([, check]) => check.status === 'degraded' || check.status === 'down')
    .map(([name, check]) => ({ name, message: check.message }));
}
