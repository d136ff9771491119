/** Sentences for people. They are written in English where they are needed, and can be said in other languages: the English text is
 *  what a catalogue is asked by, so it stands in the code as a literal, inside `words`, `msg` or a translator's call. */

import { inLargestUnit } from '../dsl/index.ts';

/** A Date is shown as day and time, a number with the digits and separators of the language, and words are said in it, too. */
export type Value = string | number | Date | FilledWords | Phrase;

/** What every language says in its own way, without a catalogue. */
export type Phrase =
  /** `A, B and C` */
  | { readonly all: readonly Value[] }
  /** `A, B or C` */
  | { readonly either: readonly Value[] }
  /** 0 is Sunday. */
  | { readonly weekday: number }
  /** 1 to 12. */
  | { readonly month: number }
  /** In the largest unit that says it exactly. */
  | { readonly durationMs: number }
  /** With a capital where it begins. */
  | { readonly sentence: FilledWords };

type Names<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;

/** The values that a text asks for, one for every `{name}` in it. A text that is only known when it runs asks for none. */
export type ValuesOf<Text extends string, Kind = Value> = string extends Text
  ? []
  : [Names<Text>] extends [never]
    ? []
    : [values: Readonly<Record<Names<Text>, Kind>>];

export interface FilledWords {
  readonly text: string;
  readonly values: Readonly<Record<string, Value>>;
  /** Of a text for counts: how many there are, and the English form for other counts than one. */
  readonly many?: { readonly count: number; readonly text: string };
}

export type Words = string | FilledWords;

export function words<const Text extends string>(text: Text, ...[values]: ValuesOf<Text>): FilledWords {
  return { text, values: values ?? {} };
}

/** A text for counts: `{count}` in both forms is the count. */
export function counts<const One extends string, const Other extends string>(
  count: number,
  one: One,
  other: Other,
  values: Readonly<Record<string, Value>> = {},
): FilledWords {
  return { text: one, values: { count, ...values }, many: { count, text: other } };
}

/** Marks a text that is said later, e.g. in a table. */
export function msg<const Text extends string>(text: Text): Text {
  return text;
}

const PLACEHOLDER = /\{(\w+)\}/g;

/** @returns the names, sorted, each once */
export function placeholdersOf(text: string): readonly string[] {
  return [...new Set([...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name))].sort();
}

export function fill(text: string, valueFor: (name: string) => string | undefined): string {
  return text.replace(PLACEHOLDER, (placeholder, name: string) => valueFor(name) ?? placeholder);
}

/** As machines and logs get it; a Date is the day in UTC. */
export function english(said: Words): string {
  if (typeof said === 'string') return said;
  return fill(said.many && said.many.count !== 1 ? said.many.text : said.text, (name) => {
    const value = said.values[name];
    return value === undefined ? undefined : englishValue(value);
  });
}

function englishValue(value: Value): string {
  if (value instanceof Date) return value.toISOString().slice(0, 10);
  if (typeof value !== 'object') return String(value);
  return 'text' in value ? english(value) : phraseIn('en-GB', value, englishValue);
}

/** @param tag BCP 47 @param shown how a value within it is said */
export function phraseIn(tag: string, phrase: Phrase, shown: (value: Value) => string): string {
  if ('all' in phrase) return new Intl.ListFormat(tag, { type: 'conjunction' }).format(phrase.all.map(shown));
  if ('either' in phrase) return new Intl.ListFormat(tag, { type: 'disjunction' }).format(phrase.either.map(shown));
  if ('weekday' in phrase) return dateIn(tag, { weekday: 'long' }, Date.UTC(2023, 0, 1 + phrase.weekday));
  if ('month' in phrase) return dateIn(tag, { month: 'long' }, Date.UTC(2023, phrase.month - 1, 1));
  if ('durationMs' in phrase) {
    const { amount, unit } = inLargestUnit(phrase.durationMs);
    return new Intl.NumberFormat(tag, { style: 'unit', unit, unitDisplay: 'long' }).format(amount);
  }
  const text = shown(phrase.sentence);
  return text.charAt(0).toLocaleUpperCase(tag) + text.slice(1);
}

function dateIn(tag: string, part: Intl.DateTimeFormatOptions, at: number): string {
  return new Intl.DateTimeFormat(tag, { ...part, timeZone: 'UTC' }).format(at);
}
