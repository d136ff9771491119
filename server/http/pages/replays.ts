/** Asking for a replay, and for a check of all progress. */

import type { Request, Response } from 'express';
import { type Instant, toInstant } from '../../../dsl/index.ts';
import { toReason } from '../../../plugin/badges/reason.ts';
import { CHECK_PROGRESS, checkParameters } from '../../../plugin/badges/replay/check-progress.ts';
import {
  REPLAY,
  type ReplayRequest,
  replayRequest,
  toParameters,
} from '../../../plugin/badges/replay/replay-request.ts';
import { msg, words } from '../../../plugin/words.ts';
import { createAudit } from '../audit/audit.ts';
import { type FieldError, queryText, textField } from '../forms/forms.ts';
import { renderPage } from '../page.ts';
import { actorOf } from '../people/identity.ts';
import { get, post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { shortEventType } from '../words/format.ts';
import { activeBadges, replayDetails, replayTitle } from '../words/replay-words.ts';
import { jobPath, jobsCrumb } from './jobs.ts';
import { reasonError } from './reason-field.ts';

/** As it was typed. */
interface Asked {
  readonly badge: string;
  readonly type: string;
  readonly from: string;
  readonly to: string;
  readonly backfill: boolean;
  readonly reason: string;
}

export function replayRoutes(services: Services): readonly Route[] {
  const { badges, environment, jobs } = services;
  const audit = createAudit(services);

  async function show(req: Request, res: Response, asked: Asked, errors: readonly FieldError[] = []): Promise<void> {
    const frame = { title: words('Replay events'), section: 'system', breadcrumbs: [jobsCrumb], errors } as const;
    const active = (await badges.list()).filter((badge) => badge.active);
    const model = {
      ...asked,
      badges: active.map(({ id, name }) => ({ value: id, word: name ?? id })),
      types: [...environment.eventTypes.keys()].map((value) => ({ value, word: shortEventType(value) })),
    };
    await renderPage(req, res, 'replay-new', frame, model, errors.length > 0 ? 422 : 200);
  }

  return [
    get('/replays/new', 'operate', (req, res) => {
      const badge = queryText(req, 'badge') ?? '';
      return show(req, res, { badge, type: '', from: '', to: '', backfill: false, reason: '' });
    }),

    post('/replays', 'operate', async (req, res) => {
      const field = (name: string): string => textField(req, name).trim();
      const asked = {
        ...{ badge: field('badge'), type: field('type'), from: field('from'), to: field('to') },
        ...{ backfill: field('backfill') === 'yes', reason: textField(req, 'reason') },
      };
      const errors = errorsOf(asked, services);
      if (errors.length > 0) return show(req, res, asked, errors);
      const request = await requestOf(asked, field('intent') !== 'run', services);
      const actor = actorOf(res).name;
      const job = await jobs.request({
        kind: REPLAY,
        title: replayTitle(request),
        parameters: toParameters(request),
        requestedBy: actor,
        reason: toReason(asked.reason),
      });
      await audit(actor, 'replay.requested', `job:${job.id}`, replayDetails(request));
      res.redirect(303, jobPath(job.id));
    }),

    post('/progress/check', 'operate', async (_req, res) => {
      const actor = actorOf(res).name;
      const job = await jobs.request({
        kind: CHECK_PROGRESS,
        title: msg('Check and repair all progress'),
        parameters: checkParameters(true),
        requestedBy: actor,
      });
      await audit(actor, 'progress.checked', `job:${job.id}`, { repair: true });
      res.redirect(303, jobPath(job.id));
    }),
  ];
}

function errorsOf(asked: Asked, { environment }: Services): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const field of ['from', 'to'] as const) {
    if (asked[field] !== '' && toInstant(asked[field]) === null)
      errors.push({ field, message: msg('Write a date, e.g. 2026-03-01.') });
  }
  const [from, to] = [toInstant(asked.from), toInstant(asked.to)];
  if (from !== null && to !== null && from >= to)
    errors.push({ field: 'to', message: msg('The end must come after the beginning.') });
  if (asked.type !== '' && !environment.eventTypes.has(asked.type))
    errors.push({ field: 'type', message: msg('There is no such event type; choose one of the list.') });
  const reason = reasonError(asked.reason);
  return reason === null ? errors : [...errors, reason];
}

/** @throws NotFoundError, InputError where the badge is not active any more */
async function requestOf(asked: Asked, dryRun: boolean, services: Services): Promise<ReplayRequest> {
  return replayRequest({
    badges: asked.badge === '' ? null : await activeBadges([asked.badge], services),
    types: asked.type === '' ? null : [asked.type],
    from: instantOf(asked.from),
    to: instantOf(asked.to),
    membership: asked.backfill ? 'backfill' : 'as-received',
    dryRun,
  });
}

function instantOf(text: string): Instant | null {
  return text === '' ? null : toInstant(text);
}
