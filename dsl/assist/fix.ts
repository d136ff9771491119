/** The change that a diagnostic proposes, where it names one that can be made without thinking. */

import type { Span } from '../ast.ts';
import type { Diagnostic } from '../diagnostic.ts';
import { printPath, quote } from '../print-condition.ts';

export interface Fix {
  /** What a button says. */
  readonly label: string;
  readonly span: Span;
  readonly text: string;
}

const DID_YOU_MEAN = /^did you mean "(.*)"\?$/s;
const WRITE = /^write "(.+)"$/s;
const IN_QUOTES = /^write it in double quotes: (".*")$/s;
const WITHOUT_QUOTES = /^write the (?:number|date) without quotes: (\S+)$/;

/** @param text what was checked */
export function fixFor({ code, hint, span }: Diagnostic, text: string): Fix | null {
  if (hint === null) return null;
  const written = text.slice(span.start, span.end);
  const replacement = replacementFor(code, hint, written);
  if (replacement === null || replacement === written) return null;
  return { label: `Change to ${replacement}`, span, text: replacement };
}

function replacementFor(code: string, hint: string, written: string): string | null {
  const meant = DID_YOU_MEAN.exec(hint)?.[1];
  if (meant !== undefined) {
    if (code === 'type.unknown-path') return printedPath(meant);
    return written.startsWith('"') ? quote(meant) : meant;
  }
  if (code === 'syntax.operator') return WRITE.exec(hint)?.[1] ?? null;
  const bare = WITHOUT_QUOTES.exec(hint)?.[1];
  if (bare !== undefined) return bare;
  // A hint shows only the begin of a long text.
  const quoted = IN_QUOTES.exec(hint)?.[1];
  if (quoted !== undefined && quoted === `"${written}"`) return quoted;
  if (code === 'syntax.string' && WRITE.test(hint) && /^'[^'"\\]{1,40}'$/.test(written))
    return `"${written.slice(1, -1)}"`;
  return null;
}

function printedPath(dotted: string): string {
  const [first = '', ...rest] = dotted.split('.');
  return printPath({ root: 'payload', segments: [first, ...rest], part: null, type: 'other' });
}
