/** What is known of any language without a catalogue: direction and own name. */

/** The language of the code, which needs no catalogue. */
export const SOURCE_LANGUAGE = 'en';

const RIGHT_TO_LEFT = new Set(['Adlm', 'Arab', 'Hebr', 'Mand', 'Nkoo', 'Rohg', 'Syrc', 'Thaa']);

export function directionOf(language: string): 'ltr' | 'rtl' {
  const { script = 'Latn' } = new Intl.Locale(language).maximize();
  return RIGHT_TO_LEFT.has(script) ? 'rtl' : 'ltr';
}

/** @returns how its speakers call it, e.g. `Español` */
export function ownName(language: string): string {
  const known = names.get(language);
  if (known !== undefined) return known;
  const found = new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? language;
  const name = `${found.charAt(0).toLocaleUpperCase(language)}${found.slice(1)}`;
  names.set(language, name);
  return name;
}

/** Asking for one takes milliseconds. */
const names = new Map<string, string>();

/** @returns BCP 47 for the name of a folder as gettext and Django have it, `pt_BR`; null: it is no language */
export function languageOfFolder(name: string): string | null {
  try {
    return Intl.getCanonicalLocales(name.replaceAll('_', '-').replace(/@latin$/, '-Latn'))[0] ?? null;
  } catch {
    return null;
  }
}
