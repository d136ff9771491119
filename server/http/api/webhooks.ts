/** `POST /badges/<provider>/webhook/`: where providers tell that something changed there. Answered with exactly 200 once
 *  what follows is recorded; what is answered otherwise comes again. */

import type { RequestHandler } from 'express';
import { ProviderError } from '../../../plugin/errors.ts';
import { pathText } from '../forms/forms.ts';
import { webhookLimit } from '../middleware/limits.ts';
import { RequestError } from '../middleware/request-error.ts';
import { post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { jsonBody } from './json-body.ts';

const LONGEST_NOTICE = 16 * 1024;

export function webhookRoutes({ notices, logger }: Pick<Services, 'notices' | 'logger'>): readonly Route[] {
  // Whatever type it is said to be.
  const parseBody = jsonBody({ type: () => true, maxBytes: LONGEST_NOTICE, strict: false });
  const limit = webhookLimit();

  const receive: RequestHandler = async (req, res) => {
    const secret = pathText(req, 'secret');
    try {
      await notices.receive(pathText(req, 'provider'), req.body, secret === '' ? null : secret);
    } catch (error) {
      // Why it cannot be asked is nobody's business out there.
      if (!(error instanceof ProviderError)) throw error;
      logger.warn('a notice could not be followed: the provider could not be asked', { error: error.code });
      throw new RequestError(
        503,
        'provider',
        'the provider cannot be asked about this at the moment; send it again later',
      );
    }
    res.set('Cache-Control', 'no-store').status(200).json({ status: 'ok' });
  };

  return [
    post('/badges/:provider/webhook', 'public', limit, parseBody, receive),
    post('/badges/:provider/webhook/:secret', 'public', limit, parseBody, receive),
  ];
}
