/** What the editor says, in the language of the page. */

import {
  EDITOR_SPEECH,
  type EditorCount,
  type EditorSpeech,
  type EditorText,
  editorCounts,
  editorTexts,
} from '../plugin/badges/editor-texts.ts';
import { fill } from '../plugin/words.ts';

const given = read();
const language = given?.language ?? 'en';
const rules = new Intl.PluralRules(language);
const numbers = new Intl.NumberFormat(language);
const lists = new Intl.ListFormat(language, { type: 'unit', style: 'short' });

/** For CodeMirror. */
export const phrases: Readonly<Record<string, string>> = given?.phrases ?? {};

export function say(key: EditorText, values: Readonly<Record<string, string | number>> = {}): string {
  return fill(given?.texts[key] ?? editorTexts[key], (name) => {
    const value = values[name];
    return typeof value === 'number' ? numbers.format(value) : value;
  });
}

export function counted(key: EditorCount, count: number): string {
  const [one, other] = editorCounts[key];
  const text = given?.counts[key][rules.select(count)] ?? (count === 1 ? one : other);
  return fill(text, (name) => (name === 'count' ? numbers.format(count) : undefined));
}

export function listed(texts: readonly string[]): string {
  return lists.format(texts);
}

/** @returns null where there is no page, or it says nothing: then the editor speaks English */
function read(): EditorSpeech | null {
  const { document } = globalThis as { readonly document?: Page };
  const text = document?.querySelector(`meta[name="${EDITOR_SPEECH}"]`)?.getAttribute('content');
  return text ? (JSON.parse(text) as EditorSpeech) : null;
}

/** What is asked of a document, which there is in browsers only. */
interface Page {
  querySelector(selector: string): { getAttribute(name: string): string | null } | null;
}

/** What the rule language says stands in English in whatever page. */
export function inEnglish<Made extends { lang: string; dir: string }>(element: Made): Made {
  element.lang = 'en';
  element.dir = 'ltr';
  return element;
}
