/** What an address asks of a list, and the address of what is asked: one and the same. */

import { InputError } from '../../../plugin/errors.ts';
import type { Condition } from '../../../plugin/ports/records.ts';
import { queryString } from '../forms/forms.ts';
import { dateRange, isDateChoice } from './dates.ts';
import type { AnyList, Choice, Filter } from './list.ts';
import { sortingOf } from './sorting.ts';

/** The value of the choice that a filter with an initial one does not choose. */
export const ALL = 'all';

const LONGEST_SEARCH = 200;

export interface ListState {
  /** By the names of the filters. */
  readonly filters: Readonly<Record<string, string | undefined>>;
  readonly search: string | undefined;
  /** `2026`, `2026-05` or `2026-05-31`. */
  readonly date: string | undefined;
  /** As the address has it, e.g. `-status,name`; undefined: the usual order. */
  readonly order: string | undefined;
  readonly after: string | undefined;
  readonly before: string | undefined;
}

/** @throws InputError `input.list-address` for what no link of the list says */
export async function readState(list: AnyList, query: URLSearchParams): Promise<ListState> {
  const text = (name: string): string | undefined => query.get(name)?.trim() || undefined;
  const filters: Record<string, string | undefined> = {};
  for (const filter of list.filters) {
    const value = text(filter.name);
    filters[filter.name] = value;
    if (value === undefined || filter.isOpen || filter.isWritten || (filter.initial !== undefined && value === ALL))
      continue;
    const choices = await filter.choices();
    if (!choices.some((choice) => choice.value === value)) throw odd(filter.label, value, choices);
  }
  const date = list.date && text('date');
  if (date !== undefined && !isDateChoice(date)) {
    throw new InputError(
      'list-address',
      'the date in the address must be a year, a month or a day, e.g. 2026, 2026-05 or 2026-05-31',
    );
  }
  const order = text('order');
  if (order !== undefined) sortingOf(list, order);
  return {
    filters,
    search: list.search && text('search')?.slice(0, LONGEST_SEARCH),
    date,
    order,
    after: text('after'),
    before: text('before'),
  };
}

function odd(label: string, value: string, choices: readonly Choice[]): InputError {
  const offered = choices.slice(0, 12).map((choice) => choice.value);
  const hint = offered.length > 0 ? `; choose one of ${offered.join(', ')}` : '';
  return new InputError('list-address', `the list has no “${value.slice(0, 60)}” under ${label}${hint}`);
}

export function chosenValue(list: AnyList, filter: Filter, state: ListState): string | undefined {
  const isEverywhere = list.filters.some(({ name, looksEverywhere }) => looksEverywhere && state.filters[name]);
  const value = state.filters[filter.name] ?? (isEverywhere ? undefined : filter.initial);
  return filter.initial !== undefined && value === ALL ? undefined : value;
}

/** Something narrows the list beyond what it shows at first. */
export function isNarrowed({ filters, search, date }: ListState): boolean {
  return search !== undefined || date !== undefined || Object.values(filters).some((value) => value !== undefined);
}

/** @param without leave this filter, or the `date`, out
 *  @returns null: nothing can match */
export async function whereOf(list: AnyList, state: ListState, without?: string): Promise<readonly Condition[] | null> {
  const found = state.search === undefined ? [] : await list.search?.where(state.search);
  if (found === null) return null;
  const chosen = list.filters
    .filter(({ name }) => name !== without)
    .flatMap((filter) => {
      const value = chosenValue(list, filter, state);
      return value === undefined ? [] : filter.where(value);
    });
  const period = list.date && state.date !== undefined && without !== 'date' ? [dateRange(list.date, state.date)] : [];
  return [...(list.always ?? []), ...(found ?? []), ...chosen, ...period];
}

/** Everything that is asked, without the place of the page. */
export function queryOf(list: AnyList, state: ListState, changes: Record<string, string | undefined> = {}): string {
  const { search, date, order } = state;
  const own = Object.fromEntries(list.filters.map(({ name }) => [name, state.filters[name]]));
  return queryString({ ...own, search, date, order, ...changes });
}
