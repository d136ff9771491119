/** Documents for learners, at addresses that nobody can guess. */

import { findDownload } from '../../../plugin/credentials/download.ts';
import { pathText } from '../forms/forms.ts';
import { verifyLimit } from '../middleware/limits.ts';
import { unlisted } from '../pages/verify.ts';
import { get, type Route } from '../routes.ts';
import type { Services } from '../services.ts';

export function downloadRoutes({ credentials, files }: Services): readonly Route[] {
  return [
    get('/download/:id/:secret', 'public', unlisted, verifyLimit(), async (req, res) => {
      const file = await findDownload({ store: credentials, files }, pathText(req, 'id'), pathText(req, 'secret'));
      // the address is a key: it goes to nobody whom the document links to
      res.set('Referrer-Policy', 'no-referrer');
      res.attachment(file.fileName).type(file.contentType).send(Buffer.from(file.bytes));
    }),
  ];
}
