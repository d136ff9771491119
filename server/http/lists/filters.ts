/** Filters that several lists have. */

import type { Organisations } from '../../../plugin/organisations/standing.ts';
import { msg, words } from '../../../plugin/words.ts';
import type { Services } from '../services.ts';
import { shownStatus } from '../words/format.ts';
import { badgeNames } from './find-learners.ts';
import type { Filter } from './list.ts';

/** @param field where records keep it; left out: under the name of the filter */
export function stateFilter(states: readonly string[], field = 'state'): Filter {
  return { ...ofStatuses(states, field), name: 'state', label: msg('State'), any: msg('Any state') };
}

export function statusFilter(statuses: readonly string[]): Filter {
  return { ...ofStatuses(statuses, 'status'), name: 'status', label: msg('Status'), any: msg('Any status') };
}

function ofStatuses(values: readonly string[], field: string): Pick<Filter, 'choices' | 'where'> {
  return {
    choices: () => values.map((value) => ({ value, word: words(shownStatus(value).word) })),
    where: (value) => [{ field, in: [value] }],
  };
}

export function badgeFilter(services: Pick<Services, 'badges'>): Filter {
  return {
    name: 'badge',
    label: msg('Badge'),
    any: msg('All badges'),
    isOpen: true,
    choices: async () => [...(await badgeNames(services))].map(([value, word]) => ({ value, word })),
    where: (badge) => [{ field: 'badgeId', in: [badge] }],
  };
}

const NOTHING = '-';

/** For lists with a field `organisations`. */
export function limitFilter(rows: () => Promise<readonly { readonly organisations?: Organisations }[]>): Filter {
  return {
    name: 'limit',
    label: msg('Limited to'),
    any: msg('Anything'),
    isOpen: true,
    async choices() {
      const names = new Set((await rows()).flatMap(({ organisations = [] }) => organisations));
      const some = [...names].sort().map((value) => ({ value, word: value }));
      return [...some, { value: NOTHING, word: words('nothing') }];
    },
    where: (name) => [{ field: 'organisations', in: [name === NOTHING ? null : name] }],
  };
}
