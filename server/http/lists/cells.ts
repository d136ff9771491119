/** What stands in a cell of a list. The page draws it, an export writes it: neither says more than the other. */

import { type ShownStatus, type ShownTime, shownNumber } from '../format.ts';

export type CellPart =
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly href?: string | null;
      readonly breaksAtDots?: boolean;
      /** What a link means out of its row. */
      readonly hidden?: string;
    }
  | { readonly kind: 'time'; readonly time: ShownTime; readonly href?: string }
  | { readonly kind: 'status'; readonly status: ShownStatus }
  | { readonly kind: 'number'; readonly number: number; readonly href?: string | null }
  /** A group of a rule, fulfilled or not. */
  | { readonly kind: 'group'; readonly text: string; readonly fulfilled: boolean };

export interface CellNote {
  readonly text: string;
  readonly href?: string | null;
  /** What a link means out of its row. */
  readonly hidden?: string;
}

export interface Cell {
  /** Under each other. */
  readonly parts: readonly CellPart[];
  /** What stands there when there are none. */
  readonly otherwise: string;
  /** Small, below. An export writes it where the column gives it a name. */
  readonly note?: CellNote | null;
  /** A sentence that needs its width. */
  readonly isProse?: boolean;
}

type More = Partial<Pick<Cell, 'otherwise' | 'note' | 'isProse'>>;

const NOTHING = 'none';

export function textCell(text: string | null, href: string | null = null, more: More = {}): Cell {
  return { parts: text === null ? [] : [{ kind: 'text', text, href }], otherwise: NOTHING, ...more };
}

export function timeCell(time: ShownTime | null, otherwise = 'never'): Cell {
  return { parts: time === null ? [] : [{ kind: 'time', time }], otherwise };
}

export function statusCell(status: ShownStatus, note: string | null = null): Cell {
  const rest = note === null ? {} : { note: { text: note }, isProse: true };
  return { parts: [{ kind: 'status', status }], otherwise: NOTHING, ...rest };
}

export function numberCell(number: number, href: string | null = null): Cell {
  return { parts: [{ kind: 'number', number, href }], otherwise: NOTHING };
}

export function linksCell(
  links: readonly { readonly text: string; readonly href: string | null; readonly hidden?: string }[],
  otherwise = NOTHING,
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
  if (part.kind === 'status') return part.status.word;
  if (part.kind === 'number') return shownNumber(part.number);
  return part.kind === 'group' ? `${part.text}: ${part.fulfilled ? 'fulfilled' : 'open'}` : part.text;
}
