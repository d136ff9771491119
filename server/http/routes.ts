/** Routes as data: what can be asked for, and who may. A route without `access` does not compile. */

import type { Express, RequestHandler } from 'express';
import { invariant } from '../../plugin/errors.ts';
import type { Right } from './people/rights.ts';
import { isScope, type Scope } from './people/scopes.ts';

export type Access =
  /** Anybody. */
  | 'public'
  /** Whoever has signed in, in any role. */
  | 'signed-in'
  /** Signed in with the LMS, as learner or as staff. */
  | 'learner'
  /** Signed in, in a role that has the right. */
  | Right
  | TokenAccess;

export type TokenAccess =
  /** API token with the scope; for `events:write` also the token that is in the settings for it, for `learners:retire` also a token of
   *  the LMS for the user that is. */
  | `token ${Scope}`
  /** API token with the scope, or a token that the LMS gave the learner or a member of its staff; the handler asks `learnerAskedFor`. */
  | `learner or token ${Scope}`;

/** @returns the scope that an API token needs there; null where nothing is asked of tokens */
export function scopeOf(access: Access): Scope | null {
  const [, scope = ''] = /^(?:learner or )?token (.*)$/.exec(access) ?? [];
  return isScope(scope) ? scope : null;
}

export interface Route {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly access: Access;
  /** Runs after the guard, in order. */
  readonly handle: readonly RequestHandler[];
}

export function get(path: string, access: Access, ...handle: RequestHandler[]): Route {
  return { method: 'get', path, access, handle };
}

export function post(path: string, access: Access, ...handle: RequestHandler[]): Route {
  return { method: 'post', path, access, handle };
}

/** @param guards what a request must pass for each kind of access but `public`
 *  @param narrow answers in place of a guarded route who may see a part of everything only */
export function mount(
  app: Express,
  routes: readonly Route[],
  guards: Readonly<Partial<Record<Access, RequestHandler>>>,
  narrow: (route: Route) => RequestHandler,
): void {
  for (const route of routes) {
    const { method, path, access, handle } = route;
    const guard = guards[access];
    invariant(guard || access === 'public', `there is a guard for ${method} ${path}`);
    app[method](path, ...(guard ? [guard, narrow(route)] : []), ...handle);
  }
}
