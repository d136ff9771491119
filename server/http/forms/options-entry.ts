/** Options on their way through a form: as fields, or as JSON where they cannot be shown as fields or somebody likes it better. */

import type { Request } from 'express';
import { isRecord, type OptionProblem, type OptionSchema } from '../../../plugin/extensions/options.ts';
import type { Asset, Options } from '../../../plugin/ports/credential-store.ts';
import { english, msg, type Words, words } from '../../../plugin/words.ts';
import type { Translator } from '../../i18n/translator.ts';
import { type FieldError, textField, withPlainLineEnds } from './forms.ts';
import { type Fields, optionFields, readFields, sentFields } from './option-form.ts';
import { assetList, type OptionNode, optionNodes } from './option-view.ts';

export interface OptionsEntry {
  readonly mode: 'form' | 'json';
  readonly fields: Fields;
  readonly json: string;
  /** null: the JSON cannot be read. */
  readonly options: Options | null;
  readonly errors: readonly FieldError[];
}

/** As fields, if they can be shown so. */
export function optionsEntry(
  schema: OptionSchema,
  options: Options,
  wanted: OptionsEntry['mode'] = 'form',
): OptionsEntry {
  const fields = wanted === 'form' ? optionFields(schema, options) : null;
  return {
    mode: fields === null ? 'json' : 'form',
    fields: fields ?? new Map(),
    json: JSON.stringify(options, null, 2),
    options,
    errors: [],
  };
}

/** @param schema that of the form as it was shown */
export function readOptionsEntry(req: Request, schema: OptionSchema): OptionsEntry {
  if (textField(req, 'mode') !== 'json') {
    const fields = sentFields(req.body);
    const { options, errors } = readFields(schema, fields);
    return { mode: 'form', fields, json: '', options, errors };
  }
  const json = withPlainLineEnds(textField(req, 'json'));
  const { options, message } = parseOptions(json);
  const errors = message === null ? [] : [{ field: 'json', message }];
  return { mode: 'json', fields: new Map(), json, options, errors };
}

/** The same options the other way. */
export function turned(entry: OptionsEntry, schema: OptionSchema, to: OptionsEntry['mode']): OptionsEntry {
  if (entry.options === null || entry.errors.length > 0) return entry;
  const other = optionsEntry(schema, entry.options, to);
  if (other.mode === to) return other;
  const message = msg(
    'Fields cannot show everything that is written here: an unknown or misspelt key, a value of another kind, null or an empty text. They stay as JSON.',
  );
  return { ...other, errors: [{ field: 'json', message }] };
}

/** Every problem at its field. */
export function atFields(
  entry: OptionsEntry,
  schema: OptionSchema,
  problems: readonly OptionProblem[],
): readonly FieldError[] {
  if (entry.mode === 'json') return problems.map(({ message }) => ({ field: 'json', message, isError: true }));
  const { fieldOf } = optionNodes(schema, entry.fields, null);
  return problems.map(({ path, message }) => ({
    field: fieldOf.get(path) ?? 'options',
    message,
    isError: true,
    place: path,
  }));
}

/** What a function says against options often begins with the path in quotes. */
export function problemOf(message: Words): OptionProblem {
  return { path: /"([^"]+)"/.exec(english(message))?.[1] ?? '', message };
}

export function shownEntry(
  entry: OptionsEntry,
  schema: OptionSchema,
  below: Options | null,
  errors: readonly FieldError[],
  t: Translator,
): { readonly mode: string; readonly json: string; readonly nodes: readonly OptionNode[] } {
  const wrong = new Set(errors.map(({ field }) => field));
  const { nodes } = optionNodes(schema, entry.fields, below, wrong, t);
  return { mode: entry.mode, json: entry.json, nodes: entry.mode === 'form' ? nodes : [] };
}

/** What the form offers where an option names an asset. */
export function assetLists(assets: readonly Asset[]) {
  const kinds = ['pdf-template', 'font', 'image'] as const;
  return kinds.map((kind) => ({ id: assetList(kind), assets: assets.filter((asset) => asset.kind === kind) }));
}

function parseOptions(json: string): { readonly options: Options | null; readonly message: Words | null } {
  try {
    const value: unknown = JSON.parse(json.trim() === '' ? '{}' : json);
    if (isRecord(value)) return { options: value, message: null };
    return { options: null, message: msg('The options must be one JSON object: { "name": value, ... }.') };
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message : '?';
    return {
      options: null,
      message: words('This is not JSON: {reason}. Put names and texts in double quotes.', { reason }),
    };
  }
}
