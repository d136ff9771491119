/** Options as fields of a form, made from the schema that checks them: `o.text_elements.name.size`.
 *
 *  A field that is empty says nothing. The free entries of a map are numbered, each with its name in a field `.$key`;
 *  whoever empties the name removes the entry, which `.$was` knows from one that was never named. `.$on` switches a record on or off. */

import { isDeepStrictEqual } from 'node:util';
import { isRecord, type Option, type OptionSchema } from '../../../plugin/extensions/options.ts';
import type { Options } from '../../../plugin/ports/credential-store.ts';
import { msg, words } from '../../../plugin/words.ts';
import { type FieldError, withPlainLineEnds } from './forms.ts';

export type Fields = ReadonlyMap<string, string>;

type Entries = Record<string, unknown>;

const ROOT = 'o';

/** The fields that were sent. */
export function sentFields(body: unknown): Fields {
  const fields = new Map<string, string>();
  if (!isRecord(body)) return fields;
  for (const [name, value] of Object.entries(body)) {
    if (name.startsWith(`${ROOT}.`) && typeof value === 'string') fields.set(name, withPlainLineEnds(value));
  }
  return fields;
}

/** @returns null when a form cannot show all of them, e.g. a key that the schema does not have */
export function optionFields(schema: OptionSchema, options: Options): Fields | null {
  const fields = new Map<string, string>();
  for (const option of schema) write(option, options[option.name], `${ROOT}.${option.name}`, fields);
  return isDeepStrictEqual(readFields(schema, fields).options, options) ? fields : null;
}

export function readFields(
  schema: OptionSchema,
  fields: Fields,
): { readonly options: Options; readonly errors: readonly FieldError[] } {
  const errors: FieldError[] = [];
  const options: Entries = {};
  for (const option of schema) {
    put(options, option.name, read(option, `${ROOT}.${option.name}`, fields, errors));
  }
  return { options, errors };
}

/** How many free entries of a map there are fields for. */
export function entryCount(id: string, fields: Fields): number {
  let count = 0;
  while (fields.has(`${id}.${count}.$key`)) count += 1;
  return count;
}

function write(option: Option, value: unknown, id: string, fields: Map<string, string>): void {
  if (value === undefined) return;
  switch (option.type) {
    case 'record':
      if (option.switchable && value === false) fields.set(`${id}.$on`, 'off');
      if (!isRecord(value)) return;
      if (option.switchable && Object.keys(value).length === 0) fields.set(`${id}.$on`, 'on');
      for (const field of option.fields) write(field, value[field.name], `${id}.${field.name}`, fields);
      return;
    case 'map':
      if (isRecord(value)) writeMap(option, value, id, fields);
      return;
    case 'number':
      if (typeof value === 'number') fields.set(id, String(value));
      return;
    case 'boolean':
      if (typeof value === 'boolean') fields.set(id, String(value));
      return;
    case 'choice':
      if (option.choices.some((choice) => choice === value)) fields.set(id, String(value));
      return;
    case 'text':
      // Browsers drop a line end at the beginning, and any in a field of one line.
      if (typeof value !== 'string' || value.startsWith('\n') || (option.pattern && value.includes('\n'))) return;
      fields.set(id, withPlainLineEnds(value));
  }
}

function writeMap(
  { known = [], values }: Extract<Option, { type: 'map' }>,
  value: Readonly<Entries>,
  id: string,
  fields: Map<string, string>,
): void {
  for (const option of known) write(option, value[option.name], `${id}.${option.name}`, fields);
  const free = Object.entries(value).filter(([key]) => known.every(({ name }) => name !== key));
  for (const [index, [key, entry]] of free.entries()) {
    fields.set(`${id}.${index}.$key`, key);
    fields.set(`${id}.${index}.$was`, key);
    write(values, entry, `${id}.${index}`, fields);
  }
}

/** @returns undefined: nothing is said */
function read(option: Option, id: string, fields: Fields, errors: FieldError[]): unknown {
  const text = fields.get(id) ?? '';
  switch (option.type) {
    case 'record': {
      const switched = fields.get(`${id}.$on`) ?? '';
      if (option.switchable && switched === 'off') return false;
      const entries: Entries = {};
      for (const field of option.fields) put(entries, field.name, read(field, `${id}.${field.name}`, fields, errors));
      return Object.keys(entries).length > 0 || (option.switchable && switched === 'on') ? entries : undefined;
    }
    case 'map':
      return readMap(option, id, fields, errors);
    case 'number':
      // What is no number stays a text, for the check to say so.
      if (text.trim() === '') return undefined;
      return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : text;
    case 'boolean':
      return text === '' ? undefined : text === 'true' ? true : text === 'false' ? false : text;
    default:
      return text === '' ? undefined : text;
  }
}

function readMap(
  { known = [], values }: Extract<Option, { type: 'map' }>,
  id: string,
  fields: Fields,
  errors: FieldError[],
): Entries | undefined {
  const entries: Entries = {};
  for (const option of known) put(entries, option.name, read(option, `${id}.${option.name}`, fields, errors));
  const names = new Set(known.map(({ name }) => name));
  for (let index = 0; index < entryCount(id, fields); index += 1) {
    const key = (fields.get(`${id}.${index}.$key`) ?? '').trim();
    if (key === '') {
      if (isNameless(`${id}.${index}`, fields))
        errors.push({ field: `${id}.${index}.$key`, message: msg('Give this entry a name, or empty its fields.') });
      continue;
    }
    if (names.has(key)) {
      const message = words(
        'There is an entry "{key}" already; give this one another name, or empty it to remove it.',
        { key },
      );
      errors.push({ field: `${id}.${index}.$key`, message });
      continue;
    }
    names.add(key);
    const value = read(values, `${id}.${index}`, fields, errors);
    if (value === undefined && values.type !== 'record' && values.type !== 'map')
      errors.push({
        field: `${id}.${index}`,
        message: words('Enter a value for "{key}", or empty its name to remove it.', { key }),
      });
    put(entries, key, value ?? {});
  }
  return Object.keys(entries).length > 0 ? entries : undefined;
}

function isNameless(entry: string, fields: Fields): boolean {
  if ((fields.get(`${entry}.$was`) ?? '') !== '') return false;
  return [...fields].some(([name, value]) => (name === entry || name.startsWith(`${entry}.`)) && value.trim() !== '');
}

/** Plain assignment would run the setter behind `__proto__`. */
function put(target: Entries, key: string, value: unknown): void {
  if (value === undefined) return;
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}
