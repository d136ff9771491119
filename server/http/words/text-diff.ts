/** Two texts line by line: what went, what came, and a little of what stays around it. */

import { applyPatch, structuredPatch } from 'diff';

export interface DiffLine {
  readonly kind: 'added' | 'removed' | 'same';
  readonly text: string;
  /** In the new text; of a removed line in the old one. */
  readonly number: number;
}

export interface TextDiff {
  /** Stretches of neighbouring lines; none: the texts are equal. */
  readonly stretches: readonly (readonly DiffLine[])[];
  /** So much differs that the old text stands whole before the new one. */
  readonly whole: boolean;
  /** Lines of texts that stand whole and are too long for that. */
  readonly cut: number;
}

/** Lines around each change. */
const CONTEXT = 3;
/** Lines that come and go before it is told as a new text: the time to find fewer grows with their square. */
const MOST_EDITS = 300;
/** Lines of a text that stands whole. */
const MOST_LINES = 1_000;

export function textDiff(before: string, after: string): TextDiff {
  if (before === after) return { stretches: [], whole: false, cut: 0 };
  const patch = structuredPatch('', '', before, after, '', '', { context: CONTEXT, maxEditLength: MOST_EDITS });
  if (patch === undefined) {
    const all = [linesOf(before, 'removed'), linesOf(after, 'added')];
    const shown = all.flatMap((lines) => lines.slice(0, MOST_LINES));
    return { stretches: [shown], whole: true, cut: all.flat().length - shown.length };
  }
  return {
    whole: false,
    cut: 0,
    stretches: patch.hunks.map(({ lines, oldStart, newStart }) => {
      let [former, now] = [oldStart, newStart];
      return lines.flatMap((line): DiffLine[] => {
        const text = line.slice(1);
        switch (line[0]) {
          case '+':
            return [{ kind: 'added', text, number: now++ }];
          case '-':
            return [{ kind: 'removed', text, number: former++ }];
          case ' ':
            former++;
            return [{ kind: 'same', text, number: now++ }];
          // A remark about the end of the text.
          default:
            return [];
        }
      });
    }),
  };
}

/** What two people made of the same text, put together line by line. @returns null: they changed the same place */
export function bothChanges(base: string, one: string, other: string): string | null {
  const patch = structuredPatch('', '', base, one, '', '', { context: CONTEXT, maxEditLength: MOST_EDITS });
  const both = patch && applyPatch(other, patch);
  return typeof both === 'string' ? both : null;
}

function linesOf(text: string, kind: 'added' | 'removed'): readonly DiffLine[] {
  const lines = text.replace(/\n$/, '').split('\n');
  return lines.map((line, at) => ({ kind, text: line, number: at + 1 }));
}
