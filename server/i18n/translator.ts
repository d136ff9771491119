/** Says things in one language: texts from its catalogue, English where it has none, and dates, numbers and lists as people there
 *  write them. What it returns is plain text, which the views escape like any other. */

import {
  type FilledWords,
  fill,
  type Phrase,
  phraseIn,
  type Value,
  type ValuesOf,
  type Words,
} from '../../plugin/words.ts';
import type { Catalogue } from './catalogue.ts';
import { createFormats, type Formats, type SiteDays } from './formats.ts';
import { directionOf, SOURCE_LANGUAGE } from './languages.ts';
import { pluralFormOf } from './plural-forms.ts';

/** A value that stands out, a moment, or a phrase that leads somewhere. */
export type RichValue =
  | Value
  | { readonly strong: string }
  | { readonly code: string }
  | { readonly at: { readonly iso: string } }
  | Link
  | { readonly list: readonly (Link | readonly Part[])[] };

interface Link {
  readonly link: string;
  /** null: there is nothing there. */
  readonly href: string | null;
  readonly isCode?: boolean;
}

/** For the partial `said`. */
export type Part =
  | { readonly kind: 'text' | 'value' | 'strong' | 'code'; readonly text: string }
  | { readonly kind: 'time'; readonly text: string; readonly iso: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string; readonly isCode: boolean };

export interface Translator extends Formats {
  /** BCP 47, for `lang`. */
  readonly language: string;
  readonly direction: 'ltr' | 'rtl';
  <const Text extends string>(text: Text, ...values: ValuesOf<Text>): string;
  (said: FilledWords): string;
  (said: Words): string;
  /** `{count}` in the texts is the count, unless the values say it otherwise, such as `10,000+`. */
  plural<const One extends string, const Other extends string>(
    count: number,
    one: One,
    other: Other,
    values?: Readonly<Record<string, Value>>,
  ): string;
  /** What is said in this language, among what stands as it is: a text alone is data, such as a name. */
  shown(value: Words): string;
  /** Whether it will be said in this language, and not in English. */
  knows(said: Words): boolean;
  /** A text with values that are elements, in pieces. */
  parts<const Text extends string>(text: Text, ...values: ValuesOf<Text, RichValue>): readonly Part[];
}

/** English as the code has it: for commands, the audit and the log. */
export function sourceTranslator(): Translator {
  source ??= createTranslator(SOURCE_LANGUAGE, new Map(), 'UTC');
  return source;
}

let source: Translator | null = null;

/** Around names of whatever script, so that they do not tear apart a sentence that runs the other way. */
const ISOLATE = '\u2068';
const END_OF_ISOLATE = '\u2069';

const SEPARATOR: Part = { kind: 'text', text: ', ' };

function linked({ link, href, isCode = false }: Link): Part {
  return href === null ? { kind: isCode ? 'code' : 'value', text: link } : { kind: 'link', text: link, href, isCode };
}

const PHRASES = ['all', 'either', 'weekday', 'month', 'durationMs', 'sentence'];

function isPhrase(value: object): value is Phrase {
  return PHRASES.some((name) => name in value);
}

export function createTranslator(
  language: string,
  catalogue: Catalogue,
  timeZone: string,
  days?: SiteDays,
): Translator {
  const formats = createFormats(language, timeZone, days);
  const direction = directionOf(language);
  const isSource = language === SOURCE_LANGUAGE;

  const valueText = (value: Value): string => {
    if (value instanceof Date) return formats.time(value);
    if (typeof value === 'number') return formats.number(value);
    if (typeof value === 'object') return 'text' in value ? say(value) : phraseIn(formats.tag, value, valueText);
    return direction === 'rtl' ? `${ISOLATE}${value}${END_OF_ISOLATE}` : value;
  };

  const filled = (text: string, values: Readonly<Record<string, Value>>): string =>
    fill(text, (name) => {
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      return value === undefined ? undefined : valueText(value);
    });

  const say = (said: Words, values?: Readonly<Record<string, Value>>): string => {
    if (typeof said === 'object' && said.many) return plural(said.many.count, said.text, said.many.text, said.values);
    const text = typeof said === 'string' ? said : said.text;
    return filled(catalogue.get(text)?.[0] ?? text, values ?? (typeof said === 'string' ? {} : said.values));
  };

  const plural: Translator['plural'] = (count, one, other, values = {}) => {
    const forms = catalogue.get(one);
    const english = count === 1 ? one : other;
    return filled(forms?.[pluralFormOf(language, count)] ?? english, { count, ...values });
  };

  const parts = (text: string, values: Readonly<Record<string, RichValue>> = {}): readonly Part[] =>
    (catalogue.get(text)?.[0] ?? text).split(/(\{\w+\})/).flatMap((piece): Part[] => {
      const name = /^\{(\w+)\}$/.exec(piece)?.[1];
      const value = name !== undefined && Object.hasOwn(values, name) ? values[name] : undefined;
      if (value === undefined) return piece === '' ? [] : [{ kind: 'text', text: piece }];
      if (typeof value !== 'object' || value instanceof Date || 'text' in value || isPhrase(value))
        return [{ kind: 'value', text: valueText(value) }];
      if ('strong' in value) return [{ kind: 'strong', text: value.strong }];
      if ('link' in value) return [linked(value)];
      if ('list' in value)
        return value.list.flatMap((one, at) => [
          ...(at > 0 ? [SEPARATOR] : []),
          ...('link' in one ? [linked(one)] : one),
        ]);
      if ('code' in value) return [{ kind: 'code', text: value.code }];
      return [{ kind: 'time', text: formats.time(value.at.iso), iso: value.at.iso }];
    });

  const shown = (value: Words): string => (typeof value === 'string' ? value : say(value));

  const knows = (said: Words): boolean => isSource || catalogue.has(typeof said === 'string' ? said : said.text);

  return Object.assign(say, { ...formats, language, direction, plural, parts, knows, shown }) as Translator;
}
