/** Answers whoever is limited to some organisations out of routes of their own: the same ones, made of services that know nothing
 *  but what belongs to those. */

import { type RequestHandler, type Response, Router } from 'express';
import type { Organisations } from '../../../plugin/organisations/standing.ts';
import { isLimited } from '../../../plugin/organisations/standing.ts';
import { findActor } from '../people/identity.ts';
import type { Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { needsEverything } from './closed.ts';
import { limitServices } from './limited-services.ts';
import { limitedHome, opennessOf } from './openness.ts';
import { createReach, type Reach } from './reach.ts';

/** Kept for so many different limits; what comes later takes the place of what came first. */
const MOST_KEPT = 50;

/** Stands behind the guard of a route, and in front of what it does. */
export type Narrow = (route: Route) => RequestHandler;

interface World {
  readonly reach: Reach;
  readonly router: Router;
}

/** @param routesOf makes all routes out of services */
export function createNarrow(services: Services, routesOf: (services: Services) => readonly Route[]): Narrow {
  const worlds = new Map<string, World>();

  function worldOf(organisations: Organisations): World {
    const key = organisations.join(' ');
    const known = worlds.get(key);
    if (known) return known;
    const reach = createReach(organisations, services.belongings);
    const router = Router();
    const routes = routesOf(limitServices(services, reach)).filter((route) => opennessOf(route) === 'limited');
    for (const { method, path, handle } of [limitedHome(), ...routes]) router[method](path, ...handle);
    const world = { reach, router };
    for (const oldest of [...worlds.keys()].slice(0, Math.max(0, worlds.size + 1 - MOST_KEPT))) worlds.delete(oldest);
    worlds.set(key, world);
    return world;
  }

  return (route) => async (req, res, next) => {
    const organisations = organisationsOf(res);
    if (!isLimited(organisations)) return next();
    const openness = isHome(route) ? 'limited' : opennessOf(route);
    if (openness === 'self') return next();
    if (openness === 'closed') throw needsEverything();
    const { reach, router } = worldOf(organisations);
    await reach.refresh();
    // What answers nothing here is not asked of the unlimited route that stands behind.
    router(req, res, (error?: unknown) => next(error ?? 'route'));
  };
}

function isHome({ method, path }: Route): boolean {
  return method === 'get' && path === '/';
}

/** What the account or the API token is limited to that the request comes with. */
export function organisationsOf(res: Response): Organisations {
  return findActor(res)?.organisations ?? (res.locals.organisations as Organisations | undefined) ?? [];
}
