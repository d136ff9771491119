/** Two people changed the same thing through the same form. Nothing is overwritten unseen: whoever saves second chooses, field by
 *  field, between what it was, what the other made of it and their own. A form carries what it was made from, so that this can be
 *  told without a history. */

import type { Request, Response } from 'express';
import { type FilledWords, words } from '../../../plugin/words.ts';
import type { Translator } from '../../i18n/translator.ts';
import { translatorOf } from '../middleware/speech.ts';
import { type Frame, renderPage } from '../page.ts';
import type { Services } from '../services.ts';
import { shownTime } from '../words/format.ts';
import { incompleteForm, queryString, textField, withPlainLineEnds } from './forms.ts';

/** What the fields of a form hold, by their names. */
export type Values = Readonly<Record<string, string>>;

export interface FormField {
  readonly name: string;
  /** To be looked up. */
  readonly label: string;
  /** How a value reads, where it is no text that somebody typed. */
  word?(value: string, t: Translator): string;
  /** Where a value is a picture: its address; null: there is none. */
  picture?(value: string): string | null;
}

/** For the hidden field `opened`. A form that is shown again was still made from what it was made from. */
export function openedText(req: Request, values: Values): string {
  return textField(req, 'opened') || JSON.stringify(values);
}

/** What the form was made from. @throws InputError `input.form-incomplete` */
export function openedValues(req: Request, fields: readonly FormField[]): Values {
  const sent = openedObject(req);
  return Object.fromEntries(
    fields.map(({ name }) => {
      const value: unknown = Object.hasOwn(sent, name) ? sent[name] : undefined;
      if (typeof value !== 'string') throw incompleteForm();
      return [name, value];
    }),
  );
}

function openedObject(req: Request): Readonly<Record<string, unknown>> {
  try {
    const sent: unknown = JSON.parse(textField(req, 'opened'));
    if (typeof sent === 'object' && sent !== null) return { ...sent };
  } catch {
    // Text that is not JSON is no more use than JSON of another shape.
  }
  throw incompleteForm();
}

/** Somebody has changed what these fields say since the form was opened. */
export function isChanged(opened: Values, now: Values, fields: readonly FormField[]): boolean {
  return fields.some(({ name }) => !isSame(opened[name], now[name]));
}

/** Whether the page that lets choose asks for the form again, with what was chosen. */
export function goesOnEditing(req: Request): boolean {
  return textField(req, 'further') !== '';
}

export interface EditConflict {
  readonly frame: Pick<Frame, 'section' | 'breadcrumbs'>;
  /** What was changed, e.g. `this template`. */
  readonly noun: FilledWords;
  /** In the audit: it says who saved last, and when. */
  readonly object: string;
  /** Where the form goes. */
  readonly action: string;
  /** Where to look at it as it is now. */
  readonly href: string;
  readonly fields: readonly FormField[];
  readonly opened: Values;
  readonly theirs: Values;
  readonly yours: Values;
  /** What the form needs besides its fields to be of the version that is there now. */
  readonly hidden?: Values;
  /** false: the form cannot be shown again with what was chosen. */
  readonly goesOn?: boolean;
}

/** Shows the three side by side and lets choose; answers 409. */
export async function showEditConflict(
  req: Request,
  res: Response,
  { access }: Pick<Services, 'access'>,
  conflict: EditConflict,
): Promise<void> {
  const { fields, opened, theirs, yours, hidden = {} } = conflict;
  const t = translatorOf(req, res);
  const { items } = await access.audit({ object: conflict.object, limit: 1 });
  const [last] = items;
  const rows = fields.filter(({ name }) => !isSame(theirs[name], yours[name]));
  const same = fields.filter((field) => !rows.includes(field));
  const kept = { ...hidden, ...Object.fromEntries(same.map(({ name }) => [name, theirs[name] ?? ''])) };
  const frame = { title: words('Somebody else saved this first'), failed: true, ...conflict.frame };
  const model = {
    noun: conflict.noun,
    by: last?.actor ?? t('Somebody else'),
    at: shownTime(last?.at ?? null),
    action: conflict.action,
    href: conflict.href,
    historyHref: `/audit${queryString({ object: conflict.object })}`,
    goesOn: conflict.goesOn ?? true,
    hidden: Object.entries({ ...kept, opened: JSON.stringify(theirs) }).map(([name, value]) => ({ name, value })),
    ...conflictRows(rows.map((field) => rowOf(field, t, [opened[field.name], theirs[field.name], yours[field.name]]))),
  };
  await renderPage(req, res, 'edit-conflict', frame, model, 409);
}

/** One thing that both may have changed. */
export interface ConflictRow {
  /** Of the radio buttons. */
  readonly name: string;
  readonly label: string;
  /** Both changed it, and not to the same: nobody but a person can say which holds. */
  readonly collides: boolean;
  readonly choices: readonly ConflictChoice[];
}

export interface ConflictChoice {
  readonly of: 'was' | 'theirs' | 'yours';
  /** null: it cannot be chosen. */
  readonly value: string | null;
  /** '': nothing. */
  readonly shown: string;
  readonly picture: string | null;
  readonly isChosen: boolean;
}

/** For the table of rows. */
export function conflictRows(rows: readonly ConflictRow[]) {
  return { rows, hasBase: rows.every(({ choices }) => choices.some(({ of }) => of === 'was')) };
}

function rowOf(
  field: FormField,
  t: Translator,
  [was = '', theirs = '', yours = '']: readonly (string | undefined)[],
): ConflictRow {
  const { name, label, word = (value: string) => value, picture = () => null } = field;
  const [isTheirs, isYours] = [isSame(was, yours), isSame(was, theirs)];
  const choice = (of: ConflictChoice['of'], value: string, isChosen: boolean): ConflictChoice => ({
    ...{ of, value, isChosen },
    shown: word(value, t),
    picture: picture(value),
  });
  return {
    ...{ name, label: t(label), collides: !isTheirs && !isYours },
    choices: [choice('was', was, false), choice('theirs', theirs, isTheirs), choice('yours', yours, isYours)],
  };
}

/** Browsers change the ends of lines. */
function isSame(one: string | undefined, other: string | undefined): boolean {
  return withPlainLineEnds(one ?? '') === withPlainLineEnds(other ?? '');
}
