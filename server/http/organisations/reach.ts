/** What belongs to the organisations that somebody is limited to, as far as is known since it was last looked up. */

import { InputError } from '../../../plugin/errors.ts';
import {
  type Organisations,
  type Owner,
  organisationOfContext,
  type Standing,
  standingOf,
} from '../../../plugin/organisations/standing.ts';
import { type BelongingKind, type BelongingStore, belongingKey, type Thing } from '../../../plugin/ports/belongings.ts';
import { msg, words } from '../../../plugin/words.ts';
import { forbidden } from '../middleware/request-error.ts';

/** An id that nothing has. */
export const NOTHING = '-';

export interface Reach {
  readonly organisations: Organisations;
  /** Looks everything up again: to be done before each request and each step of a job. */
  refresh(): Promise<void>;
  ownerOf(thing: Thing): Owner;
  standing(kind: BelongingKind, id: string): Standing;
  /** Its own, or shared. */
  sees(kind: BelongingKind, id: string): boolean;
  owns(kind: BelongingKind, id: string): boolean;
  /** The ids of what it owns, also of what is gone by now. */
  owned(kind: BelongingKind): readonly string[];
  /** Whether the course or learning path is of one of the organisations. */
  ownsContext(contextKey: string): boolean;
  /** To change something by.
   *  @returns the id, or one that nothing has: what is foreign is answered as what is not there by whoever is asked
   *  @throws RequestError 403 for what is shared */
  ownId(kind: BelongingKind, id: string): string;
  /** Makes what is about to be made its own. Where it is not made after all the id stays its own: to give it back could give away
   *  what a colleague makes at the same time. @throws InputError `input.taken` when it is another's */
  claim(kind: BelongingKind, id: string): Promise<void>;
}

export function createReach(organisations: Organisations, store: BelongingStore): Reach {
  let owners: ReadonlyMap<string, string> = new Map();
  let looked = 0;
  let known = 0;

  async function refresh(): Promise<void> {
    looked += 1;
    const look = looked;
    const all = await store.all();
    // Of two looks at the same time the one that began later counts.
    if (look < known) return;
    known = look;
    owners = new Map(all.map((belonging) => [belongingKey(belonging), belonging.organisation]));
  }

  const ownerOf = (thing: Thing): Owner => owners.get(belongingKey(thing)) ?? null;
  const standing = (kind: BelongingKind, id: string): Standing => standingOf(organisations, ownerOf({ kind, id }));

  return {
    organisations,
    refresh,
    ownerOf,
    standing,
    sees: (kind, id) => standing(kind, id) !== 'foreign',
    owns: (kind, id) => standing(kind, id) === 'own',
    owned: (kind) =>
      [...owners].flatMap(([key, owner]) =>
        key.startsWith(`${kind}:`) && organisations.includes(owner) ? key.slice(kind.length + 1) : [],
      ),
    ownsContext(contextKey) {
      const organisation = organisationOfContext(contextKey);
      return organisation !== null && organisations.includes(organisation);
    },
    ownId(kind, id) {
      const how = standing(kind, id);
      if (how === 'shared') throw isShared();
      return how === 'own' ? id : NOTHING;
    },
    async claim(kind, id) {
      const organisation = organisations[0] as string;
      const owner = await store.claim({ kind, id, organisation });
      if (!organisations.includes(owner)) throw takenId(id);
      owners = new Map([...owners, [belongingKey({ kind, id }), owner]]);
    },
  };
}

function takenId(id: string): InputError {
  return new InputError('taken', words('"{id}" is taken already; choose another', { id }));
}

export function isShared() {
  return forbidden(
    'shared',
    msg(
      'this is shared by all organisations, and your account is limited to some; an administrator whose account is not limited can change it',
    ),
  );
}
