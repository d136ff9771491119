import { expect } from 'chai';
import { readOptions } from '../../../plugin/extensions/options.ts';
import type { PdfJob } from '../../../providers/pdf/engine.ts';
import { createLocalEngine } from '../../../providers/pdf/local-engine.ts';
import { pdfOptions } from '../../../providers/pdf/pdf-options.ts';
import { aTemplate, fontsFolder } from '../../support/pdf.ts';

describe('an engine', () => {
  it('sets no line with the fonts of another engine: a document would hold the same font twice', async () => {
    const certificate = { sha256: 'certificate', bytes: await aTemplate() };
    const make = async (facts: Partial<PdfJob>) =>
      Buffer.from(
        await createLocalEngine(fontsFolder).generate({
          options: readOptions(pdfOptions, { template: 'certificate' }),
          learnerName: 'Engine Tester',
          contextName: 'Of the first engine',
          issuedAt: new Date('2026-03-01T12:00:00Z'),
          verifyId: 'v',
          verifyUrl: null,
          assets: { certificate },
          ...facts,
        }),
      );
    await make({ contextName: 'Of another engine' });
    const second = await make({});
    expect(await make({})).to.deep.equal(second);
    expect(second.toString('latin1').match(/\/BaseFont/g)).to.have.length(2);
  });
});
