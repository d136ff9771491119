/** Which routes are open to accounts and tokens that are limited to some organisations. A route without a row is closed to them. */

import { get, type Route } from '../routes.ts';

/** `limited`: works on what belongs to their organisations. `self`: is about who asks, and about no thing that could be somebody's. */
export type Openness = 'limited' | 'self' | 'closed';

const SELF: readonly string[] = ['get /account', 'post /account/password', 'post /account/sessions/end'];

const LIMITED: readonly string[] = [
  'get /api/laurel/v1/badges',
  'get /api/laurel/v1/learners/:username/badges',
  'get /api/laurel/v1/learners/:username/badges/:badge',
  'get /api/learning_credentials/v1/configured/:key',
  'get /api/learning_credentials/v1/eligibility/:key',

  'get /badges/new',
  'post /badges/new',
  'get /badges/new/start',
  'get /badges/new/examples/:name',
  'get /badges/new/form',
  'post /badges/new/form',
  'get /badges/:id/form',
  'post /badges/:id/form',
  'get /badges/:id',
  'get /badges/:id/edit',
  'post /badges/:id/edit',
  'post /badges/:id/activate',
  'post /badges/:id/deactivate',
  'get /badges/:id/versions/:version',
  'get /badges/:id/compare',
  'get /badges/:id/export',
  'get /badges/:id/versions/:version/restore',
  'post /badges/:id/versions/:version/restore',
  'get /badges/:id/remove',
  'post /badges/:id/remove',
  'get /rules/removed',
  'get /rules/vocabulary.json',
  'get /history/:kind/:id',
  'get /jobs/:id',
  'post /jobs/:id/cancel',
  'post /jobs/:id/resume',

  'get /find',
  'get /pages',
  'get /learners/:id',
  'get /learners/:id/badges/:badge',
  'post /learners/:id/badges/:badge/effects/:effect/retry',
  'post /learners/:id/badges/:badge/effects/:effect/give-up',

  'get /templates/:provider/:account/:template',
  'get /templates/:provider/:account/:template/picture',
  'get /open-badge-templates/new',
  'post /open-badge-templates/new',
  'get /open-badge-templates/:template',
  'get /open-badge-templates/:template/edit',
  'post /open-badge-templates/:template/edit',
  'get /providers',
  'get /providers/:provider/accounts/:slug',
  'post /providers/:provider/accounts/:slug/check',
  'post /providers/:provider/accounts/:slug/rename',
  'post /providers/:provider/accounts/:slug/secret',
  'post /providers/:provider/accounts/:slug/rotate',
  'post /providers/:provider/accounts/:slug/enable',
  'post /providers/:provider/accounts/:slug/disable',
  'get /providers/:provider/accounts/:slug/remove',
  'post /providers/:provider/accounts/:slug/remove',

  'get /credentials/:id',
  'get /credentials/:id/download',
  'get /credentials/:id/reissue',
  'post /credentials/:id/reissue',
  'get /credentials/:id/invalidate',
  'post /credentials/:id/invalidate',
  'post /credentials/:id/allow',
  'get /mails/:id',
  'post /mails/:id/retry',
  'post /mails/:id/give-up',
  'get /credential-assets/new',
  'post /credential-assets/new',
  'get /credential-assets/:asset',
  'get /credential-assets/:asset/replace',
  'post /credential-assets/:asset/replace',
  'get /credential-assets/:asset/file',
  'get /credential-assets/:asset/sample',
  'get /credential-assets/:asset/delete',
  'post /credential-assets/:asset/delete',
  'post /credential-types/preview',
  'get /credential-types/new',
  'post /credential-types/new',
  'get /credential-types/:type',
  'get /credential-types/:type/edit',
  'post /credential-types/:type/edit',
  'get /credential-types/:type/delete',
  'post /credential-types/:type/delete',
  'get /credential-types/:type/versions',
  'get /credential-types/:type/compare',
  'get /credential-types/:type/versions/:version/restore',
  'post /credential-types/:type/versions/:version/restore',
  'post /configurations/preview',
  'get /configurations/new',
  'post /configurations/new',
  'get /configurations/:id/edit',
  'post /configurations/:id/edit',
  'get /configurations/:id/delete',
  'post /configurations/:id/delete',
  'get /configurations/:id/versions',
  'get /configurations/:id/compare',
  'get /configurations/:id/versions/:version/restore',
  'post /configurations/:id/versions/:version/restore',
  'get /configurations/:id/eligibility',
  'post /configurations/:id/generate',
  'get /configurations/:id/schedule',
  'post /configurations/:id/schedule',
  'post /configurations/:id/schedule/preview',
  'post /configurations/:id/schedule/enable',
  'post /configurations/:id/schedule/disable',
  'post /configurations/:id/schedule/remove',
  'get /runs/:id',
  'post /runs/:id/cancel',
  'post /runs/:id/resume',
  'post /runs/:id/retry',
];

/** Those whose records know whose they are. */
const LIMITED_LISTS: readonly string[] = [
  'badges',
  'configurations',
  'credential-assets',
  'credential-types',
  'credentials',
  'effects',
  'issued-badges',
  'mails',
  'open-badge-templates',
  'progress',
  'provider-accounts',
  'runs',
  'templates',
];

const ofLists = LIMITED_LISTS.flatMap((name) => [
  `get /${name}`,
  `get /exports/${name}.csv`,
  `get /exports/${name}.json`,
  `post /actions/${name}`,
  `post /actions/${name}/done`,
]);

const answers: ReadonlyMap<string, Openness> = new Map([
  ...SELF.map((route) => [route, 'self'] as const),
  ...[...LIMITED, ...ofLists].map((route) => [route, 'limited'] as const),
]);

/** Every route that has a row, also of lists without actions. */
export const openRouteNames: readonly string[] = [...answers.keys()];

export function opennessOf({ method, path }: Pick<Route, 'method' | 'path'>): Openness {
  return opennessOfName(`${method} ${path}`);
}

export function opennessOfName(name: string): Openness {
  return answers.get(name) ?? 'closed';
}

/** Where they begin: what the dashboard says is about all organisations. */
export function limitedHome(): Route {
  return get('/', 'look', (_req, res) => res.redirect(303, '/badges'));
}
