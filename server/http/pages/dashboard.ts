/** The first page: what there is, what moves, what waits, what went wrong, what happened last. */

import { hourOf } from '../../../plugin/ports/activity-store.ts';
import type { BadgeStages } from '../../../plugin/ports/progress-store.ts';
import { msg, words } from '../../../plugin/words.ts';
import type { Translator } from '../../i18n/translator.ts';
import { hoursOf, type Period, periods, shownActivity } from '../dashboard/activity.ts';
import { firstSteps, shownSteps } from '../dashboard/first-steps.ts';
import { shownFunnels } from '../dashboard/funnel.ts';
import { readPulse } from '../dashboard/pulse.ts';
import { thrifty } from '../dashboard/thrifty.ts';
import { queryChoice, queryString } from '../forms/forms.ts';
import { translatorOf } from '../middleware/speech.ts';
import { renderPage } from '../page.ts';
import { may } from '../people/identity.ts';
import { shownTroubles } from '../providers/template-troubles.ts';
import { get, type Route } from '../routes.ts';
import { badgePath } from '../rules/badge-links.ts';
import type { Services } from '../services.ts';
import { shownInstant, shownStatus, shownTime } from '../words/format.ts';

const RECENT = 6;

export function dashboardRoutes(services: Services): readonly Route[] {
  const { badges, progress, learners, credentials } = services;
  // What is counted over everything that is kept.
  const totals = thrifty(
    async () => {
      const ids = (await badges.list()).map(({ id }) => id);
      const [stages, learnerCount, made] = await Promise.all([
        progress.stages(ids),
        learners.count(),
        credentials.credentialCounts(),
      ]);
      return { stages, learnerCount, made };
    },
    { date: () => services.clock.now() },
  );

  async function dashboard(period: Period, t: Translator) {
    const { access, health, activity, clock } = services;
    const now = clock.now();
    const hours = hoursOf(period, now);
    const [definitions, effects, awarded, runs, accounts, report, lately, happened, pulse, known] = await Promise.all([
      badges.list(),
      progress.effectCounts(),
      progress.list({ status: 'awarded', limit: RECENT }),
      credentials.runs({ limit: RECENT }),
      access.accounts(),
      health(),
      activity.between(hourOf(now), now),
      activity.between(hours.from, hours.to),
      readPulse(services),
      totals(),
    ]);
    const { stages, learnerCount, made } = known?.result ?? { stages: null, learnerCount: null, made: null };
    const total = stages && sumOf(stages);
    const people = await learners.findManyByIds(awarded.items.map((item) => item.learnerId));
    const configurations = await credentials.configurations();
    const names = new Map(definitions.map((badge) => [badge.id, badge.name ?? badge.id]));
    return {
      noAccount: accounts.length === 0,
      templateTroubles: await shownTroubles(definitions, services),
      health: { status: shownStatus(report.status), troubles: troublesOf(report.checks) },
      asOf: known && shownTime(known.at),
      figures: [
        figure(
          t('Active badges'),
          definitions.filter((badge) => badge.active).length,
          '/badges',
          t('of {total}', { total: definitions.length }),
        ),
        figure(
          t('Events'),
          lately.reduce((sum, { counts: { events } }) => sum + events, 0),
          '/events?period=hour',
          t('this hour'),
        ),
        figure(t('Learners'), learnerCount, '/progress', t('seen in events')),
        figure(
          t('In progress'),
          total && total.begun - total.complete - total.revoked,
          '/progress?status=in-progress',
          t('begun, not complete'),
        ),
        figure(t('Awarded'), total?.complete ?? null, '/progress?status=awarded', t('standing')),
        figure(t('Revoked'), total?.revoked ?? null, '/progress?status=revoked', t('taken back')),
        figure(t('Credentials'), made?.available ?? null, '/credentials?status=available', t('PDFs available')),
      ],
      activity: shownActivity(happened, period, now, t),
      funnels: stages && shownFunnels(definitions, stages, t),
      pulse,
      effects: { failed: effects.failed, hasFailed: effects.failed > 0 },
      failedCredentials: made?.error ?? null,
      awards: awarded.items
        .flatMap((item) => (item.evaluated ? [] : [item]))
        .map((item) => ({
          learner: people.find((person) => person.id === item.learnerId)?.username ?? t('removed learner'),
          href: `/learners/${encodeURIComponent(item.learnerId)}`,
          badge: names.get(item.badgeId) ?? item.badgeId,
          badgeHref: badgePath(item.badgeId),
          at: shownInstant(item.outcome.awardedAt),
        })),
      runs: runs.map((run) => ({
        context: configurations.find(({ id }) => id === run.configurationId)?.contextKey ?? null,
        status: shownStatus(run.state),
        at: shownTime(run.startedAt),
        generated: run.counts.generated,
        failed: run.counts.failed,
      })),
    };
  }

  return [
    get('/', 'look', async (req, res) => {
      const t = translatorOf(req, res);
      const period = queryChoice(req, 'period', periods) ?? 'day';
      const canStep = may(res, 'administer');
      const stepsHidden = canStep && (await services.installation.areStepsHidden());
      const isLive = queryChoice(req, 'live', ['on']) === 'on';
      const address = (chosen: Period, live: boolean) =>
        `/${queryString({ period: chosen === 'day' ? undefined : chosen, live: live ? 'on' : undefined })}`;
      await renderPage(
        req,
        res,
        'dashboard',
        { title: words('Dashboard'), section: 'dashboard' },
        {
          ...(await dashboard(period, t)),
          steps: canStep && !stepsHidden ? shownSteps(await firstSteps(services)) : null,
          stepsHidden,
          isLive,
          here: address(period, isLive),
          otherLive: address(period, !isLive),
          periods: periods.map((one) => ({
            word: t(PERIOD_WORDS[one]),
            href: address(one, isLive),
            isChosen: one === period,
          })),
        },
      );
    }),
  ];
}

const PERIOD_WORDS = { day: msg('24 hours'), month: msg('30 days') } as const satisfies Record<Period, string>;

/** @param value null: it is still being counted */
function figure(label: string, value: number | null, href: string, note: string) {
  return { label, value, href, note };
}

function sumOf(stages: readonly BadgeStages[]) {
  const sum = { begun: 0, complete: 0, revoked: 0 };
  for (const { begun, complete, revoked } of stages) {
    sum.begun += begun;
    sum.complete += complete;
    sum.revoked += revoked;
  }
  return sum;
}

function troublesOf(checks: Awaited<ReturnType<Services['health']>>['checks']) {
  return Object.entries(checks)
    .filter(([, check]) => check.status === 'degraded' || check.status === 'down')
    .map(([name, check]) => ({ name, message: check.message }));
}
