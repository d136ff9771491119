/** Filters that several lists have. */

import { msg, words } from '../../../plugin/words.ts';
import { shownStatus } from '../format.ts';
import type { Services } from '../services.ts';
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
