/** Options described as data: one table per function gives validation, defaults, the form and the documentation. */

import { suggest } from '../../dsl/index.ts';
import { InputError } from '../errors.ts';
import type { Asset, Options } from '../ports/credential-store.ts';
import { type FilledWords, type Words, words } from '../words.ts';

interface Described {
  readonly name: string;
  readonly doc: string;
  /** The setting that the default comes from. */
  readonly defaultFrom?: string;
}

interface NumberOption extends Described {
  readonly type: 'number';
  /** null: no value unless given. */
  readonly default: number | null;
  readonly min: number;
  readonly max: number;
  /** `pt`, `ratio`, ...; shown beside the field. */
  readonly unit: string | null;
}

interface TextOption extends Described {
  readonly type: 'text';
  /** null: no value unless given. */
  readonly default: string | null;
  readonly required?: true;
  /** What a value must look like, and how to say so: `must be ...`. */
  readonly pattern?: { readonly expression: RegExp; readonly says: string };
  /** What a pattern cannot tell: `has ...`, `must ...`; null: nothing is wrong. */
  readonly problem?: (text: string) => FilledWords | null;
  /** What is offered beside anything else that may be written. */
  readonly offers?: readonly string[];
  /** It names assets of this kind by slug: the form offers those there are. */
  readonly asset?: Asset['kind'];
}

interface FlagOption extends Described {
  readonly type: 'boolean';
  readonly default: boolean | null;
}

interface ChoiceOption extends Described {
  readonly type: 'choice';
  readonly choices: readonly string[];
  readonly default: string | null;
}

/** An object with named fields of its own. */
interface RecordOption extends Described {
  readonly type: 'record';
  readonly fields: OptionSchema;
  /** `false` in its place switches it off. */
  readonly switchable?: true;
}

/** An object whose keys are free. Keys of `known` have a description of their own; a key close to one of them but not
 *  equal is taken for a misspelling when its value would not be valid as `values`. */
interface MapOption extends Described {
  readonly type: 'map';
  readonly known?: OptionSchema;
  readonly values: Option;
}

export type Option = NumberOption | TextOption | FlagOption | ChoiceOption | RecordOption | MapOption;
export type OptionSchema = readonly Option[];

const MAX_TEXT = 10_000;

export interface OptionProblem {
  /** Dotted, e.g. `text_elements.name.size`. */
  readonly path: string;
  readonly message: Words;
}

/** Everything that is wrong with the options, for a form to say each at its field. */
export function optionProblems(schema: OptionSchema, given: Options): readonly OptionProblem[] {
  const problems: OptionProblem[] = [];
  readRecord(schema, given, '', problems);
  return problems;
}

/** The options with defaults filled in.
 *  @throws InputError `input.options`; the message lists every problem with its dotted path */
export function readOptions(schema: OptionSchema, given: Options): Options {
  const problems: OptionProblem[] = [];
  const value = readRecord(schema, given, '', problems);
  if (problems.length > 0) {
    const all = problems
      .map(({ message }) => message)
      .map(later)
      .reduce((first, next) => words('{first}; {next}', { first, next }));
    throw new InputError('options', words('the options cannot be used: {problems}', { problems: all }));
  }
  return value;
}

/** A schema with defaults that the site sets. */
export function withSiteDefaults(
  schema: OptionSchema,
  defaults: Readonly<Record<string, { readonly value: string; readonly setting: string }>>,
): OptionSchema {
  return schema.map((option) => {
    const own = Object.hasOwn(defaults, option.name) ? defaults[option.name] : undefined;
    return own && (option.type === 'text' || option.type === 'choice')
      ? { ...option, default: own.value, defaultFrom: own.setting }
      : option;
  });
}

/** `over` on top of `base`, objects merged key by key to any depth; every other value, `false` and lists too, replaces. */
export function mergeOptions(base: Options, over: Options): Options {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = Object.hasOwn(merged, key) ? merged[key] : undefined;
    define(merged, key, isRecord(below) && isRecord(value) ? mergeOptions(below, value) : value);
  }
  return merged;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Plain assignment would run the setter behind `__proto__`, a key that JSON.parse makes like any other. */
function define(target: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}

