/** In which order a list is, as its address says it: one or several columns, the first of which counts most. */

import { InputError } from '../../../plugin/errors.ts';
import type { Condition, RecordOrder } from '../../../plugin/ports/records.ts';
import {
  maySort,
  SORTED_BY_HAND,
  type SortedRecords,
  type Sorting,
  sortedRecords,
} from '../../../plugin/ports/sorted-records.ts';
import { counts, type FilledWords, msg, words } from '../../../plugin/words.ts';
import type { Translator } from '../../i18n/translator.ts';
import type { AnyList } from './list.ts';

const MOST_COLUMNS = 4;
const PLACES = [msg('first'), msg('second'), msg('third'), msg('fourth')] as const;

/** One column of the order. */
interface SortedColumn {
  readonly name: string;
  readonly descending: boolean;
}

/** `-status,name`: by status, the greatest first, those of one status by name. @throws InputError `input.list-address` */
export function sortingOf(list: AnyList, order: string | undefined): Sorting {
  const columns = order === undefined ? [] : columnsOf(order);
  const keys = columns.map(({ name, descending }) => ({ field: fieldOf(list, name), descending }));
  if (columns.length > MOST_COLUMNS || new Set(keys.map(({ field }) => field)).size < keys.length) {
    throw new InputError(
      'list-address',
      `the order in the address must be of at most ${MOST_COLUMNS} columns, each of them once, e.g. ${offered(list).slice(0, 2).join(',')}`,
    );
  }
  return completed(list, keys);
}

/** Records with the same of few values lie in the usual order. */
function completed(list: AnyList, keys: readonly RecordOrder[]): Sorting {
  const { order: usual } = list;
  const fewValues = list.columns.flatMap(({ order, hasFewValues }) => (order && hasFewValues ? order : []));
  const last = keys.at(-1);
  const goesOn = !last || (fewValues.includes(last.field) && keys.every(({ field }) => field !== usual.field));
  return { keys: goesOn ? [...keys, usual] : keys, fewValues, usual };
}

function columnsOf(order: string): readonly SortedColumn[] {
  return order.split(',').map((part) => {
    const descending = part.startsWith('-');
    return { name: descending ? part.slice(1) : part, descending };
  });
}

function fieldOf(list: AnyList, name: string): string {
  const field = list.columns.find((one) => one.name === name)?.order;
  if (field !== undefined) return field;
  throw new InputError(
    'list-address',
    `the list cannot be put in order by “${name.slice(0, 60)}”; it can by ${offered(list).join(', ')}`,
  );
}

function offered(list: AnyList): readonly string[] {
  return list.columns.flatMap(({ name, order }) => (order === undefined ? [] : name));
}

/** @throws InputError `input.list-order`: it would take unbounded work */
export async function sortedList(
  list: AnyList,
  where: readonly Condition[],
  sorting: Sorting,
): Promise<SortedRecords<unknown>> {
  const sorted = await sortedRecords(list.records, where, sorting);
  if (sorted !== null) return sorted;
  throw new InputError('list-order', tooMany(list, sorting));
}

function tooMany(list: AnyList, { keys }: Sorting): FilledWords {
  const labels = keys.map(({ field }) => words(list.columns.find(({ order }) => order === field)?.label ?? field));
  return words(
    'more than {records} match, too many to be put in order by {columns} at once; filter until fewer match, or put them in order by {column} alone',
    {
      records: counts(SORTED_BY_HAND, ...list.noun),
      columns: labels.reduce((before, label) => words('{before} and {label}', { before, label })),
      column: labels[0] ?? '',
    },
  );
}

/** What a page shows where the order that was asked for cannot be had: that of its first column, and why. */
export async function sortedForPage(list: AnyList, where: readonly Condition[], order: string | undefined) {
  const sorting = sortingOf(list, order);
  const sorted = await sortedRecords(list.records, where, sorting);
  if (sorted !== null) return { sorted, order, note: null };
  const first = order?.split(',')[0];
  return {
    sorted: await sortedList(list, where, sortingOf(list, first)),
    order: first,
    note: words('{reason}. That is what is shown now.', { reason: tooMany(list, sorting) }),
  };
}

/** What the headings say of the order, and lead to. @param shown the columns of the page */
export function headingsOf(
  list: AnyList,
  order: string | undefined,
  total: number,
  shown: readonly { readonly name: string }[],
  at: (order: string | undefined) => string,
  t: Translator,
) {
  const chosen = order === undefined ? usualColumns(list) : columnsOf(order);
  const said = (columns: readonly SortedColumn[]): string =>
    columns.map(({ name, descending }) => `${descending ? '-' : ''}${name}`).join(',');

  const isShown = new Set(shown.map(({ name }) => name));
  const columns = list.columns.filter(({ name }) => isShown.has(name));
  return columns.map(({ name, label: text, isNumber = false, order: field }) => {
    const label = t(text);
    const plain = { label, isNumber, href: null, sorted: null, place: null, addHref: null, removeHref: null };
    if (field === undefined) return plain;
    const place = chosen.findIndex((one) => one.name === name);
    const here = chosen[place];
    if (!here) {
      const more = said([...chosen, { name, descending: false }]);
      const mayAdd =
        chosen.length > 0 && chosen.length < MOST_COLUMNS && maySort(list.records, total, sortingOf(list, more));
      return { ...plain, href: at(name), addHref: mayAdd ? at(more) : null };
    }
    const turned = chosen.map((one) => (one === here ? { name, descending: !one.descending } : one));
    const without = chosen.filter((one) => one !== here);
    return {
      ...plain,
      href: at(said(turned)),
      sorted: here.descending ? ('descending' as const) : ('ascending' as const),
      place: chosen.length > 1 ? { number: place + 1, word: t(PLACES[place] ?? '') } : null,
      removeHref: order === undefined ? null : at(said(without) || undefined),
    };
  });
}

/** The usual order, where a column shows it. */
function usualColumns(list: AnyList): readonly SortedColumn[] {
  const { field, descending } = list.order;
  return list.columns.flatMap(({ name, order }) => (order === field ? { name, descending } : []));
}
