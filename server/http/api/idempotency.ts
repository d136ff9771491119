/** `Idempotency-Key`: a call that comes again with the key of a former one, because its answer was lost, gets that answer. */

import { createHmac } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import { RequestError } from '../middleware/request-error.ts';
import type { Services } from '../services.ts';
import type { Claim } from './kept-answers.ts';

const KEY = /^[\x21-\x7e]{1,255}$/;

/** After the body was read. Only successes are kept: what was refused or failed may be sent again with the same key. */
export function answerOnce({
  keptAnswers,
  settings,
  clock,
}: Pick<Services, 'keptAnswers' | 'settings' | 'clock'>): RequestHandler {
  // Bodies name learners, and tokens are secrets: what is stored tells neither.
  const hidden = (text: string): string =>
    createHmac('sha256', settings.sessionSecret).update(text).digest('base64url');

  return async (req, res, next) => {
    const key = req.get('idempotency-key');
    if (key === undefined) return next();
    if (!KEY.test(key))
      throw new RequestError(
        400,
        'idempotency-key',
        'Idempotency-Key must be 1 to 255 printable characters without blanks; a UUID is usual',
      );
    const id = hidden([req.get('authorization'), req.method, req.path.replace(/\/$/, ''), key].join('\n'));
    const claim = await keptAnswers.claim(id, hidden(JSON.stringify(req.body ?? null)), clock.now());
    if (claim.kind !== 'begin') return sendAgain(res, claim);
    const { lease } = claim;
    const json = res.json.bind(res);
    let isKept = false;
    res.json = (body: unknown) => {
      isKept = true;
      const { statusCode: status } = res;
      // Kept before it is sent: whoever has the answer may rely on it.
      keptAnswers.keep(id, lease, { status, body: JSON.stringify(body) }).then(() => json(body), next);
      return res;
    };
    res.once('finish', () => {
      // Where it cannot be freed, its lease runs out.
      if (!isKept || res.statusCode >= 400) keptAnswers.release(id, lease).catch(() => {});
    });
    next();
  };
}

function sendAgain(res: Response, claim: Exclude<Claim, { kind: 'begin' }>): void {
  switch (claim.kind) {
    case 'under-way':
      throw new RequestError(
        409,
        'under-way',
        'a call with this Idempotency-Key is under way; wait for its answer, or send it again in a moment',
        { 'Retry-After': '1' },
      );
    case 'other-request':
      throw new RequestError(
        422,
        'key-reused',
        'this Idempotency-Key came with another body before; use a new key for another call',
      );
    case 'answered':
      res.set({ 'Cache-Control': 'no-store', 'Idempotency-Replayed': 'true' });
      res.status(claim.answer.status).type('application/json').send(claim.answer.body);
  }
}
