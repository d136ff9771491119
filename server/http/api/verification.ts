/** Verification for machines; the last address is the one that learning-credentials has. */

import { credentialMetadata, findVerifiable, verificationFacts } from '../../../plugin/credentials/verification.ts';
import { pathText } from '../forms/forms.ts';
import { readableFromAnywhere } from '../middleware/cross-origin.ts';
import { verifyLimit } from '../middleware/limits.ts';
import { get, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { verificationForMachines, verifyById } from '../verification.ts';
import { answer } from './answer.ts';
import { metadataSchema, verificationFactsSchema, verificationSchema } from './schemas.ts';

export function verificationRoutes(services: Services): readonly Route[] {
  const { credentials } = services;
  const limit = verifyLimit();
  return [
    get('/api/verify/:uuid', 'public', readableFromAnywhere, limit, async (req, res) => {
      res.set('X-Robots-Tag', 'noindex, nofollow');
      answer(res, verificationSchema, verificationForMachines(await verifyById(services, pathText(req, 'uuid'))));
    }),
    get('/api/laurel/v1/verify/:uuid', 'public', readableFromAnywhere, limit, async (req, res) => {
      res.set('X-Robots-Tag', 'noindex, nofollow');
      const credential = await findVerifiable(credentials, pathText(req, 'uuid'));
      answer(
        res,
        verificationFactsSchema,
        verificationFacts(credential, { showName: true, now: services.clock.now() }),
      );
    }),
    get('/api/learning_credentials/v1/metadata/:uuid', 'public', readableFromAnywhere, limit, async (req, res) => {
      res.set('X-Robots-Tag', 'noindex, nofollow');
      const credential = await findVerifiable(credentials, pathText(req, 'uuid'));
      answer(res, metadataSchema, credentialMetadata(credential));
    }),
  ];
}
