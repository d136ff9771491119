/** How long the other side asks us to stay away. */

/** @param header seconds or a date, RFC 9110 section 10.2.3
 *  @returns ms, not negative; null: it does not say, or not in words that are understood */
export function retryAfterMs(header: string | undefined, now: Date): number | null {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  // `Date.parse` reads far more than an HTTP date, e.g. "-5" and "1.5".
  const at = /^[A-Za-z]{3,9},? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime());
}
