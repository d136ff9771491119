/** A process that makes one document and stays. Tells when it has made it. */

import { createProcessPool } from '../../providers/pdf/processes/process-pool.ts';
import { aTemplate, fontsFolder } from './pdf.ts';
import { aPdfJob } from './pdf-job.ts';

await createProcessPool({ fontsFolder, processes: 1 }).generate(aPdfJob(await aTemplate()));
process.send?.('made');
setInterval(() => {}, 60_000);
