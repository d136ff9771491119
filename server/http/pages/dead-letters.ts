/** Dead letters: the list, one of them, and what a person can do about them. */

import type { Request, Response } from 'express';
import { REPLAY_DEAD_LETTERS } from '../../../plugin/dead-letters/replay-job.ts';
import { ConflictError, InputError, NotFoundError } from '../../../plugin/errors.ts';
import { maskBody } from '../../../plugin/events/mask.ts';
import { DEAD_LETTER_STATES, type DeadLetter, type DeadLetterFilter } from '../../../plugin/ports/dead-letters.ts';
import { createAudit } from '../audit.ts';
import { counted, shownNumber, shownSize, shownStatus, shownTime } from '../format.ts';
import { type FieldError, pathText, queryString, queryText, textField } from '../forms.ts';
import { actorOf } from '../identity.ts';
import { renderPage } from '../page.ts';
import { get, post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import {
  AGES,
  chosenIds,
  filterOf,
  letterPath,
  letterQuery,
  letterRow,
  packFilter,
  shownForecast,
  shownForecastCounts,
  shownReplay,
  unpackFilter,
} from './dead-letter-rows.ts';
import { jobPath, shownJob } from './jobs.ts';

const PAGE_SIZE = 50;
/** Letters whose replay the page foretells one by one. */
const FORETOLD = 50;
const JOBS = 5;
const MAX_NOTE = 500;

const eventsCrumb = { text: 'Events', href: '/events' } as const;
const crumb = { text: 'Dead letters', href: '/dead-letters' } as const;
const noteMissing: FieldError = {
  field: 'note',
  message: 'Say why; whoever looks for these messages later will want to know',
};

export function deadLetterRoutes(services: Services): readonly Route[] {
  const { deadLetters, replays, jobStore, clock } = services;
  const audit = createAudit(services);

  const showCheck = async (
    req: Request,
    res: Response,
    filter: Omit<DeadLetterFilter, 'state'>,
    errors: readonly FieldError[] = [],
  ): Promise<void> => {
    const { total, counts, letters } = await replays.forecast(filter, FORETOLD);
    const found = await Promise.all(letters.map(({ id }) => deadLetters.letter(id)));
    const frame = { title: 'Replay or discard', section: 'events', breadcrumbs: [eventsCrumb, crumb], errors } as const;
    const model = {
      total,
      amount: counted(total, 'dead letter'),
      looked: letters.length,
      counts: shownForecastCounts(counts),
      packed: packFilter(filter),
      rows: letters.flatMap(({ forecast }, index) => {
        const letter = found[index];
        return letter ? [{ ...letterRow(letter), forecast: shownForecast(forecast) }] : [];
      }),
    };
    await renderPage(req, res, 'dead-letter-check', frame, model, errors.length > 0 ? 422 : 200);
  };

  const showLetter = async (
    req: Request,
    res: Response,
    letter: DeadLetter,
    errors: readonly FieldError[] = [],
  ): Promise<void> => {
    const row = letterRow(letter);
    const forecast = letter.state === 'open' ? shownForecast(await replays.forecastLetter(letter.id)) : null;
    const frame = {
      title: `Dead letter ${row.type}`,
      section: 'events',
      breadcrumbs: [eventsCrumb, crumb],
      errors,
    } as const;
    const model = {
      ...row,
      open: letter.state === 'open',
      eventType: letter.eventType,
      source: letter.source,
      deaths: letter.deaths,
      firstErrorAt: shownTime(letter.firstErrorAt),
      from: `${letter.exchange}, routing key ${letter.routingKey}, queue ${letter.queue}`,
      contentType: letter.contentType,
      size: shownSize(letter.bodyBytes),
      headers: Object.keys(letter.headers).sort(),
      payload: maskBody(services.environment.eventTypes.get(letter.eventType ?? ''), letter.body),
      forecast,
      lastReplay: letter.lastReplay && shownReplay(letter.lastReplay),
      settled: letter.settled && { ...letter.settled, at: shownTime(letter.settled.at) },
    };
    await renderPage(req, res, 'dead-letter', frame, model, errors.length > 0 ? 422 : 200);
  };

  const find = async (req: Request): Promise<DeadLetter> => {
    const letter = await deadLetters.letter(pathText(req, 'id'));
    if (!letter)
      throw new NotFoundError(
        'dead-letter',
        'there is no such dead letter; settled ones are removed after some time, and the list has those there are',
      );
    return letter;
  };

  const chosen = (req: Request): Omit<DeadLetterFilter, 'state'> => {
    const filter = unpackFilter(textField(req, 'chosen'));
    if (!filter)
      throw new InputError(
        'form-incomplete',
        'the form is incomplete; go back, load the page again and send it once more',
      );
    return filter;
  };

  const noteOf = (req: Request): string => textField(req, 'note').trim().slice(0, MAX_NOTE);

  return [
    get('/dead-letters', 'look', async (req, res) => {
      const query = letterQuery(req);
      const [page, counts, jobs, open] = await Promise.all([
        deadLetters.letters({ ...filterOf(query, clock.now()), after: queryText(req, 'after'), limit: PAGE_SIZE }),
        deadLetters.openCounts(),
        jobStore.list({ kind: REPLAY_DEAD_LETTERS, limit: JOBS }),
        deadLetters.count({ state: 'open' }),
      ]);
      const { state, ...others } = query;
      const address = { ...others, state: state === 'open' ? undefined : state };
      await renderPage(
        req,
        res,
        'dead-letters',
        { title: 'Dead letters', section: 'events', breadcrumbs: [eventsCrumb] },
        {
          filters: query,
          filtered: Object.values(address).some((value) => value !== undefined),
          states: DEAD_LETTER_STATES.map((value) => ({ value, word: shownStatus(value).word })),
          reasons: [
            ...new Set([...counts.map(({ reason }) => reason), ...(query.reason ? [query.reason] : [])]),
          ].sort(),
          types: [
            ...new Set([
              ...counts.flatMap(({ eventType }) => eventType ?? []),
              ...(query.type === undefined ? [] : [query.type]),
            ]),
          ].sort(),
          ages: AGES,
          open: counted(open, 'dead letter'),
          counts: counts.map(({ reason, eventType, count }) => ({
            reason,
            type: eventType ?? 'no type',
            count: shownNumber(count),
            href: `/dead-letters${queryString({ reason, type: eventType ?? undefined })}`,
          })),
          choosable: state === 'open',
          rows: page.items.map(letterRow),
          jobs: jobs.items.map(shownJob),
          nextHref: page.next === null ? null : `/dead-letters${queryString({ ...address, after: page.next })}`,
          firstHref: queryText(req, 'after') === undefined ? null : `/dead-letters${queryString(address)}`,
        },
      );
    }),

    get('/dead-letters/check', 'look', async (req, res) => {
      const now = clock.now();
      const { state: _, ...filter } = filterOf(letterQuery(req), now);
      const ids = chosenIds(req);
      await showCheck(req, res, { ...(ids ? { ids } : filter), diedUntil: ids ? now : (filter.diedUntil ?? now) });
    }),

    post('/dead-letters/replay', 'operate', async (req, res) => {
      const actor = actorOf(res).name;
      const { job, letters } = await replays.begin(chosen(req), actor);
      await audit(actor, 'dead-letters.replayed', `job:${job.id}`, { letters });
      res.redirect(303, `${jobPath(job.id)}?done=replay-started`);
    }),

    post('/dead-letters/discard', 'operate', async (req, res) => {
      const filter = chosen(req);
      const note = noteOf(req);
      if (note === '') return showCheck(req, res, filter, [noteMissing]);
      const actor = actorOf(res).name;
      const count = await deadLetters.discard(filter, { at: clock.now(), by: actor, note });
      await audit(actor, 'dead-letters.discarded', 'dead-letters', { letters: count, note });
      res.redirect(303, '/dead-letters?done=letters-discarded');
    }),

    get('/dead-letters/:id', 'look', async (req, res) => showLetter(req, res, await find(req))),

    post('/dead-letters/:id/replay', 'operate', async (req, res) => {
      const id = pathText(req, 'id');
      const actor = actorOf(res).name;
      const { outcome } = await replays.letter(id, actor);
      await audit(actor, 'dead-letter.replayed', `dead-letter:${id}`, { outcome });
      res.redirect(303, `${letterPath(id)}?done=letter-replayed`);
    }),

    post('/dead-letters/:id/discard', 'operate', async (req, res) => {
      const letter = await find(req);
      const note = noteOf(req);
      if (note === '') return showLetter(req, res, letter, [noteMissing]);
      const actor = actorOf(res).name;
      if ((await deadLetters.discard({ ids: [letter.id] }, { at: clock.now(), by: actor, note })) === 0)
        throw new ConflictError(
          'dead-letter-settled',
          'the dead letter has been settled already; reload the page to see by whom',
        );
      await audit(actor, 'dead-letter.discarded', `dead-letter:${letter.id}`, { note });
      res.redirect(303, `${letterPath(letter.id)}?done=letters-discarded`);
    }),
  ];
}
