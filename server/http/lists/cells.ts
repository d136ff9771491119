/** What stands in a cell of a list. The page draws it in the language of whoever reads, an export writes it in English: neither says more
 *  than the other. A text alone is data, such as a name, and stands as it is. */

import { english, msg, type Words } from '../../../plugin/words.ts';
import type { Thumbnail } from '../providers/thumbnails.ts';
import { type ShownStatus, type ShownTime, shownNumber } from '../words/format.ts';

export type CellPart =
  | {
      readonly kind: 'text';
      readonly text: Words;
      readonly href?: string | null;
      /** A name of parts, such as the key of a course: a line may end after each. */
      readonly breaksAtDots?: boolean;
      /** What a link means out of its row: all of it, beginning with the text. */
      readonly hidden?: Words;
      /** A computer said it, e.g. a provider. */
      readonly isEnglish?: boolean;
    }
  | { readonly kind: 'time'; readonly time: ShownTime; readonly href?: string }
  | { readonly kind: 'status'; readonly status: ShownStatus }
  | { readonly kind: 'number'; readonly number: number; readonly href?: string | null }
  /** A group of a rule, fulfilled or not. */
  | { readonly kind: 'group'; readonly text: string; readonly fulfilled: boolean };

export interface CellNote {
  readonly text: Words;
  readonly href?: string | null;
  /** What a link means out of its row. */
  readonly hidden?: Words;
  readonly isEnglish?: boolean;
}

export interface Cell {
  /** Under each other. */
  readonly parts: readonly CellPart[];
  /** What is said there when there are none. */
  readonly otherwise: string;
  /** Before the parts, on the page only. */
  readonly thumbnail?: Thumbnail | null;
  /** Small, below. An export writes it where the column gives it a name. */
  readonly note?: CellNote | null;
  /** A sentence that needs its width. */
  readonly isProse?: boolean;
}

interface More extends Partial<Pick<Cell, 'otherwise' | 'note' | 'isProse' | 'thumbnail'>> {
  readonly isEnglish?: boolean;
  readonly breaksAtDots?: boolean;
}

const NOTHING = msg('none');

export function textCell(text: Words | null, href: string | null = null, more: More = {}): Cell {
  const { isEnglish = false, breaksAtDots = false, ...rest } = more;
  const parts = text === null ? [] : [{ kind: 'text', text, href, isEnglish, breaksAtDots } as const];
  return { parts, otherwise: NOTHING, ...rest };
}

export function timeCell(time: ShownTime | null, otherwise = msg('never') as string): Cell {
  return { parts: time === null ? [] : [{ kind: 'time', time }], otherwise };
}

export function statusCell(status: ShownStatus, note: Words | null = null, isEnglish = false): Cell {
  const rest = note === null ? {} : { note: { text: note, isEnglish }, isProse: true };
  return { parts: [{ kind: 'status', status }], otherwise: NOTHING, ...rest };
}

export function numberCell(number: number, href: string | null = null): Cell {
  return { parts: [{ kind: 'number', number, href }], otherwise: NOTHING };
}

export function linksCell(
  links: readonly { readonly text: Words; readonly href: string | null; readonly hidden?: Words }[],
  otherwise: string = NOTHING,
): Cell {
  return { parts: links.map((link) => ({ kind: 'text', ...link })), otherwise };
}

/** As an export writes it: times exact, numbers plain. @returns null where the page says that there is nothing */
export function exportedValue({ parts }: Cell): string | number | null {
  const [first] = parts;
  if (first === undefined) return null;
  if (parts.length === 1 && first.kind === 'number') return first.number;
  return parts.map(plainText).join('; ');
}

function plainText(part: CellPart): string {
  if (part.kind === 'time') return part.time.iso;
  if (part.kind === 'status') return english(part.status.word);
  if (part.kind === 'number') return shownNumber(part.number);
  return part.kind === 'group' ? `${part.text}: ${part.fulfilled ? 'fulfilled' : 'open'}` : english(part.text);
}
