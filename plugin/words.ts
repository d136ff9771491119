/** Sentences for people. They are written in English where they are needed, and can be said in other languages: the English text is
 *  what a catalogue is asked by, so it stands in the code as a literal, inside `words`, `msg` or a translator's call. */

/** A Date is shown as day and time, a number with the digits and separators of the language, and words are said in it, too. */
export type Value = string | number | Date | FilledWords;

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
    if (value instanceof Date) return value.toISOString().slice(0, 10);
    return typeof value === 'object' ? english(value) : value?.toString();
  });
}
