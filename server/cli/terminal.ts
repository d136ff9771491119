/** What a terminal would obey stands in much that is printed: names of learners, ids of events, what a broken message held. */

import { PAINTS } from './colour.ts';
import type { Output } from './shell.ts';

/** Control characters, and not the ends of lines, tabs and our own colours. */
const OBEYED = new RegExp(`(?!${PAINTS.source})[^\\P{Cc}\\n\\t]`, 'gu');

/** On a terminal such characters are shown and not obeyed; a file or a pipe gets what there is. */
export function harmless(output: Output): Output {
  if (output.isTTY !== true) return output;
  return { isTTY: true, write: (text) => output.write(text.replace(OBEYED, shown)) };
}

function shown(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}
