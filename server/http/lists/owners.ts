/** Whose the rows of a short list are: a column and a filter, for whoever sees things of more than one organisation. */

import type { Owner } from '../../../plugin/organisations/standing.ts';
import { belongingKey, type Thing } from '../../../plugin/ports/belongings.ts';
import { msg, words } from '../../../plugin/words.ts';
import type { Services } from '../services.ts';
import { textCell } from './cells.ts';
import type { Choice, Column, Filter } from './list.ts';

/** In addresses and forms: shared by all. */
export const SHARED = '-';

export type OwnerOf = (thing: Thing) => Owner;

/** What a short list is given to say whose its rows are. */
export interface Owned<Row> {
  /** Looks up anew whose everything is, too. */
  rows(): Promise<readonly Row[]>;
  /** For the shape. */
  readonly fields: { readonly organisation: (row: Row) => Owner };
  readonly optional: { readonly organisation: string };
  /** Files have it always, the page where there is more than one to tell apart. */
  readonly column: Column<Row, unknown>;
  readonly filter: Filter;
}

/** @param ownerOf whose a row is, by what is known of the things */
export function ownedRows<Row extends object>(
  { belongings }: Pick<Services, 'belongings'>,
  rowsOf: () => Promise<readonly Row[]>,
  ownerOf: (row: Row, of: OwnerOf) => Owner,
): Owned<Row> {
  // Beside the rows and not in them: a list knows nothing of its rows but what they are of.
  const owners = new WeakMap<Row, Owner>();
  const whose = (row: Row): Owner => owners.get(row) ?? null;

  async function rows(): Promise<readonly Row[]> {
    const [found, all] = await Promise.all([rowsOf(), belongings.all()]);
    const organisations = new Map(all.map((one) => [belongingKey(one), one.organisation]));
    for (const row of found)
      owners.set(
        row,
        ownerOf(row, (thing) => organisations.get(belongingKey(thing)) ?? null),
      );
    return found;
  }

  async function there(): Promise<readonly Owner[]> {
    return [...new Set((await rows()).map(whose))];
  }

  const areSeveral = async (): Promise<boolean> => (await there()).length > 1;
  return {
    rows,
    fields: { organisation: whose },
    optional: { organisation: '' },
    column: {
      name: 'organisation',
      label: msg('Organisation'),
      order: 'organisation',
      isOnPageIf: areSeveral,
      cell: (row) => textCell(whose(row), null, { otherwise: msg('shared by all') }),
    },
    filter: {
      name: 'organisation',
      label: msg('Organisation'),
      any: msg('Any organisation'),
      isOpen: true,
      isOnPageIf: areSeveral,
      choices: async () => ownerChoices(await there()),
      where: whereOwner,
    },
  };
}

/** Shared ones first, then by name. */
export function ownerChoices(owners: Iterable<Owner>): readonly Choice[] {
  const all = new Set(owners);
  const named = [...all].flatMap((owner) => owner ?? []).sort();
  const shared = all.has(null) ? [{ value: SHARED, word: words('shared by all') }] : [];
  return [...shared, ...named.map((value) => ({ value, word: value }))];
}

function whereOwner(owner: string): ReturnType<Filter['where']> {
  return [{ field: 'organisation', in: [owner === SHARED ? null : owner] }];
}
