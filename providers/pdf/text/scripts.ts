/** The scripts of the world, as far as setting them differs. */

interface Script {
  /** ISO 15924 */
  readonly tag: string;
  readonly letters: RegExp;
  /** Letters join: space between them would tear words apart. */
  readonly joined?: true;
  /** Words are not divided by spaces: a line may end between words found by dictionary. */
  readonly unspaced?: true;
}

const SCRIPTS: readonly Script[] = [
  { tag: 'Latn', letters: /^\p{Script=Latin}/u },
  { tag: 'Grek', letters: /^\p{Script=Greek}/u },
  { tag: 'Cyrl', letters: /^\p{Script=Cyrillic}/u },
  { tag: 'Arab', letters: /^\p{Script=Arabic}/u, joined: true },
  { tag: 'Hebr', letters: /^\p{Script=Hebrew}/u },
  { tag: 'Deva', letters: /^\p{Script=Devanagari}/u },
  { tag: 'Beng', letters: /^\p{Script=Bengali}/u },
  { tag: 'Taml', letters: /^\p{Script=Tamil}/u },
  { tag: 'Telu', letters: /^\p{Script=Telugu}/u },
  { tag: 'Gujr', letters: /^\p{Script=Gujarati}/u },
  { tag: 'Guru', letters: /^\p{Script=Gurmukhi}/u },
  { tag: 'Knda', letters: /^\p{Script=Kannada}/u },
  { tag: 'Mlym', letters: /^\p{Script=Malayalam}/u },
  { tag: 'Orya', letters: /^\p{Script=Oriya}/u },
  { tag: 'Sinh', letters: /^\p{Script=Sinhala}/u },
  { tag: 'Thai', letters: /^\p{Script=Thai}/u, unspaced: true },
  { tag: 'Laoo', letters: /^\p{Script=Lao}/u, unspaced: true },
  { tag: 'Khmr', letters: /^\p{Script=Khmer}/u, unspaced: true },
  { tag: 'Mymr', letters: /^\p{Script=Myanmar}/u, unspaced: true },
  { tag: 'Ethi', letters: /^\p{Script=Ethiopic}/u },
  { tag: 'Hani', letters: /^\p{Script=Han}/u, unspaced: true },
  { tag: 'Hira', letters: /^\p{Script=Hiragana}/u, unspaced: true },
  { tag: 'Kana', letters: /^\p{Script=Katakana}/u, unspaced: true },
  { tag: 'Hang', letters: /^\p{Script=Hangul}/u },
  { tag: 'Armn', letters: /^\p{Script=Armenian}/u },
  { tag: 'Geor', letters: /^\p{Script=Georgian}/u },
  { tag: 'Syrc', letters: /^\p{Script=Syriac}/u, joined: true },
  { tag: 'Nkoo', letters: /^\p{Script=Nko}/u, joined: true },
  { tag: 'Mong', letters: /^\p{Script=Mongolian}/u, joined: true },
];

/** Set one character after the other, each with its own glyph: what is read back is what was written. */
const PLAIN = new Set(['Latn', 'Grek', 'Cyrl', 'Armn', 'Geor', 'Ethi', 'Hani', 'Hira', 'Kana', 'Hang']);
const JOINED = new Set(SCRIPTS.filter(({ joined }) => joined).map(({ tag }) => tag));
const UNSPACED = new Set(SCRIPTS.filter(({ unspaced }) => unspaced).map(({ tag }) => tag));

const SHARED = /^[\p{Script=Common}\p{Script=Inherited}]/u;

/** Of the letters met so far, up to the end of the first plane: most letters come again and again. */
const met = new Map<number, string | null>();

/** @returns null for what all scripts share (spaces, digits, marks) and for scripts that need nothing of their own */
export function scriptOf(character: string): string | null {
  const code = character.codePointAt(0) ?? 0;
  const known = met.get(code);
  if (known !== undefined) return known;
  const found = SHARED.test(character) ? null : (SCRIPTS.find(({ letters }) => letters.test(character))?.tag ?? null);
  if (code <= 0xffff) met.set(code, found);
  return found;
}

export const isPlain = (script: string | null) => script === null || PLAIN.has(script);
export const isJoined = (script: string | null) => script !== null && JOINED.has(script);
export const isUnspaced = (script: string | null) => script !== null && UNSPACED.has(script);
