/** How much text the language takes. Beyond a limit there is a diagnostic, never a crash or a long wait. */

export const limits = Object.freeze({
  /** UTF-8 bytes of one rule file. */
  fileBytes: 1024 * 1024,
  /** UTF-8 bytes of one expression. */
  expressionBytes: 8 * 1024,
  /** Parentheses and `not`s inside each other. */
  nesting: 64,
  /** Items of one list. */
  listItems: 1_000,
  /** Diagnostics reported for one text. */
  diagnostics: 100,
  /** Syntax errors after which the rest of a text is not read. */
  syntaxErrors: 200,
});

/** @returns how many bytes the text takes in UTF-8; a lone surrogate counts as the replacement character */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800) bytes += 1;
    else if (isPair(unit, text.charCodeAt(i + 1))) {
      bytes += 2;
      i++;
    } else bytes += 2;
  }
  return bytes;
}

/** True when the text is longer than `limit` in UTF-8, without counting where its length alone decides. */
export function exceedsBytes(text: string, limit: number): boolean {
  if (text.length > limit) return true;
  return text.length * 3 > limit && utf8Length(text) > limit;
}

function isPair(first: number, second: number): boolean {
  return (first & 0xfc00) === 0xd800 && (second & 0xfc00) === 0xdc00;
}
