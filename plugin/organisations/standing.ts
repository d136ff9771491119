/** To which organisation of the LMS a thing belongs, and what somebody who is limited to some organisations may do with it. */

import { contextKind } from '../credentials/context-key.ts';

/** The organisations somebody is limited to, by their short names as in course keys; none: everything is open. */
export type Organisations = readonly string[];

/** To whom a thing belongs; null: to nobody, it is shared by all. */
export type Owner = string | null;

/** What stands between somebody and a thing. `foreign` is as good as not there. */
export type Standing = 'own' | 'shared' | 'foreign';

/** As the LMS takes short names of organisations: what a course key may hold between its colon and its first plus. */
const NAME = /^[\p{L}\p{N}_\-~.]{1,100}$/u;

export function isOrganisation(name: string): boolean {
  return NAME.test(name);
}

export function isLimited(organisations: Organisations): boolean {
  return organisations.length > 0;
}

/** @param organisations at least one: who is not limited is not asked about */
export function standingOf(organisations: Organisations, owner: Owner): Standing {
  if (owner === null) return 'shared';
  return organisations.includes(owner) ? 'own' : 'foreign';
}

/** Whether something of one owner may name something of another: what is shared is for everybody to use, and what everybody sees
 *  must not lean on what is somebody's alone. */
export function mayRefer(from: Owner, to: Owner): boolean {
  return to === null || to === from;
}

/** Whether one names the other although they are of different organisations: neither's people see both. */
export function isTorn(from: Owner, to: Owner): boolean {
  return from !== null && to !== null && from !== to;
}

/** The organisation that a course or learning path is of: its key says so. @returns null for what is no key */
export function organisationOfContext(contextKey: string): string | null {
  if (contextKind(contextKey) === null) return null;
  return contextKey.slice(contextKey.indexOf(':') + 1, contextKey.indexOf('+'));
}

/** The beginnings of the keys of every course and path of the organisation. */
export function contextBeginnings(organisation: string): readonly string[] {
  return ['course-v1', 'ccx-v1', 'path-v1'].map((form) => `${form}:${organisation}+`);
}

/** Names as somebody writes them in one field.
 *  @returns each once, in order, and those that are none */
export function readOrganisations(text: string): { readonly names: Organisations; readonly wrong: readonly string[] } {
  const words = [...new Set(text.split(/[\s,;]+/).filter((word) => word !== ''))];
  return {
    names: words.filter(isOrganisation).toSorted(),
    wrong: words.filter((word) => !isOrganisation(word)),
  };
}
