import { readOptions } from '../../plugin/extensions/options.ts';
import type { PdfJob } from '../../providers/pdf/engine.ts';
import { pdfOptions } from '../../providers/pdf/pdf-options.ts';

/** One document on a template. */
export function aPdfJob(template: Uint8Array, facts: Partial<PdfJob> = {}): PdfJob {
  return {
    options: readOptions(pdfOptions, { template: 'certificate' }),
    learnerName: 'Ada Lovelace',
    contextName: 'Demonstration Course',
    issuedAt: new Date('2026-03-01T12:00:00Z'),
    verifyId: 'v',
    verifyUrl: null,
    assets: { certificate: { sha256: 'certificate', bytes: template } },
    ...facts,
  };
}
