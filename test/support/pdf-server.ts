/** A process that makes one document and stays. Tells when it has made it. */

import { readOptions } from '../../plugin/extensions/options.ts';
import { pdfOptions } from '../../providers/pdf/pdf-options.ts';
import { createProcessPool } from '../../providers/pdf/processes/process-pool.ts';
import { aTemplate, fontsFolder } from './pdf.ts';

await createProcessPool({ fontsFolder, processes: 1 }).generate({
  options: readOptions(pdfOptions, { template: 'certificate' }),
  learnerName: 'Ada Lovelace',
  contextName: 'Demonstration Course',
  issuedAt: new Date('2026-03-01T12:00:00Z'),
  verifyId: 'v',
  verifyUrl: null,
  assets: { certificate: { sha256: 'certificate', bytes: await aTemplate() } },
});
process.send?.('made');
setInterval(() => {}, 60_000);
