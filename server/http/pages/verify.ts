/** The public page that tells whether a credential is genuine. It needs no session and sets no cookie. */

import { findVerifiable, verificationFacts } from '../../../plugin/credentials/verification.ts';
import { NotFoundError } from '../../../plugin/errors.ts';
import { shownTime } from '../format.ts';
import { pathText } from '../forms.ts';
import { verifyLimit } from '../limits.ts';
import { renderPage } from '../page.ts';
import { get, type Route } from '../routes.ts';
import type { Services } from '../services.ts';

export function verifyPageRoutes({ credentials }: Services): readonly Route[] {
  return [
    get('/verify/:uuid', 'public', verifyLimit(), async (req, res) => {
      res.set({ 'X-Robots-Tag': 'noindex, nofollow', 'Cache-Control': 'no-store' });
      const credential = await findVerifiable(credentials, pathText(req, 'uuid')).catch((error: unknown) => {
        if (error instanceof NotFoundError) return null;
        throw error;
      });
      if (!credential) {
        const frame = { title: 'No such credential', section: null, failed: true } as const;
        return renderPage(req, res, 'verify', frame, { facts: null, issuedAt: null }, 404);
      }
      const facts = verificationFacts(credential, { showName: true });
      const frame = { title: facts.valid ? 'Genuine credential' : 'Invalidated credential', section: null } as const;
      await renderPage(req, res, 'verify', frame, { facts, issuedAt: shownTime(credential.issuedAt) });
    }),
  ];
}
