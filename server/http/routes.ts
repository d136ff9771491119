/** Routes as data: what can be asked for, and who may. A route without `access` does not compile. */

import type { Express, RequestHandler } from 'express';
import { invariant } from '../../plugin/errors.ts';
import type { Right } from './rights.ts';

export type Access =
  /** Anybody. */
  | 'public'
  /** Whoever has signed in, in any role. */
  | 'signed-in'
  /** Signed in with the LMS, as learner or as staff. */
  | 'learner'
  /** Signed in, in a role that has the right. */
  | Right
  /** Bearer token made by `laurel token create`. */
  | 'api-token'
  /** API token, or a token that the LMS gave the learner or a member of its staff; the handler asks `learnerAskedFor`. */
  | 'learner-token'
  /** Bearer token of the LMS. */
  | 'ingest-token';

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

/** @param guards what a request must pass for each kind of access but `public` */
export function mount(
  app: Express,
  routes: readonly Route[],
  guards: Readonly<Partial<Record<Access, RequestHandler>>>,
): void {
  for (const { method, path, access, handle } of routes) {
    const guard = guards[access];
    invariant(guard || access === 'public', `there is a guard for ${method} ${path}`);
    app[method](path, ...(guard ? [guard] : []), ...handle);
  }
}
