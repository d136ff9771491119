/** Verification for machines; the last address is the one that learning-credentials has. */

import { credentialMetadata, findVerifiable, verificationFacts } from '../../../plugin/credentials/verification.ts';
import { pathText } from '../forms.ts';
import { verifyLimit } from '../limits.ts';
import { get, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { verifyById } from '../verification.ts';

export function verificationRoutes(services: Services): readonly Route[] {
  const { credentials } = services;
  const limit = verifyLimit();
  return [
    get('/api/verify/:uuid', 'public', limit, async (req, res) => {
      res.set({ 'X-Robots-Tag': 'noindex, nofollow', 'Cache-Control': 'no-store' });
      res.json(await verifyById(services, pathText(req, 'uuid')));
    }),
    get('/api/laurel/v1/verify/:uuid', 'public', limit, async (req, res) => {
      res.set('X-Robots-Tag', 'noindex, nofollow');
      const credential = await findVerifiable(credentials, pathText(req, 'uuid'));
      res
        .set('Cache-Control', 'no-store')
        .json(verificationFacts(credential, { showName: true, now: services.clock.now() }));
    }),
    get('/api/learning_credentials/v1/metadata/:uuid', 'public', limit, async (req, res) => {
      res.set('X-Robots-Tag', 'noindex, nofollow');
      const credential = await findVerifiable(credentials, pathText(req, 'uuid'));
      res.set('Cache-Control', 'no-store').json(credentialMetadata(credential));
    }),
  ];
}
