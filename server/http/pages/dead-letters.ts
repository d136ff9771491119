/** A dead letter, and what a person can do about it. */

import type { Request, Response } from 'express';
import { ConflictError, NotFoundError } from '../../../plugin/errors.ts';
import { maskBody } from '../../../plugin/events/mask.ts';
import type { DeadLetter } from '../../../plugin/ports/dead-letters.ts';
import { msg, words } from '../../../plugin/words.ts';
import { createAudit } from '../audit/audit.ts';
import { type FieldError, pathText, textField } from '../forms/forms.ts';
import { renderPage } from '../page.ts';
import { actorOf } from '../people/identity.ts';
import { get, post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { shownSize, shownTime } from '../words/format.ts';
import { letterPath, letterRow, shownForecast, shownReplay } from './dead-letter-rows.ts';

const MAX_NOTE = 500;

const eventsCrumb = { text: words('Events'), href: '/events' } as const;
const crumb = { text: words('Dead letters'), href: '/dead-letters' } as const;
const noteMissing: FieldError = {
  field: 'note',
  message: msg('Say why; whoever looks for these messages later will want to know'),
};

export function deadLetterRoutes(services: Services): readonly Route[] {
  const { deadLetters, replays, clock } = services;
  const audit = createAudit(services);

  const showLetter = async (
    req: Request,
    res: Response,
    letter: DeadLetter,
    errors: readonly FieldError[] = [],
  ): Promise<void> => {
    const row = letterRow(letter);
    const forecast = letter.state === 'open' ? shownForecast(await replays.forecastLetter(letter.id)) : null;
    const frame = {
      title: words('Dead letter {type}', { type: row.type }),
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
      from: words('{exchange}, routing key {key}, queue {queue}', {
        ...{ exchange: letter.exchange, key: letter.routingKey, queue: letter.queue },
      }),
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
        msg('there is no such dead letter; settled ones are removed after some time, and the list has those there are'),
      );
    return letter;
  };

  const noteOf = (req: Request): string => textField(req, 'note').trim().slice(0, MAX_NOTE);

  return [
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
          msg('the dead letter has been settled already; reload the page to see by whom'),
        );
      await audit(actor, 'dead-letter.discarded', `dead-letter:${letter.id}`, { note });
      res.redirect(303, `${letterPath(letter.id)}?done=letters-discarded`);
    }),
  ];
}
