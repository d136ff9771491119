/** Effects: what is to happen outside and has not yet, and the buttons to retry or give up one or all that match. */

import { isEffect, openEffects } from '../../../plugin/badges/effect-order.ts';
import {
  countMatching,
  SETTLE_EFFECTS,
  type Settlement,
  settleParameters,
} from '../../../plugin/badges/settle-effects.ts';
import type { EffectFilter, OpenEffect, Progress } from '../../../plugin/ports/progress-store.ts';
import { createAudit } from '../audit.ts';
import { counted, effectName, laneName, shownNumber, shownStatus, shownTime } from '../format.ts';
import { queryChoice, queryString, queryText, textField } from '../forms.ts';
import { actorOf } from '../identity.ts';
import { renderPage } from '../page.ts';
import { get, post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { jobPath } from './jobs.ts';
import { learnerPath } from './progress.ts';

const PAGE_SIZE = 50;
const STATES = ['pending', 'failed'] as const;
const KINDS = ['award', 'publish-awarded', 'revoke', 'publish-revoked'] as const;
const SETTLEMENTS: readonly Settlement[] = ['retry', 'give-up'];
const LONGEST_REASON = 500;

export function effectRoutes(services: Services): readonly Route[] {
  const { progress, learners, badges, jobs } = services;
  const audit = createAudit(services);

  return [
    get('/effects', 'look', async (req, res) => {
      const filter = filterOf({
        state: queryChoice(req, 'state', STATES),
        kind: queryChoice(req, 'kind', KINDS),
        lane: queryText(req, 'lane'),
        error: queryText(req, 'error'),
      });
      const after = queryText(req, 'after');
      const [page, groups, definitions] = await Promise.all([
        progress.list({ effect: filter, after, limit: PAGE_SIZE }),
        progress.effectGroups(),
        badges.list(),
      ]);
      const people = await learners.findManyByIds([...new Set(page.items.map(({ learnerId }) => learnerId))]);
      const usernames = new Map(people.map(({ id, username }) => [id, username]));
      const names = new Map(definitions.map(({ id, name }) => [id, name ?? id]));
      const choices = <Key extends keyof EffectFilter>(key: Key, word: (value: string) => string) =>
        [...new Set(groups.flatMap((group) => group[key] ?? []))].sort().map((value) => ({
          value,
          word: `${word(value)} (${shownNumber(countMatching(groups, { ...filter, [key]: value }))})`,
        }));
      await renderPage(
        req,
        res,
        'effects',
        { title: 'Effects', section: 'system' },
        {
          filter,
          filtered: Object.keys(filter).length > 0,
          states: choices('state', (value) => shownStatus(value).word),
          kinds: choices('kind', (value) => effectName(value as OpenEffect['kind'])),
          lanes: choices('lane', laneName),
          errors: choices('error', String),
          total: counted(countMatching(groups, filter), 'effect'),
          rows: page.items.flatMap((document) => {
            const learner = usernames.get(document.learnerId) ?? 'removed learner';
            const badge = names.get(document.badgeId) ?? document.badgeId;
            return rowsOf(document, filter, learner, badge);
          }),
          settlements: SETTLEMENTS.map((action) => ({
            action,
            word: action === 'retry' ? 'Retry all of these' : 'Give up all of these',
            href: `/effects/settle${queryString({ action, ...filter })}`,
          })),
          nextHref: page.next === null ? null : `/effects${queryString({ ...filter, after: page.next })}`,
          firstHref: after === undefined ? null : `/effects${queryString({ ...filter })}`,
        },
      );
    }),

    get('/effects/settle', 'operate', async (req, res) => {
      const settlement = queryChoice(req, 'action', SETTLEMENTS) ?? 'retry';
      const filter = filterOf({
        state: queryChoice(req, 'state', STATES),
        kind: queryChoice(req, 'kind', KINDS),
        lane: queryText(req, 'lane'),
        error: queryText(req, 'error'),
      });
      const groups = (await progress.effectGroups()).filter((group) => countMatching([group], filter) > 0);
      const frame = {
        title: settlement === 'retry' ? 'Retry effects' : 'Give up effects',
        section: 'system',
        breadcrumbs: [{ text: 'Effects', href: `/effects${queryString({ ...filter })}` }],
      } as const;
      await renderPage(req, res, 'effects-settle', frame, {
        settlement,
        filter,
        total: counted(countMatching(groups, filter), 'effect'),
        none: groups.length === 0,
        groups: groups.map(({ state, kind, lane, error, count }) => ({
          name: effectName(kind),
          lane: laneName(lane),
          status: shownStatus(state),
          error,
          count: shownNumber(count),
        })),
        cancelHref: `/effects${queryString({ ...filter })}`,
        longestReason: LONGEST_REASON,
      });
    }),

    post('/effects/settle', 'operate', async (req, res) => {
      const settlement: Settlement = textField(req, 'action') === 'give-up' ? 'give-up' : 'retry';
      const field = (name: string): string | undefined => textField(req, name) || undefined;
      const filter = filterOf({
        state: STATES.find((state) => state === field('state')),
        kind: KINDS.find((kind) => kind === field('kind')),
        lane: field('lane'),
        error: field('error'),
      });
      const actor = actorOf(res).name;
      const job = await jobs.request({
        kind: SETTLE_EFFECTS,
        title: `${settlement === 'retry' ? 'Retry' : 'Give up'} ${describe(filter)}`,
        parameters: settleParameters(settlement, filter),
        requestedBy: actor,
        reason: field('reason')?.slice(0, LONGEST_REASON) ?? null,
      });
      await audit(actor, settlement === 'retry' ? 'effects.retried' : 'effects.given-up', `job:${job.id}`, {
        ...filter,
      });
      res.redirect(303, jobPath(job.id));
    }),
  ];
}

/** Without the members that are not set: what is left out, is any. */
function filterOf(fields: EffectFilter): EffectFilter {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** `failed effects at memory because of provider.refused` */
function describe({ state, kind, lane, error }: EffectFilter): string {
  return [
    state === undefined ? 'open effects' : `${state} effects`,
    ...(kind === undefined ? [] : [`of the kind ${kind}`]),
    ...(lane === undefined ? [] : [`at ${laneName(lane)}`]),
    ...(error === undefined ? [] : [`because of ${error}`]),
  ].join(' ');
}

function rowsOf(document: Progress, filter: EffectFilter, learner: string, badge: string) {
  const base = `${learnerPath(document.learnerId)}/badges/${encodeURIComponent(document.badgeId)}/effects`;
  return openEffects(document)
    .filter((open) => isEffect(open, filter))
    .map((open) => {
      const effect = document.effects.find(({ id }) => id === open.id);
      return {
        learner,
        learnerHref: learnerPath(document.learnerId),
        badge,
        name: effectName(open.kind),
        lane: laneName(open.lane),
        status: shownStatus(open.state),
        attempts: effect?.attempts ?? 0,
        dueAt: open.state === 'pending' ? shownTime(open.dueAt) : null,
        waits: open.state === 'pending' && open.dueAt === null,
        error: effect?.lastError ? { code: effect.lastError.code, message: effect.lastError.message } : null,
        retryAction: `${base}/${encodeURIComponent(open.id)}/retry`,
      };
    });
}
