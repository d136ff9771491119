/** A list as its page draws it: rows, headings that put in order, filters with counts, dates, pages and actions. */

import type { Condition } from '../../../plugin/ports/records.ts';
import type { Translator } from '../../i18n/translator.ts';
import { type Known, thrifty } from '../dashboard/thrifty.ts';
import { MOST_COUNTED, shownCount } from './counts.ts';
import { dateChoices, dateTrail, dateWord } from './dates.ts';
import type { AnyList, BulkAction, Filter, Note } from './list.ts';
import { headingsOf, sortedForPage } from './sorting.ts';
import { ALL, chosenValue, isNarrowed, type ListState, queryOf, whereOf } from './state.ts';

const MOST_COUNTED_CHOICES = 200;
/** Of more, those that no record has are left out. */
const FEW_CHOICES = 12;
export const PAGE_SIZE = 50;

export async function listModel(
  list: AnyList,
  state: ListState,
  t: Translator,
  mayDo: (action: BulkAction<unknown>) => boolean,
) {
  const where = await whereOf(list, state);
  const { after, before } = state;
  const limit = list.pageSize ?? PAGE_SIZE;
  const { sorted, order, note } = await sortedForPage(list, where ?? [], state.order);
  const shown = { ...state, order };
  const [page, total, filters, columns, dates, notes] = await Promise.all([
    where === null ? { items: [], next: null, previous: null } : sorted.page({ limit, after, before }),
    where === null ? 0 : shownCount(list, where),
    filtersOnPage(list, state).then((shownOnes) =>
      Promise.all(shownOnes.map((filter) => filterModel(list, filter, state, t))),
    ),
    columnsOnPage(list),
    dateModel(list, state, t),
    list.notes?.(state) ?? [],
  ]);
  const context = await list.load(page.items);
  const actions = (list.actions ?? []).filter(mayDo);
  // Nothing to look for, and nothing set that could hide something.
  const isBare = where?.length === 0 && total === 0;
  const at = (changes: Record<string, string | undefined>): string => `${list.path}${queryOf(list, shown, changes)}`;
  return {
    path: list.path,
    lead: list.lead === undefined ? null : t(list.lead),
    notes: (note === null ? notes : [{ text: note }, ...notes]).map(({ text, links = [] }: Note) => ({
      text: capitalised(t(text), t),
      links: links.map((link) => ({ text: t.shown(link.text), href: link.href })),
    })),
    total: countedUpTo(total, list.noun, t),
    count: countWord(total, t),
    isNarrowed: isNarrowed(state),
    nothingMatches: t(list.nothingMatches),
    empty: typeof list.empty === 'function' ? await list.empty() : list.empty,
    search: isBare
      ? undefined
      : list.search && { label: t(list.search.label), help: t(list.search.help), value: state.search ?? '' },
    filters: isBare ? [] : filters,
    dates,
    kept: [
      ['order', state.order],
      ['date', state.date],
    ].flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }])),
    columns: headingsOf(list, order, total, columns, (next) => at({ order: next }), t),
    rows: page.items.map((row: unknown) => ({
      id: list.idOf(row),
      cells: columns.map((column) => ({ ...column.cell(row, context), isNumber: column.isNumber ?? false })),
    })),
    actions: actions.map(({ name, label }) => ({ name, label: t(label) })),
    actionPath: `/actions${list.path}`,
    query: queryOf(list, state),
    exports: ['csv', 'json'].map((format) => ({
      word: format.toUpperCase(),
      href: `/exports${list.path}.${format}${queryOf(list, shown)}`,
    })),
    firstHref: after === undefined && before === undefined ? null : at({}),
    previousHref: page.previous === null ? null : at({ before: page.previous }),
    nextHref: page.next === null ? null : at({ after: page.next }),
    clearHref: list.path,
  };
}

async function columnsOnPage({ columns }: AnyList): Promise<AnyList['columns']> {
  return onPage(columns.filter(({ isInFilesOnly }) => !isInFilesOnly));
}

/** What is chosen by is there, so that it can be let go again. */
async function filtersOnPage({ filters }: AnyList, state: ListState): Promise<readonly Filter[]> {
  return onPage(filters, ({ name }) => state.filters[name] !== undefined);
}

