/** A list as a file, a batch at a time: a hundred thousand rows take no more memory than one page. */

import { once } from 'node:events';
import type { Response } from 'express';
import { english } from '../../../plugin/words.ts';
import { type Cell, exportedValue } from './cells.ts';
import type { AnyList } from './list.ts';
import { sortedList, sortingOf } from './sorting.ts';
import { type ListState, whereOf } from './state.ts';

export const FORMATS = ['csv', 'json'] as const;
export type Format = (typeof FORMATS)[number];

const contentTypes: Readonly<Record<Format, string>> = { csv: 'text/csv; charset=utf-8', json: 'application/json' };

/** Ends early when nobody reads any more. @returns how many rows were sent */
export async function sendList(res: Response, list: AnyList, state: ListState, format: Format): Promise<number> {
  const name = list.path.slice(1).replaceAll('/', '-');
  res.attachment(`${name}.${format}`).type(contentTypes[format]);
  let rows = 0;
  for await (const piece of piecesOf(list, state, format)) {
    if (res.destroyed || res.closed) return rows;
    rows += piece.rows;
    if (!res.write(piece.text)) await Promise.race([once(res, 'drain'), once(res, 'close')]);
  }
  res.end();
  return rows;
}

/** The file in pieces, each with how many rows it holds. */
export async function* piecesOf(
  list: AnyList,
  state: ListState,
  format: Format,
): AsyncGenerator<{ readonly text: string; readonly rows: number }> {
  const where = await whereOf(list, state);
  const sorted = where && (await sortedList(list, where, sortingOf(list, state.order)));
  yield { text: format === 'csv' ? csvLine(headings(list)) : '[', rows: 0 };
  let isFirst = true;
  for await (const batch of sorted?.scan() ?? []) {
    const context = await list.load(batch);
    const records = batch.map((row: unknown) => exportedColumns(list).map((column) => column.cell(row, context)));
    const text =
      format === 'csv'
        ? records.map((cells: readonly Cell[]) => csvLine(valuesOf(list, cells))).join('')
        : `${isFirst ? '' : ','}\n${records.map((cells: readonly Cell[]) => jsonLine(list, cells)).join(',\n')}`;
    yield { text, rows: batch.length };
    isFirst = false;
  }
  if (format === 'json') yield { text: '\n]\n', rows: 0 };
}

function exportedColumns(list: AnyList): AnyList['columns'] {
  return list.columns.filter(({ isOnPageOnly }) => !isOnPageOnly);
}

function headings(list: AnyList): readonly string[] {
  return exportedColumns(list).flatMap(({ label, noteLabel }) =>
    noteLabel === undefined ? [label] : [label, noteLabel],
  );
}

function valuesOf(list: AnyList, cells: readonly Cell[]): readonly (string | number | null)[] {
  return cells.flatMap((cell, n) => {
    const value = exportedValue(cell);
    return exportedColumns(list)[n]?.noteLabel === undefined
      ? [value]
      : [value, cell.note ? english(cell.note.text) : null];
  });
}

function jsonLine(list: AnyList, cells: readonly Cell[]): string {
  const values = valuesOf(list, cells);
  const names = exportedColumns(list).flatMap(({ name, noteLabel }) =>
    noteLabel === undefined ? [name] : [name, noteLabel.toLowerCase().replaceAll(' ', '-')],
  );
  return JSON.stringify(Object.fromEntries(names.map((name, n) => [name, values[n] ?? null])));
}

/** RFC 4180. */
function csvLine(values: readonly (string | number | null)[]): string {
  return `${values.map(csvField).join(',')}\r\n`;
}

/** What a spreadsheet would take for a formula is text, with signs of full width too. */
export function csvField(value: string | number | null): string {
  if (value === null) return '';
  const text = typeof value === 'string' && /^[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
