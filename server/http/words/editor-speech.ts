/** The texts of the rule editor in one language, for the head of a page. */

import { type EditorSpeech, editorCounts, editorPhrases, editorTexts } from '../../../plugin/badges/editor-texts.ts';
import type { Translator } from '../../i18n/translator.ts';

export function editorSpeech(t: Translator): EditorSpeech {
  const samples = samplesOf(t.language);
  // The editor fills in the count.
  const forms = ([one, other]: readonly [string, string]) =>
    Object.fromEntries(samples.map(([form, count]) => [form, t.plural(count, one, other, { count: '{count}' })]));
  return {
    language: t.language,
    texts: mapValues(editorTexts, (text: string) => t(text)),
    counts: mapValues(editorCounts, forms),
    phrases: Object.fromEntries(editorPhrases.map((phrase: string) => [phrase, t(phrase)])),
  };
}

/** A count for every plural form that counts have in the language. */
function samplesOf(language: string): readonly (readonly [Intl.LDMLPluralRule, number])[] {
  const rules = new Intl.PluralRules(language);
  const samples = new Map<Intl.LDMLPluralRule, number>();
  for (let count = 199; count >= 0; count--) samples.set(rules.select(count), count);
  return [...samples];
}

function mapValues<Key extends string, From, To>(
  table: Readonly<Record<Key, From>>,
  change: (value: From) => To,
): Record<Key, To> {
  return Object.fromEntries(Object.entries<From>(table).map(([key, value]) => [key, change(value)])) as Record<Key, To>;
}
