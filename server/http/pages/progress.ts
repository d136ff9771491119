/** Who is how far: the list over all learners and badges, and the search for one person. */

import type { Effect, Progress } from '../../../plugin/ports/progress-store.ts';
import { progressStatus, shownInstant, shownStatus, shownTime } from '../format.ts';
import { queryChoice, queryString, queryText } from '../forms.ts';
import { renderPage } from '../page.ts';
import { get, type Route } from '../routes.ts';
import type { Services } from '../services.ts';

const PAGE_SIZE = 50;
const MAX_FOUND = 50;
const STATUSES = ['in-progress', 'awarded', 'revoked', 'none'] as const;
const EFFECT_STATES = ['pending', 'failed'] as const;

export const progressCrumb = { text: 'Progress', href: '/progress' } as const;

export function learnerPath(learnerId: string): string {
  return `/learners/${encodeURIComponent(learnerId)}`;
}

export function whyPath(learnerId: string, badgeId: string): string {
  return `${learnerPath(learnerId)}/badges/${encodeURIComponent(badgeId)}`;
}

export function progressRoutes({ badges, progress, learners }: Services): readonly Route[] {
  return [
    get('/progress', 'look', async (req, res) => {
      const filters = {
        badge: queryText(req, 'badge'),
        status: queryChoice(req, 'status', STATUSES),
        effects: queryChoice(req, 'effects', EFFECT_STATES),
        search: queryText(req, 'search'),
      };
      const found = filters.search ? (await learners.list({ search: filters.search, limit: MAX_FOUND })).items : null;
      const definitions = await badges.list();
      const page =
        found?.length === 0
          ? { items: [], next: null }
          : await progress.list({
              badgeId: filters.badge,
              status: filters.status,
              effect: filters.effects && { state: filters.effects },
              learnerIds: found?.map((learner) => learner.id),
              after: queryText(req, 'after'),
              limit: PAGE_SIZE,
            });
      const people = found ?? (await learners.findManyByIds([...new Set(page.items.map((item) => item.learnerId))]));
      const learnerOf = new Map(people.map((learner) => [learner.id, learner]));
      const badgeNames = new Map(definitions.map((badge) => [badge.id, badge.name ?? badge.id]));
      await renderPage(
        req,
        res,
        'progress',
        { title: 'Progress', section: 'progress' },
        {
          filters,
          filtered: Object.values(filters).some((value) => value !== undefined),
          badges: definitions.map((badge) => ({ id: badge.id, name: badge.name ?? badge.id })),
          statuses: STATUSES.map((status) => ({ value: status, word: shownStatus(status).word })),
          effectStates: EFFECT_STATES.map((state) => ({ value: state, word: `${shownStatus(state).word} effects` })),
          // A learner without any progress can be found too: the page about them says why there is none.
          withoutProgress: (found ?? [])
            .filter((learner) => !page.items.some((item) => item.learnerId === learner.id))
            .map((learner) => ({ username: learner.username, href: learnerPath(learner.id) })),
          rows: page.items.map((item) => ({
            href: learnerPath(item.learnerId),
            whyHref: whyPath(item.learnerId, item.badgeId),
            learner: learnerOf.get(item.learnerId)?.username ?? 'removed learner',
            badge: badgeNames.get(item.badgeId) ?? item.badgeId,
            ...progressSummary(item),
          })),
          nextHref: page.next === null ? null : `/progress${queryString({ ...filters, after: page.next })}`,
          firstHref: queryText(req, 'after') === undefined ? null : `/progress${queryString(filters)}`,
        },
      );
    }),
  ];
}

export function progressSummary(progress: Progress) {
  const { outcome, effects, updatedAt } = progress;
  return {
    status: progressStatus(progress),
    percent: Math.round(outcome.progress * 100),
    groups: Object.entries(outcome.groups).map(([name, fulfilled]) => ({ name, fulfilled })),
    awardedAt: shownInstant(outcome.awardedAt),
    failed: countIn(effects, 'failed'),
    pending: countIn(effects, 'pending'),
    updatedAt: shownTime(updatedAt),
  };
}

function countIn(effects: readonly Effect[], state: Effect['state']): number {
  return effects.filter((effect) => effect.state === state).length;
}