async function onPage<One extends { isOnPageIf?(): Promise<boolean> }>(
  all: readonly One[],
  isAnyway: (one: One) => boolean = () => false,
): Promise<readonly One[]> {
  const are = await Promise.all(all.map(async (one) => isAnyway(one) || (await one.isOnPageIf?.()) !== false));
  return all.filter((_, n) => are[n]);
}

/** `10,000+ events` */
function countedUpTo(count: number, [one, many]: AnyList['noun'], t: Translator): string {
  return t.plural(count, one, many, count > MOST_COUNTED ? { count: countWord(count, t) } : {});
}

function countWord(count: number, t: Translator): string {
  return count > MOST_COUNTED ? `${t.number(MOST_COUNTED)}+` : t.number(count);
}

function capitalised(text: string, t: Translator): string {
  return text.charAt(0).toLocaleUpperCase(t.language) + text.slice(1);
}

async function filterModel(list: AnyList, filter: Filter, state: ListState, t: Translator) {
  const chosen = chosenValue(list, filter, state);
  const choices = await filter.choices();
  if (filter.isWritten) return { name: filter.name, label: t(filter.label), written: chosen ?? '', offered: choices };
  const isKnown = chosen === undefined || choices.some(({ value }) => value === chosen);
  const offered = isKnown ? choices : [...choices, { value: chosen, word: chosen }];
  const isCounted = offered.length <= MOST_COUNTED_CHOICES && !(list.date?.isUncounted && state.date !== undefined);
  const where = isCounted ? await whereOf(list, state, filter.name) : null;
  const there = where && offered.length > FEW_CHOICES ? await valuesThere(list, filter) : null;
  const counts = where && (await Promise.all(offered.map(({ value }) => countOf(value, where))));
  return {
    name: filter.name,
    written: null,
    label: t(filter.label),
    any: { value: filter.initial === undefined ? '' : ALL, word: t(filter.any), isChosen: chosen === undefined },
    choices: offered.flatMap(({ value, word }, n) => {
      const count = counts?.[n];
      if (count === 0 && value !== chosen && choices.length > FEW_CHOICES) return [];
      const text = t.shown(word);
      return {
        value,
        word: count === undefined ? text : `${text} (${countWord(count, t)})`,
        isChosen: value === chosen,
      };
    }),
  };

  async function countOf(value: string, others: readonly Condition[]): Promise<number> {
    return there?.has(value) === false ? 0 : shownCount(list, [...others, ...filter.where(value)]);
  }
}

const valuesByList = new WeakMap<AnyList, Map<string, () => Promise<Known<readonly string[] | null> | null>>>();

/** What any record has in the field of the filter, as known not long ago. @returns null: it may be anything */
async function valuesThere(list: AnyList, { name, field }: Filter): Promise<ReadonlySet<string> | null> {
  if (field === undefined) return null;
  const byFilter = valuesByList.get(list) ?? new Map();
  valuesByList.set(list, byFilter);
  const ask = byFilter.get(name) ?? thrifty(() => list.records.values(field, MOST_COUNTED_CHOICES));
  byFilter.set(name, ask);
  const values = (await ask())?.result ?? null;
  return values && new Set(values);
}

async function dateModel(list: AnyList, state: ListState, t: Translator) {
  if (!list.date) return null;
  const where = await whereOf(list, state, 'date');
  const choices = where === null ? [] : await dateChoices(list, list.date, state.date, where);
  const hrefOf = (date: string | undefined): string => `${list.path}${queryOf(list, state, { date })}`;
  return {
    label: t(list.date.label),
    trail: [
      { word: t('Any date'), href: hrefOf(undefined), isChosen: state.date === undefined },
      ...(state.date === undefined ? [] : dateTrail(state.date)).map((value) => ({
        word: dateWord(value, t),
        href: hrefOf(value),
        isChosen: value === state.date,
      })),
    ],
    choices: choices
      .filter(({ value }) => value !== state.date)
      .map(({ value, count }) => ({
        ...{ word: dateWord(value, t), href: hrefOf(value) },
        count: count === null ? null : countWord(count, t),
      })),
  };
}
