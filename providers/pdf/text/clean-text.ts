/** Composed (NFC), without control and invisible characters, white space runs as one space. What joins and separates
 *  letters stays (names in Persian and Hindi are written with it), as do the marks of direction. So do letters for private use, or
 *  newer than this Node: a font of one's own may have them, and a document without them would not show the name. */
export function cleanText(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .replace(/(?![\u200c-\u200f\u061c])[\p{Cf}\p{Noncharacter_Code_Point}]/gu, '')
    .trim();
}

/** Whether a text leaves no trace on paper. */
export function isBlank(text: string): boolean {
  return /^[\s\u2800\ufffc\p{Default_Ignorable_Code_Point}]*$/u.test(cleanText(text));
}
