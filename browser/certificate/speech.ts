/** What the designer says, in the language of the page. */

import { type DesignerSpeech, type DesignerText, designerTexts } from '../../plugin/extensions/designer-texts.ts';
import { fill } from '../../plugin/words.ts';

const given = read();
const language = given?.language ?? 'en';
const numbers = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
const decimals = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const lists = new Intl.ListFormat(language === 'en' ? 'en-GB' : language, { type: 'conjunction' });

export function say(key: DesignerText, values: Readonly<Record<string, string | number>> = {}): string {
  return fill(given?.texts[key] ?? designerTexts[key], (name) => {
    const value = values[name];
    if (typeof value === 'number') return numbers.format(value);
    // names of whatever script do not tear apart a sentence that runs the other way
    return value !== undefined && given?.direction === 'rtl' ? `\u2068${value}\u2069` : value;
  });
}

export function tenths(value: number): string {
  return decimals.format(value);
}

export function listed(texts: readonly string[]): string {
  return lists.format(texts);
}

/** @returns null where there is no page: then the designer speaks English */
function read(): DesignerSpeech | null {
  const { document } = globalThis as { readonly document?: Page };
  const text = document?.getElementById('designer')?.getAttribute('data-speech');
  return text ? (JSON.parse(text) as DesignerSpeech) : null;
}

/** What is asked of a document, which there is in browsers only. */
interface Page {
  getElementById(id: string): { getAttribute(name: string): string | null } | null;
}
