/** Days as people write them: in a style of the language, or by a pattern with CLDR's letters. Names of months, digits and
 *  calendars come from `Intl`; nothing is computed here. */

import { suggest } from '../dsl/index.ts';
import { RecentlyUsed } from './recently-used.ts';
import { type FilledWords, words } from './words.ts';

export const DATE_STYLES = ['full', 'long', 'medium', 'short', 'iso'] as const;

export interface DayLook {
  /** One of `DATE_STYLES`, or a pattern such as `d MMMM yyyy`. */
  readonly style: string;
  /** For `Intl`. */
  readonly language: string;
  readonly timeZone: string;
}

const MOST_CHARACTERS = 100;

type Part = 'day' | 'month' | 'year' | 'weekday';

/** What each group of letters means. `within` asks for more than is taken: the name of a month beside a day has another
 *  form in many languages than alone. */
interface Field {
  readonly part: Part;
  readonly within: Intl.DateTimeFormatOptions;
}

const FIELDS: Readonly<Record<string, Field>> = {
  d: { part: 'day', within: { day: 'numeric' } },
  dd: { part: 'day', within: { day: '2-digit' } },
  EEE: { part: 'weekday', within: { weekday: 'short' } },
  EEEE: { part: 'weekday', within: { weekday: 'long' } },
  M: { part: 'month', within: { month: 'numeric' } },
  MM: { part: 'month', within: { month: '2-digit' } },
  MMM: { part: 'month', within: { day: 'numeric', month: 'short' } },
  MMMM: { part: 'month', within: { day: 'numeric', month: 'long' } },
  LLL: { part: 'month', within: { month: 'short' } },
  LLLL: { part: 'month', within: { month: 'long' } },
  y: { part: 'year', within: { year: 'numeric' } },
  yy: { part: 'year', within: { year: '2-digit' } },
  yyyy: { part: 'year', within: { year: 'numeric' } },
};

/** For messages and documentation. */
export const DATE_LETTERS = Object.keys(FIELDS).join(', ');

type Token = { readonly text: string } | { readonly field: Field };

/** @param look its style without a problem @throws RangeError for an unknown language or time zone */
export function formatDay(at: Date, look: DayLook): string {
  const { style, language, timeZone } = look;
  // Swedish writes days as ISO 8601 does
  if (style === 'iso') return formatter('sv-SE', { dateStyle: 'short', timeZone }).format(at);
  const named = DATE_STYLES.find((one) => one === style);
  if (named !== undefined && named !== 'iso') return formatter(language, { dateStyle: named, timeZone }).format(at);
  return tokensOf(style)
    .map((token) => ('text' in token ? token.text : partOf(at, token.field, look)))
    .join('');
}

/** @returns what is wrong, said of the option that holds it: `has ...`, `must ...`; null: nothing is */
export function dateStyleProblem(style: string): FilledWords | null {
  if (DATE_STYLES.some((one) => one === style)) return null;
  if (style.length > MOST_CHARACTERS)
    return words('must be a style or a pattern of at most {most} characters', { most: String(MOST_CHARACTERS) });
  const small = style.toLowerCase();
  const near =
    DATE_STYLES.find((one) => one === small) ?? (/^[a-z]{3,8}$/.test(small) ? suggest(small, DATE_STYLES) : null);
  if (near !== null) return words('is no style; did you mean "{near}"?', { near });
  return patternProblem(style);
}

function patternProblem(pattern: string): FilledWords | null {
  for (const { text, at } of piecesOf(pattern)) {
    const place = { at: String(at + 1) };
    if (text.startsWith("'")) {
      if (text.length < 2 || !text.endsWith("'"))
        return words("has a quote at character {at} that is not closed; write '' for an apostrophe", place);
      continue;
    }
    if (!/^[a-z]/i.test(text) || isField(text)) continue;
    const near = nearestField(text);
    if (near !== null)
      return words('has "{text}" at character {at}, which means nothing; did you mean "{near}"?', {
        ...place,
        text,
        near,
      });
    return words(
      'has "{text}" at character {at}, which means nothing; write {letters}, and other letters in single quotes',
      {
        ...{ ...place, text, letters: DATE_LETTERS },
      },
    );
  }
  const hasField = piecesOf(pattern).some(({ text }) => isField(text));
  return hasField
    ? null
    : words('must be one of {styles}, or a pattern with a day, month or year such as {example}', {
        ...{ styles: DATE_STYLES.join(', '), example: 'd MMMM yyyy' },
      });
}

/** @returns false also where it looks like a language that nobody knows: dates would be written in that of the machine */
export function isDateLanguage(tag: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(tag).length > 0;
  } catch {
    return false;
  }
}

function isField(text: string): boolean {
  return Object.hasOwn(FIELDS, text);
}

/** `YYYY` is `yyyy`, `MMMMM` is `MMMM`. */
function nearestField(text: string): string | null {
  if (new Set(text.toLowerCase()).size > 1) return null;
  const alike = Object.keys(FIELDS).filter((one) => one.charAt(0).toLowerCase() === text.charAt(0).toLowerCase());
  const sameCase = alike.filter((one) => one.charAt(0) === text.charAt(0));
  const [nearest] = (sameCase.length > 0 ? sameCase : alike).toSorted(
    (a, b) => Math.abs(a.length - text.length) - Math.abs(b.length - text.length) || a.length - b.length,
  );
  return nearest ?? null;
}

/** Quoted texts with their quotes, groups of letters, and what is between. A word of several letters is one piece, unless
 *  each group of it means something. */
function piecesOf(pattern: string): readonly { readonly text: string; readonly at: number }[] {
  return [...pattern.matchAll(/'(?:[^']|'')*'?|[a-z]+|[^a-z']+/gi)].flatMap(({ 0: text, index: at }) => {
    if (!/^[a-z]/i.test(text)) return [{ text, at }];
    const groups = [...text.matchAll(/(.)\1*/g)].map((group) => ({ text: group[0], at: at + group.index }));
    return groups.every(({ text: one }) => isField(one)) ? groups : [{ text, at }];
  });
}

function tokensOf(pattern: string): readonly Token[] {
  return piecesOf(pattern).map(({ text }): Token => {
    const field = isField(text) ? FIELDS[text] : undefined;
    if (field !== undefined) return { field };
    return { text: text.startsWith("'") ? unquoted(text) : text };
  });
}

function unquoted(text: string): string {
  return text === "''" ? "'" : text.slice(1, -1).replaceAll("''", "'");
}

function partOf(at: Date, { part, within }: Field, { language, timeZone }: DayLook): string {
  const taken = formatter(language, { ...within, timeZone })
    .formatToParts(at)
    .find(({ type }) => type === part)?.value;
  const isName = within[part] === 'long' || within[part] === 'short';
  // where the month is a number beside the day, its name is the number with a word
  if (taken !== undefined && !(isName && /^\p{Nd}+$/u.test(taken))) return taken;
  return formatter(language, { [part]: within[part], timeZone }).format(at);
}

/** Making one takes longer than everything else about a date. */
const formatters = new RecentlyUsed<Intl.DateTimeFormat>(256);

function formatter(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return formatters.get(`${language} ${JSON.stringify(options)}`, () => new Intl.DateTimeFormat(language, options));
}
