/** Two texts line by line: what went, what came, and a little of what stays around it. */

import { structuredPatch } from 'diff';

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
}

/** Lines around each change. */
const CONTEXT = 3;
/** Lines that come and go before it is told as a new text: the time to find fewer grows with their square. */
const MOST_EDITS = 600;

export function textDiff(before: string, after: string): TextDiff {
  if (before === after) return { stretches: [], whole: false };
  const patch = structuredPatch('', '', before, after, '', '', { context: CONTEXT, maxEditLength: MOST_EDITS });
  if (patch === undefined) {
    return { stretches: [[...allOf(before, 'removed'), ...allOf(after, 'added')]], whole: true };
  }
  return {
    whole: false,
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

function allOf(text: string, kind: 'added' | 'removed'): readonly DiffLine[] {
  const lines = text.replace(/\n$/, '').split('\n');
  return lines.map((line, at) => ({ kind, text: line, number: at + 1 }));
}
