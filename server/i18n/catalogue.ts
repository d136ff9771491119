/** The texts of one language, read from a gettext file. Nothing of it is trusted: what does not fit the English text is left out,
 *  and English stands in its place. */

import { po } from 'gettext-parser';
import { placeholdersOf } from '../../plugin/words.ts';
import { pluralForms } from './plural-forms.ts';

/** English text to its translation; of a text for counts one for each form, in the order of `pluralForms`. */
export type Catalogue = ReadonlyMap<string, readonly string[]>;

export interface ReadCatalogue {
  readonly texts: Catalogue;
  /** What was left out, and why. */
  readonly problems: readonly string[];
}

/** @param language BCP 47
 *  @throws Error for what is no gettext file */
export function readCatalogue(file: Uint8Array, language: string): ReadCatalogue {
  const { translations } = po.parse(Buffer.from(file), { defaultCharset: 'utf-8', validation: true });
  const texts = new Map<string, readonly string[]>();
  const problems: string[] = [];
  for (const { msgid, msgid_plural: plural, msgstr, comments } of Object.values(translations[''] ?? {})) {
    if (msgid === '' || msgstr.every((text) => text === '') || comments?.flag?.includes('fuzzy')) continue;
    const problem = problemOf(msgid, plural, msgstr, language);
    if (problem === null) texts.set(msgid, msgstr);
    else problems.push(`"${msgid}" ${problem}`);
  }
  return { texts, problems };
}

/** @returns null: the translation can be used */
export function problemOf(
  msgid: string,
  plural: string | undefined,
  msgstr: readonly string[],
  language: string,
): string | null {
  const wanted = plural === undefined ? 1 : pluralForms(language).length;
  if (msgstr.length !== wanted || msgstr.includes(''))
    return `must have ${wanted} ${wanted === 1 ? 'text' : 'forms'}, all filled in`;
  const known = placeholdersOf(`${msgid} ${plural ?? ''}`);
  for (const text of msgstr) {
    const names = placeholdersOf(text);
    const strange = names.find((name) => !known.includes(name));
    if (strange !== undefined) return `has no {${strange}} in English`;
    // A form for one or two may say the number in a word.
    const missing = known.find((name) => !names.includes(name) && !(plural !== undefined && name === 'count'));
    if (missing !== undefined) return `must have {${missing}}, as in English`;
    if (/<[a-z!/]/i.test(text)) return 'holds markup, which would be shown as it stands';
  }
  return null;
}
