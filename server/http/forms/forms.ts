/** Reading what people send: every field by name, always as one text. What is not asked for is never looked at. */

import type { Request } from 'express';
import { InputError } from '../../../plugin/errors.ts';
import { msg, type Words } from '../../../plugin/words.ts';
import type { Translator } from '../../i18n/translator.ts';
import { asSentence } from '../words/format.ts';

/** @returns '' where the form has no such field or has it several times */
export function textField(req: Request, name: string): string {
  const body = req.body as Readonly<Record<string, unknown>> | undefined;
  const value = body && Object.hasOwn(body, name) ? body[name] : undefined;
  return typeof value === 'string' ? value : '';
}

/** @returns every value of a field that a form may send several times, e.g. boxes that are ticked */
export function textFields(req: Request, name: string): readonly string[] {
  const body = req.body as Readonly<Record<string, unknown>> | undefined;
  const value = body && Object.hasOwn(body, name) ? body[name] : [];
  return (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string' && one !== '');
}

/** @throws InputError `input.form-incomplete` when the field holds no whole number of at least 0 */
export function wholeNumberField(req: Request, name: string): number {
  const text = textField(req, name);
  if (!/^\d{1,9}$/.test(text)) throw incompleteForm();
  return Number(text);
}

/** A field is missing that every page of ours sends. */
export function incompleteForm(): InputError {
  return new InputError(
    'form-incomplete',
    msg('the form is incomplete; go back, load the page again and send it once more'),
  );
}

/** @returns undefined where the address has no such parameter, or an empty one */
export function queryText(req: Request, name: string): string | undefined {
  const value: unknown = Object.hasOwn(req.query, name) ? req.query[name] : undefined;
  const text = (Array.isArray(value) ? value[0] : value) as unknown;
  return typeof text === 'string' && text.trim() !== '' ? text.trim().slice(0, 500) : undefined;
}

/** @returns undefined unless the parameter is one of `choices` */
export function queryChoice<Choice extends string>(
  req: Request,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const text = queryText(req, name);
  return choices.find((choice) => choice === text);
}

export function pathText(req: Request, name: string): string {
  const value: unknown = req.params[name];
  return typeof value === 'string' ? value : '';
}

/** Something the page asks to be put right; `field` is the id of the input it is about. */
export interface FieldError {
  readonly field: string;
  readonly message: Words;
  /** What the rule language says, after the message: it speaks English everywhere. */
  readonly english?: string;
  /** Which part of a long form it belongs to; the summary says so. A text alone is data, such as the name of a part. */
  readonly place?: Words;
  /** It is the message of an error, which begins small and ends without a stop: the page makes a sentence of it. */
  readonly isError?: true;
}

/** What stands on the page. */
export function errorText({ message, isError }: FieldError, t: Translator): string {
  return isError ? asSentence(t(message)) : t(message);
}

/** @returns `?a=1&b=2`, or an empty text */
export function queryString(values: Readonly<Record<string, string | undefined>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== undefined) parameters.set(name, value);
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

/** Browsers send the line ends of fields as CR LF: a text must be the same when it comes again. */
export function withPlainLineEnds(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}
