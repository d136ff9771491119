/** Whose a thing is, as its own page says it. */

import type { Thing } from '../../../plugin/ports/belongings.ts';
import { queryString } from '../forms/forms.ts';
import type { Services } from '../services.ts';

export interface Whose {
  /** null: shared by all. */
  readonly organisation: string | null;
  /** Where it is given to another. */
  readonly href: string;
}

/** @param name what the thing is found by in the list of what belongs to whom
 *  @returns null: nothing here belongs to any organisation, and nobody wants to read of them */
export async function whoseIs({ belongings }: Pick<Services, 'belongings'>, thing: Thing): Promise<Whose | null> {
  const all = await belongings.all();
  if (all.length === 0) return null;
  const found = all.find(({ kind, id }) => kind === thing.kind && id === thing.id);
  return {
    organisation: found?.organisation ?? null,
    href: `/organisations${queryString({ search: thing.id, kind: thing.kind })}`,
  };
}
