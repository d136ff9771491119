/** Marked regions of hand-written pages that are filled from the code's tables. */

import { invariant } from '../../plugin/errors.ts';

/** Replaces what stands between `<!-- begin NAME: made by npm run generate -->` and `<!-- end NAME -->`. */
export function fillRegion(text: string, name: string, content: string): string {
  const begin = `<!-- begin ${name}: made by npm run generate -->`;
  const end = `<!-- end ${name} -->`;
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  invariant(from >= 0 && to >= 0, `the page has a region ${name}`);
  return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`;
}
