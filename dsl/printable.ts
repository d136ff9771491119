/** A terminal obeys control characters and turns text around at direction marks: one sign each stands for them. */
export function printable(text: string): string {
  return text.replace(/(?!\t)[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
}
