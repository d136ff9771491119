/** Composed (NFC), without control and invisible characters, white space runs as one space. What joins and separates
 *  letters stays (names in Persian and Hindi are written with it), as do the marks of direction. */
export function cleanText(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .replace(/(?![\u200c-\u200f\u061c])[\p{Cf}\p{Co}\p{Cn}\p{Cs}]/gu, '')
    .trim();
}
