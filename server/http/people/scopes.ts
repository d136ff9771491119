/** What API tokens open: every route of the API names the scope that it needs. */

export type Scope = 'badges:read' | 'credentials:read' | 'events:write' | 'learners:retire';

/** What each scope lets its holder do, as it stands after "may". */
export const scopes: Readonly<Record<Scope, string>> = {
  'badges:read': 'read badges, how learners stand towards them, and why',
  'credentials:read': 'read which credentials courses give, and who is eligible',
  'events:write': 'send events of the LMS, as the holder of LAUREL_INGEST_TOKEN may',
  'learners:retire': 'retire and rename learners, as the retirement pipeline of Open edX does',
};

export const SCOPES = Object.keys(scopes) as readonly Scope[];

/** What a token opens for which nobody chose; those made before there were scopes could do no more either. */
export const READING_SCOPES: readonly Scope[] = ['badges:read', 'credentials:read'];

export function isScope(word: string): word is Scope {
  return Object.hasOwn(scopes, word);
}

export function scopesOf(token: { readonly scopes: readonly Scope[] | null }): readonly Scope[] {
  return token.scopes ?? READING_SCOPES;
}
