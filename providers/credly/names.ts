/** First and last name, which Credly both insists on, out of the one name that Open edX knows. */

export interface SplitName {
  readonly first: string;
  readonly last: string;
}

/** Who has no name: a username would be published on the badge's page, an e-mail address even more so. */
const NAMELESS: SplitName = { first: 'Open edX', last: 'Learner' };
/** Who has one name only. */
const NO_LAST_NAME = '-';
const LONGEST = 120;

/** The last word is the last name, all before it the first names. One word is the first name, with `-` for the last. What looks
 *  like an e-mail address is no name. */
export function splitName(name: string): SplitName {
  const words = name
    .normalize('NFC')
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
    .split(' ')
    .filter((word) => /[\p{L}\p{N}]/u.test(word));
  if (words.length === 0 || words.some((word) => word.includes('@'))) return NAMELESS;
  const last = words.length === 1 ? NO_LAST_NAME : (words.at(-1) as string);
  const first = words.length === 1 ? (words[0] as string) : words.slice(0, -1).join(' ');
  return { first: cut(first), last: cut(last) };
}

function cut(text: string): string {
  return [...text].slice(0, LONGEST).join('').trim();
}
