/** What can be asked of a list: its page, its files, and doing something to what was chosen in it. */

import { randomUUID } from 'node:crypto';
import type { Request, Response } from 'express';
import { InputError, NotFoundError } from '../../../plugin/errors.ts';
import { type FilledWords, msg, words } from '../../../plugin/words.ts';
import type { Translator } from '../../i18n/translator.ts';
import { createAudit } from '../audit/audit.ts';
import { type FieldError, textField, textFields } from '../forms/forms.ts';
import { confirmationError, TYPED_ABOVE, typedConfirmation } from '../forms/typed-confirmation.ts';
import { translatorOf } from '../middleware/speech.ts';
import { renderPage } from '../page.ts';
import { jobPath } from '../pages/jobs.ts';
import { actorOf, may } from '../people/identity.ts';
import type { Right } from '../people/rights.ts';
import { get, post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { mayOpen } from '../site-map.ts';
import { AT_ONCE, actionParameters, actOn, type ChosenRecords, LIST_ACTION, whereChosen } from './act.ts';
import { FORMATS, sendList } from './export.ts';
import { keepAddress } from './kept-address.ts';
import type { AnyList, BulkAction, Choice } from './list.ts';
import { listModel } from './page-model.ts';
import { queryOf, readState } from './state.ts';

const SAMPLE = 5;
const FORESEEN = 50;
const LONGEST_REASON = 500;

export function listRoutes(list: AnyList, services: Pick<Services, 'access' | 'clock' | 'jobs'>): readonly Route[] {
  const audit = createAudit(services);
  const word = list.path.slice(1);
  const within = words(list.titleWithin ?? list.title);
  const titleOf = ({ label }: BulkAction<unknown>): FilledWords =>
    words('{action}: {list}', { action: words(label), list: within });
  const actionAccess = list.actionAccess ?? list.access;

  const queryFrom = (req: Request): URLSearchParams => new URL(req.originalUrl, 'http://here').searchParams;

  async function chosenFrom(req: Request): Promise<ChosenRecords> {
    const state = await readState(list, new URLSearchParams(textField(req, 'query')));
    const query = queryOf(list, state);
    const ids = textField(req, 'which') === 'all' ? null : textFields(req, 'selected');
    // What comes in after the page that asks was shown has not been seen by whoever says yes.
    const shown = new Date(textField(req, 'until'));
    const until = Number.isNaN(shown.getTime()) ? services.clock.now() : shown;
    return { query, ids, until: until.toISOString() };
  }

  /** @throws NotFoundError */
  function actionFrom(req: Request, res: Response): BulkAction<unknown> {
    const name = textField(req, 'action');
    const action = (list.actions as readonly BulkAction<unknown>[] | undefined)?.find((one) => one.name === name);
    if (!action || !mayDo(res, action)) {
      throw new NotFoundError(
        'list-action',
        msg('there is no such action; go back to the list and choose one that it offers'),
      );
    }
    return action;
  }

  async function showChosen(req: Request, res: Response, errors: readonly FieldError[] = []): Promise<void> {
    const action = actionFrom(req, res);
    const chosen = await chosenFrom(req);
    const where = await whereChosen(list, chosen);
    const nothing = where === null || chosen.ids?.length === 0;
    const count = nothing ? 0 : await list.records.count(where, Number.MAX_SAFE_INTEGER);
    const sample = nothing
      ? []
      : (await list.records.page({ where, order: list.order, limit: action.foresee ? FORESEEN : SAMPLE })).items;
    const foreseen = action.foresee && (await Promise.all(sample.map((row: unknown) => action.foresee?.(row))));
    const context = await list.load(sample);
    const [first] = list.columns;
    const t = translatorOf(req, res);
    const frame = {
      title: titleOf(action),
      section: list.section,
      breadcrumbs: [...(list.breadcrumbs ?? []), { text: words(list.title), href: `${list.path}${chosen.query}` }],
      errors,
    };
    const model = {
      ...{
        action: action.name,
        label: t(action.label),
        consequence: t(action.consequence),
        actionPath: `/actions${list.path}`,
      },
      needsReason: action.needsReason ?? false,
      reason: textField(req, 'reason'),
      longestReason: LONGEST_REASON,
      choice: action.choice
        ? {
            label: t(action.choice.label),
            choices: (await choicesOf(action)).map(({ value, word: text }) => ({
              ...{ value, word: t.shown(text) },
              isChosen: value === textField(req, 'choice'),
            })),
          }
        : null,
      total: t.plural(count, ...list.noun),
      count,
      typed: action.isFinal ? typedConfirmation(count, typedAbove(action)) : null,
      isMany: count > atOnceOf(action),
      none: count === 0,
      sample: sample.map((row: unknown, n: number) => ({
        cell: first?.cell(row, context),
        foreseen: foreseen?.[n] ?? null,
      })),
      foreseen: foreseen
        ? tallied(
            foreseen.flatMap((one) => (one ? t.shown(one.word) : [])),
            t,
          )
        : null,
      looked: sample.length,
      until: chosen.until,
      more: Math.max(0, count - sample.length),
      query: chosen.query,
      which: chosen.ids === null ? 'all' : 'selected',
      selected: chosen.ids ?? [],
      backHref: `${list.path}${chosen.query}`,
    };
    await renderPage(req, res, 'list-action', frame, model, errors.length > 0 ? 422 : 200);
  }

  return [
    get(list.path, list.access, async (req, res) => {
      const t = translatorOf(req, res);
      const state = await readState(list, queryFrom(req));
      keepAddress(req, list.path, queryOf(list, state));
      const model = await listModel(list, state, t, (action) => may(res, actionAccess) && mayDo(res, action));
      const isOpen = ({ access, href }: { readonly access?: Right; readonly href: string }): boolean =>
        (access === undefined || may(res, access)) && mayOpen(res, href);
      const said = <Each extends { readonly text: string }>(one: Each): Each => ({ ...one, text: t(one.text) });
      const links = (list.links ?? []).filter(isOpen).map(said);
      const buttons = (list.buttons ?? []).filter(({ access }) => may(res, access)).map(said);
      const { section, breadcrumbs } = list;
      const empty = {
        title: t(model.empty.title),
        text: t(model.empty.text),
        links: model.empty.links.filter(isOpen).map(said),
      };
      await renderPage(
        req,
        res,
        'list',
        { title: words(list.title), section, ...(breadcrumbs && { breadcrumbs }) },
        { ...model, links, buttons, empty, explained: explainedIn(t) },
      );
    }),

    ...FORMATS.map((format) =>
      get(`/exports${list.path}.${format}`, list.access, async (req, res) => {
        const state = await readState(list, queryFrom(req));
        const { search, filters, date } = state;
        // What was written may be a name: that it was, is all that is kept.
        const isFree = new Set(
          list.filters.flatMap(({ name, isOpen, isWritten }) => (isOpen || isWritten ? name : [])),
        );
        const chosen = Object.entries({ ...filters, date }).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, isFree.has(name) ? true : value] as const],
        );
        const details = { ...Object.fromEntries(chosen), format, searched: search !== undefined };
        await audit(actorOf(res).name, 'list.exported', `list:${word}`, details);
        await sendList(res, list, state, format);
      }),
    ),

    ...((list.actions ?? []).length === 0
      ? []
      : [
          post(`/actions${list.path}`, actionAccess, (req, res) => showChosen(req, res)),
          post(`/actions${list.path}/done`, actionAccess, act),
        ]),
  ];

  function explainedIn(t: Translator) {
    const { title = '', terms = [] } = list.explained ?? {};
    return terms.length === 0
      ? null
      : { title: t(title), terms: terms.map(({ word: term, doc }) => ({ word: t(term), doc: t(doc) })) };
  }

  async function act(req: Request, res: Response): Promise<void> {
    const action = actionFrom(req, res);
    const reason = textField(req, 'reason').trim();
    if (action.needsReason && (reason === '' || reason.length > LONGEST_REASON)) {
      const message = words('the reason must have 1 to {limit} characters', { limit: LONGEST_REASON });
      return showChosen(req, res, [{ field: 'reason', message }]);
    }
    const choice = action.choice ? textField(req, 'choice') : '';
    if (action.choice && !(await choicesOf(action)).some(({ value }) => value === choice)) {
      const message = words('choose something under {label}', { label: words(action.choice.label) });
      return showChosen(req, res, [{ field: 'choice', message }]);
    }
    const chosen = await chosenFrom(req);
    const where = await whereChosen(list, chosen);
    if (where === null || chosen.ids?.length === 0) throw nothingChosen();
    const actor = actorOf(res).name;
    const count = await list.records.count(where, action.isFinal ? Number.MAX_SAFE_INTEGER : AT_ONCE + 1);
    if (count === 0) throw nothingChosen();
    const unsure = action.isFinal && confirmationError(req, count, typedAbove(action));
    if (unsure) return showChosen(req, res, [unsure]);
    const said = { ...(action.needsReason && { reason }), ...(action.choice && { choice }) };
    if (count > atOnceOf(action)) {
      const job = await services.jobs.request({
        kind: LIST_ACTION,
        title: titleOf(action),
        parameters: actionParameters(list, action, chosen, { reason, choice }),
        requestedBy: actor,
        reason: reason || null,
      });
      await audit(actor, action.audited, `job:${job.id}`, said);
      return res.redirect(303, jobPath(job.id));
    }
    const { items } = await list.records.page({ where, order: list.order, limit: AT_ONCE });
    const result = await actOn(items, action, { actor, reason, choice, runId: randomUUID() });
    const ids = items.map((row: unknown) => list.idOf(row));
    await audit(actor, action.audited, `list:${word}`, {
      ...result.counts,
      ids: ids.join(' ').slice(0, 4_000),
      ...said,
    });
    const t = translatorOf(req, res);
    const { failed = 0, ...rest } = result.counts;
    const frame = {
      title: words('{action}: what came of it', { action: words(action.label) }),
      section: list.section,
      breadcrumbs: [...(list.breadcrumbs ?? []), { text: words(list.title), href: `${list.path}${chosen.query}` }],
    };
    await renderPage(req, res, 'list-action-done', frame, {
      total: t.plural(items.length, ...list.noun),
      counts: Object.entries(rest).map(([text, number]) => ({ word: t(text), number: t.number(number) })),
      failed: t.number(failed),
      failures: result.failures.map(({ message, count: times }) => ({ message, count: t.number(times) })),
      seenAt: action.seenAt ? { text: t(action.seenAt.text), href: action.seenAt.href } : null,
      backHref: `${list.path}${chosen.query}`,
      backWord: t(within),
    });
  }
}

function typedAbove({ isGrave = false }: BulkAction<unknown>): number {
  return isGrave ? 0 : TYPED_ABOVE;
}

function atOnceOf({ atOnce = AT_ONCE }: BulkAction<unknown>): number {
  return atOnce;
}

function mayDo(res: Response, { access }: Pick<BulkAction<unknown>, 'access'>): boolean {
  return access === undefined || may(res, access);
}

function tallied(words: readonly string[], t: Translator) {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => ({ word, count: t.number(count) }));
}

async function choicesOf({ choice }: Pick<BulkAction<unknown>, 'choice'>): Promise<readonly Choice[]> {
  const { choices = [] } = choice ?? {};
  return typeof choices === 'function' ? choices() : choices;
}

function nothingChosen(): InputError {
  return new InputError(
    'nothing-chosen',
    msg('nothing was chosen; go back, tick what is meant and send the form again'),
  );
}
