/** What an issuer of Open Badges publishes for machines: its keys, its profile, achievements, pictures, revocations, and the badges. */

import type { RequestHandler, Response } from 'express';
import { NotFoundError } from '../../../plugin/errors.ts';
import { achievementOf, bakePng, OPEN_BADGES, OWN_ACCOUNT, standalone } from '../../../providers/index.ts';
import { pathText } from '../forms/forms.ts';
import { readableFromAnywhere } from '../middleware/cross-origin.ts';
import { verifyLimit } from '../middleware/limits.ts';
import { badgeImage, imageKey } from '../providers/open-badge-images.ts';
import { get, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { BADGE_UUID } from '../verification.ts';

const JSON_LD = 'application/ld+json';
const CREDENTIAL = 'application/vc+ld+json';
const MINUTE = 'public, max-age=60';
/** Pictures are named after what is in them. */
const FOR_EVER = 'public, max-age=31536000, immutable';

export function openBadgeRoutes(services: Services): readonly Route[] {
  const { openBadges, providerStore, files } = services;
  const { issuer } = openBadges;
  const limit = verifyLimit();

  return [
    get('/.well-known/did.json', 'public', readableFromAnywhere, unlisted, limit, async (_req, res) => {
      send(res, 'application/did+ld+json', MINUTE, JSON.stringify(await issuer.didDocument()));
    }),
    get('/open-badges/issuer', 'public', readableFromAnywhere, unlisted, limit, async (_req, res) => {
      send(res, JSON_LD, MINUTE, JSON.stringify(await issuer.profileDocument()));
    }),
    get('/open-badges/achievements/:template', 'public', readableFromAnywhere, unlisted, limit, async (req, res) => {
      const template = await providerStore.template(OPEN_BADGES, OWN_ACCOUNT, pathText(req, 'template'));
      if (template === null || template.state === 'draft') throw nothing();
      send(res, JSON_LD, MINUTE, JSON.stringify(standalone(achievementOf(template, issuer.addresses))));
    }),
    get('/open-badges/images/:image', 'public', readableFromAnywhere, unlisted, limit, async (req, res) => {
      const name = pathText(req, 'image');
      const key = imageKey(name);
      const file = key && (await files.get(key));
      if (!file) throw nothing();
      res.set('Cache-Control', FOR_EVER).type('image/png').send(Buffer.from(file.bytes));
    }),
    get('/open-badges/status/:list', 'public', readableFromAnywhere, unlisted, limit, async (req, res) => {
      const number = pathText(req, 'list');
      const list = /^[1-9]\d{0,5}$/.test(number) ? await issuer.statusList(Number(number)) : null;
      if (list === null) throw nothing();
      send(res, CREDENTIAL, MINUTE, list);
    }),
    get('/open-badges/:uuid/credential.json', 'public', readableFromAnywhere, unlisted, limit, async (req, res) => {
      const { document } = await issuer.signedBadge(uuidOf(pathText(req, 'uuid')));
      if ('download' in req.query) res.attachment('credential.json');
      send(res, CREDENTIAL, 'no-store', document);
    }),
    get('/open-badges/:uuid/badge.png', 'public', readableFromAnywhere, unlisted, limit, async (req, res) => {
      const { badge, document } = await issuer.signedBadge(uuidOf(pathText(req, 'uuid')));
      const baked = bakePng(await badgeImage(JSON.parse(badge.content), files), document);
      if (baked === null) throw nothing();
      res.attachment('badge.png').set('Cache-Control', 'no-store').type('image/png').send(baked);
    }),
  ];

  function uuidOf(text: string): string {
    if (BADGE_UUID.test(text)) return text.toLowerCase();
    throw nothing();
  }
}

const unlisted: RequestHandler = (_req, res, next) => {
  res.set('X-Robots-Tag', 'noindex, nofollow');
  next();
};

function send(res: Response, type: string, caching: string, body: string): void {
  res.set({ 'Content-Type': type, 'Cache-Control': caching }).send(Buffer.from(body));
}

function nothing(): NotFoundError {
  return new NotFoundError('open-badge', 'there is nothing at this address');
}
