/** Verification for machines; the second address is the one that learning-credentials has. */

import { credentialMetadata, findVerifiable, verificationFacts } from '../../../plugin/credentials/verification.ts';
import { pathText } from '../forms.ts';
import { verifyLimit } from '../limits.ts';
import { get, type Route } from '../routes.ts';
import type { Services } from '../services.ts';

export function verificationRoutes({ credentials }: Services): readonly Route[] {
  const limit = verifyLimit();
  return [
    get('/api/laurel/v1/verify/:uuid', 'public', limit, async (req, res) => {
      res.set('X-Robots-Tag', 'noindex, nofollow');
      const credential = await findVerifiable(credentials, pathText(req, 'uuid'));
      res.set('Cache-Control', 'no-store').json(verificationFacts(credential, { showName: true }));
    }),
    get('/api/learning_credentials/v1/metadata/:uuid', 'public', limit, async (req, res) => {
      res.set('X-Robots-Tag', 'noindex, nofollow');
      const credential = await findVerifiable(credentials, pathText(req, 'uuid'));
      res.set('Cache-Control', 'no-store').json(credentialMetadata(credential));
    }),
  ];
}
