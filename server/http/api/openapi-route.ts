/** `GET /api/openapi.json`: the API for tools that make clients and try calls. */

import { verifyLimit } from '../middleware/limits.ts';
import { get, type Route } from '../routes.ts';
import { openApiDocument } from './openapi.ts';

export function openApiRoutes(): readonly Route[] {
  const document = JSON.stringify(openApiDocument());
  return [
    get('/api/openapi.json', 'public', verifyLimit(), (_req, res) => {
      res.set({ 'Cache-Control': 'public, max-age=60', 'Access-Control-Allow-Origin': '*' });
      res.type('application/json').send(document);
    }),
  ];
}
