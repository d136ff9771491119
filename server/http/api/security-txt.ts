/** `/.well-known/security.txt` (RFC 9116): where people report weaknesses of this site. */

import { RequestError } from '../middleware/request-error.ts';
import { get, type Route } from '../routes.ts';
import type { Services } from '../services.ts';

/** It is written afresh for whoever asks, and out of date where somebody kept it. */
const HOLDS_MS = 30 * 24 * 60 * 60 * 1000;

export function securityTextRoutes({ settings, clock }: Pick<Services, 'settings' | 'clock'>): readonly Route[] {
  const { securityContacts, publicUrl } = settings;
  return [
    get('/.well-known/security.txt', 'public', (_req, res) => {
      if (securityContacts.length === 0)
        throw new RequestError(
          404,
          'no-security-contact',
          'nobody is named here for reports of weaknesses; LAUREL_SECURITY_CONTACT would name them',
        );
      const lines = [
        ...securityContacts.map((contact) => `Contact: ${contact}`),
        `Expires: ${new Date(clock.now().getTime() + HOLDS_MS).toISOString()}`,
        `Canonical: ${publicUrl}/.well-known/security.txt`,
      ];
      res
        .set('Cache-Control', 'public, max-age=3600')
        .type('text/plain')
        .send(lines.map((line) => `${line}\n`).join(''));
    }),
  ];
}
