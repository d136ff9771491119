/** How the name of a learner is written on documents. The LMS keeps a name as one text, so its parts stay in their order. */

export const NAME_STYLES = ['as-written', 'capitalized', 'uppercase'] as const;
export type NameStyle = (typeof NAME_STYLES)[number];

/** `capitalized` mends what was typed in small letters or in capitals throughout, and leaves every other name as it is: who wrote
 *  "Ludwig van Beethoven" knows best. */
export function writeName(name: string, style: NameStyle, language: string): string {
  if (style === 'uppercase') return name.toLocaleUpperCase(language);
  if (style === 'as-written' || !isAllAlike(name, language)) return name;
  return name
    .toLocaleLowerCase(language)
    .replace(
      /(^|[\s\p{Pd}'’])(\p{L})/gu,
      (_, before: string, letter: string) => before + letter.toLocaleUpperCase(language),
    );
}

/** Scripts without capitals have none to mend. One letter, such as an initial, tells nothing. */
function isAllAlike(name: string, language: string): boolean {
  const [upper, lower] = [name.toLocaleUpperCase(language), name.toLocaleLowerCase(language)];
  return upper !== lower && [...name.matchAll(/\p{L}/gu)].length > 1 && (name === upper || name === lower);
}
