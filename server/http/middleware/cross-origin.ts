/** Which pages of other sites may read the API with a browser. Cookies never count there: nothing allows credentials. */

import type { RequestHandler } from 'express';

/** What is public anyway: verifiers run in pages of other sites. */
export const readableFromAnywhere: RequestHandler = (_req, res, next) => {
  res.set({ 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin' });
  next();
};

/** For what learners may ask with their token of the LMS: pages of the sites in LAUREL_API_ORIGINS. */
export function readableFrom(origins: readonly string[]): RequestHandler {
  return (req, res, next) => {
    res.vary('Origin');
    const origin = req.get('origin');
    if (origin !== undefined && origins.includes(origin)) {
      res.set('Access-Control-Allow-Origin', origin);
      if (req.method === 'OPTIONS' && req.get('access-control-request-method') !== undefined) {
        res.set({
          'Access-Control-Allow-Methods': 'GET',
          'Access-Control-Allow-Headers': 'Authorization',
          'Access-Control-Max-Age': '600',
        });
        res.status(204).end();
        return;
      }
    }
    next();
  };
}