function readRecord(
  schema: OptionSchema,
  given: Readonly<Record<string, unknown>>,
  path: string,
  problems: OptionProblem[],
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const option of schema) {
    define(result, option.name, readValue(option, given[option.name], `${path}${option.name}`, problems));
  }
  const names = schema.map((option) => option.name);
  for (const key of Object.keys(given)) {
    if (!names.includes(key)) problems.push(unknownOption(`${path}${key}`, suggest(key, names), names));
  }
  return result;
}

function unknownOption(path: string, near: string | null, names: readonly string[]): OptionProblem {
  const message =
    near === null
      ? words('there is no option "{path}"; there are {names}', { path, names: names.join(', ') })
      : words('there is no option "{path}"; did you mean "{near}"?', { path, near });
  return { path, message };
}

function readValue(option: Option, given: unknown, path: string, problems: OptionProblem[]): unknown {
  switch (option.type) {
    case 'number':
      if (given === undefined || given === null) return option.default;
      if (typeof given === 'number' && given >= option.min && given <= option.max) return given;
      problems.push({ path, message: wrongNumber(option, path) });
      return option.default;
    case 'text':
      if (given === undefined || given === null) {
        if (option.required)
          problems.push({ path, message: words('"{path}" is required: {doc}', { path, doc: later(option.doc) }) });
        return option.default;
      }
      if (typeof given !== 'string' || given.length > MAX_TEXT) {
        problems.push({
          path,
          message: words('"{path}" must be a text of at most {most} characters', { path, most: String(MAX_TEXT) }),
        });
      } else if (option.pattern && !option.pattern.expression.test(given)) {
        problems.push({ path, message: words('"{path}" {rule}', { path, rule: later(option.pattern.says) }) });
      } else {
        const rule = option.problem?.(given) ?? null;
        if (rule !== null) problems.push({ path, message: words('"{path}" {rule}', { path, rule }) });
      }
      return given;
    case 'boolean':
      if (given === undefined || given === null) return option.default;
      if (typeof given !== 'boolean')
        problems.push({ path, message: words('"{path}" must be true or false', { path }) });
      return given;
    case 'choice':
      if (given === undefined || given === null) return option.default;
      if (typeof given !== 'string' || !option.choices.includes(given)) {
        problems.push({
          path,
          message: words('"{path}" must be one of {choices}', { path, choices: option.choices.join(', ') }),
        });
      }
      return given;
    case 'record':
      if (given === false && option.switchable) return false;
      if (given === undefined || given === null) return readRecord(option.fields, {}, `${path}.`, problems);
      if (isRecord(given)) return readRecord(option.fields, given, `${path}.`, problems);
      problems.push({
        path,
        message: option.switchable
          ? words('"{path}" must be an object or false', { path })
          : words('"{path}" must be an object', { path }),
      });
      return {};
    case 'map':
      return readMap(option, given, path, problems);
  }
}

function wrongNumber({ min, max, unit }: NumberOption, path: string): FilledWords {
  const range = { path, min: String(min), max: String(max) };
  return unit === null
    ? words('"{path}" must be a number from {min} to {max}', range)
    : words('"{path}" must be a number from {min} to {max} ({unit})', { ...range, unit: later(unit) });
}

/** A text of the schema, for a translator to look up. */
function later(said: Words): FilledWords {
  return typeof said === 'string' ? { text: said, values: {} } : said;
}

function readMap(option: MapOption, given: unknown, path: string, problems: OptionProblem[]): Record<string, unknown> {
  if (given !== undefined && given !== null && !isRecord(given)) {
    problems.push({ path, message: words('"{path}" must be an object', { path }) });
    return {};
  }
  const entries = isRecord(given) ? given : {};
  const result: Record<string, unknown> = {};
  const known = option.known ?? [];
  for (const described of known) {
    define(
      result,
      described.name,
      readValue(described, entries[described.name], `${path}.${described.name}`, problems),
    );
  }
  const names = known.map((described) => described.name);
  for (const [key, value] of Object.entries(entries)) {
    if (names.includes(key)) continue;
    const found: OptionProblem[] = [];
    define(result, key, readValue(option.values, value, `${path}.${key}`, found));
    const near = found.length > 0 ? suggest(key, names) : null;
    if (near === null) problems.push(...found);
    else problems.push(unknownOption(`${path}.${key}`, near, names));
  }
  return result;
}
