/** The stand-in's own pages: what it holds, and what an issuer would do on Accredible's pages. */

import type { FakeReply, FakeRequest } from '../fake-server.ts';
import type { AccredibleStandIn } from './server.ts';
import { aGroup, type Group } from './world.ts';

const HELP = {
  'GET /stand-in/state': 'everything it holds, keys in clear',
  'POST /stand-in/settings': '{"credits": 0, "indexLagMs": 5000}: credits that are left, and how late the search is',
  'POST /stand-in/groups': 'adds a group, given as JSON with an id',
  'POST /stand-in/groups/<id>/delete': 'the issuer deletes the group',
  'POST /stand-in/credentials/<id>/expire': 'the issuer lets it expire; also delete, unpublish',
  'POST /stand-in/faults':
    'what goes wrong next: {"match": "/credentials", "kind": "status", "status": 503, "times": 3}; kinds are status, html, drop and delay',
  'DELETE /stand-in/faults': 'all is well again',
  'GET /stand-in/calls': 'what it was asked',
} as const;

/** @returns null: it is a question for the API */
export function accredibleControl(standIn: AccredibleStandIn, request: FakeRequest): FakeReply | null {
  const { method, path } = request;
  if (path === '/') return { status: 200, body: { 'This is': 'a stand-in for Accredible', 'It takes': HELP } };
  if (!path.startsWith('/stand-in/')) return null;
  const [, , collection = '', id = '', verb = ''] = path.split('/');
  const done =
    method === 'POST'
      ? act(standIn, { collection, id, verb, body: (request.body ?? {}) as Record<string, unknown> })
      : collection === 'state' && stateOf(standIn);
  return done
    ? { status: 200, body: done }
    : { status: 404, body: { error: 'the stand-in has nothing like this', 'It takes': HELP } };
}

function act(
  standIn: AccredibleStandIn,
  asked: {
    readonly collection: string;
    readonly id: string;
    readonly verb: string;
    readonly body: Readonly<Record<string, unknown>>;
  },
): object | null {
  const { world } = standIn;
  const { collection, id, verb, body } = asked;
  if (collection === 'settings') {
    if (typeof body.credits === 'number' || body.credits === null) world.credits = body.credits;
    if (typeof body.indexLagMs === 'number') standIn.indexLagMs = body.indexLagMs;
    return { credits: world.credits, indexLagMs: standIn.indexLagMs };
  }
  if (collection === 'groups' && id === '' && typeof body.id === 'number') {
    const group = aGroup(body as Partial<Group> & { readonly id: number });
    world.groups.push(group);
    return group;
  }
  if (collection === 'groups' && verb === 'delete') {
    const at = world.groups.findIndex((group) => String(group.id) === id);
    return at < 0 ? null : world.groups.splice(at, 1);
  }
  const credential = collection === 'credentials' ? world.credentials.find((one) => String(one.id) === id) : undefined;
  if (!credential) return null;
  if (verb === 'expire') return world.update(credential, { expired_on: credential.issuedOn });
  if (verb === 'unpublish') return world.update(credential, { approve: false });
  if (verb !== 'delete') return null;
  world.remove(credential);
  return { deleted: id };
}

function stateOf({ world, keys, indexLagMs }: AccredibleStandIn): object {
  const { groups, credentials, credits } = world;
  return { keys, groups, credentials, credits, indexLagMs };
}
