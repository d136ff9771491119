/** The stand-in's own pages: what it holds, and what a learner or an issuer would do on Credly's pages. */

import type { FakeReply, FakeRequest } from '../fake-server.ts';
import type { Badge, TemplateState } from './records.ts';
import type { CredlyStandIn } from './server.ts';

const HELP = {
  'GET /stand-in/state': 'everything it holds, tokens in clear',
  'POST /stand-in/badges/<id>/accept': 'the learner accepts; also reject, revoke',
  'POST /stand-in/templates/<id>/archive': 'the issuer archives it; also activate, draft, delete',
  'POST /stand-in/templates/<id>': 'changes name, description, state or allowsDuplicates, given as JSON',
  'POST /stand-in/organizations/<id>/webhook': 'where notices go: {"url": "..."}; null: nowhere',
  'POST /stand-in/organizations/<id>/expire': 'its tokens expire now',
  'POST /stand-in/events/<id>/send': 'sends the notice of an event once more; `last` for the latest',
  'POST /stand-in/faults':
    'what goes wrong next: {"match": "/badges", "kind": "status", "status": 503, "times": 3}; kinds are status, html, drop and delay',
  'DELETE /stand-in/faults': 'all is well again',
  'GET /stand-in/calls': 'what it was asked',
} as const;

const BADGE_STATES: Readonly<Record<string, Badge['state']>> = {
  accept: 'accepted',
  reject: 'rejected',
  revoke: 'revoked',
};
const TEMPLATE_STATES: Readonly<Record<string, TemplateState>> = {
  archive: 'archived',
  activate: 'active',
  draft: 'draft',
};

/** @returns null: it is a question for the API */
export function credlyControl(credly: CredlyStandIn, request: FakeRequest): FakeReply | null {
  const { method, path } = request;
  if (path === '/') return { status: 200, body: { 'This is': 'a stand-in for Credly', 'It takes': HELP } };
  if (!path.startsWith('/stand-in/')) return null;
  const [, , collection = '', id = '', verb = ''] = path.split('/');
  if (method === 'GET' && collection === 'images') return picture(credly, id.replace(/\.svg$/, ''));
  if (method === 'GET' && collection === 'state') return { status: 200, body: stateOf(credly) };
  const done = method === 'POST' ? act(credly, { collection, id, verb, body: request.body }) : undefined;
  return done === undefined
    ? { status: 404, body: { message: 'the stand-in has nothing like this', 'It takes': HELP } }
    : { status: 200, body: done };
}

function act(
  credly: CredlyStandIn,
  asked: { readonly collection: string; readonly id: string; readonly verb: string; readonly body: unknown },
): object | undefined {
  const { collection, id, verb } = asked;
  const body = (asked.body ?? {}) as Readonly<Record<string, never>>;
  if (collection === 'badges') {
    const state = BADGE_STATES[verb];
    return state === undefined ? undefined : credly.changeBadge(id, state);
  }
  if (collection === 'templates' && verb === 'delete') {
    credly.deleteTemplate(id);
    return { deleted: id };
  }
  if (collection === 'templates') {
    const state = TEMPLATE_STATES[verb];
    return credly.changeTemplate(id, state === undefined ? pick(body) : { state });
  }
  if (collection === 'events') {
    const event = id === 'last' ? credly.events.at(-1) : credly.events.find((one) => one.id === id);
    if (event) credly.resend(event.id);
    return event;
  }
  const organization = credly.organizations.get(id);
  if (collection !== 'organizations' || !organization) return undefined;
  if (verb === 'webhook') organization.webhookUrl = body.url ?? null;
  if (verb === 'expire')
    for (const token of credly.tokens) if (token.organizationId === id) token.expiresAt = credly.now();
  return organization;
}

function pick({ name, description, state, allowsDuplicates }: Readonly<Record<string, never>>) {
  return {
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(state !== undefined && { state }),
    ...(allowsDuplicates !== undefined && { allowsDuplicates }),
  };
}

function stateOf(credly: CredlyStandIn) {
  return {
    organizations: [...credly.organizations.values()],
    tokens: credly.tokens,
    templates: [...credly.templates.values()],
    badges: [...credly.badges.values()],
    events: credly.events.map(({ subject: _, ...event }) => event),
    deliveries: credly.webhooks.deliveries,
  };
}

/** A medal in a colour of its own. */
function picture(credly: CredlyStandIn, templateId: string): FakeReply {
  const hue = [...templateId].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 360, 0);
  const name = credly.templates.get(templateId)?.name ?? '';
  const initials = name
    .split(' ')
    .map((word) => word.charAt(0))
    .join('')
    .replace(/[^A-Za-z]/g, '')
    .slice(0, 2);
  const body = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="300" height="300">
<path d="M35 62 25 98l25-13 25 13-10-36z" fill="hsl(${hue} 50% 35%)"/>
<circle cx="50" cy="42" r="38" fill="hsl(${hue} 60% 45%)" stroke="hsl(${hue} 60% 30%)" stroke-width="4"/>
<text x="50" y="53" font-family="sans-serif" font-size="30" fill="white" text-anchor="middle">${initials}</text></svg>`;
  return { status: 200, body, headers: { 'content-type': 'image/svg+xml' } };
}
