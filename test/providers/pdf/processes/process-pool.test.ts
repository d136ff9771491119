import { deflateSync } from 'node:zlib';
import { expect } from 'chai';
import { readOptions } from '../../../../plugin/extensions/options.ts';
import type { PdfEngine, PdfJob } from '../../../../providers/pdf/engine.ts';
import { createLocalEngine } from '../../../../providers/pdf/local-engine.ts';
import { pdfOptions } from '../../../../providers/pdf/pdf-options.ts';
import { createProcessPool } from '../../../../providers/pdf/processes/process-pool.ts';
import { rejection } from '../../../contracts/credential-store.ts';
import { aTemplate, bundledFont, fontsFolder } from '../../../support/pdf.ts';
import { aPdfJob } from '../../../support/pdf-job.ts';

describe('processes that make PDF credentials', function () {
  // a process run from the sources compiles them first
  this.timeout(240_000);
  const pools: PdfEngine[] = [];
  let template: Uint8Array;
  /** For all tests that leave it as it was. */
  let pool: PdfEngine;
  before(async () => {
    template = await aTemplate();
    pool = aPool();
  });
  after(() => Promise.all(pools.map((pool) => pool.close())));

  function aPool(facts: { timeLimitMs?: number } = {}): PdfEngine {
    const pool = createProcessPool({ fontsFolder, processes: 1, timeLimitMs: 50_000, ...facts });
    pools.push(pool);
    return pool;
  }

  function aJob(facts: Partial<PdfJob> = {}): PdfJob {
    return aPdfJob(template, facts);
  }

  it('make the same bytes as the process that asks would', async () => {
    const expected = Buffer.from(await createLocalEngine(fontsFolder).generate(aJob()));
    const made = await Promise.all([1, 2, 3].map(() => pool.generate(aJob())));
    expect(made.map((bytes) => expected.equals(bytes))).to.deep.equal([true, true, true]);
  });

  it('leave the bytes of assets with who asked, and ask again for those that they let go of', async () => {
    const first = await pool.generate(aJob());
    expect(template.byteLength).to.be.above(0);
    const font = await bundledFont();
    // one after the other, as many as push the template out
    for (let i = 0; i < 40; i++) {
      const options = readOptions(pdfOptions, { template: 'certificate', defaults: { font: 'serif' } });
      const assets = { ...aJob().assets, certificate: { sha256: `t${i}`, bytes: template } };
      await pool.generate(aJob({ options, assets: { ...assets, serif: { sha256: 'serif', bytes: font } } }));
    }
    expect(Buffer.from(await pool.generate(aJob())).equals(first)).to.equal(true);
  });

  it('measure, and count pages, as the process that asks would', async () => {
    const own = createLocalEngine(fontsFolder);
    expect(await pool.measure(aJob())).to.deep.equal(await own.measure(aJob()));
    expect(await pool.facts(template)).to.deep.equal({
      pages: [{ widthPt: 842, heightPt: 595 }],
      leftOut: [],
      refusal: null,
    });
    const broken = await rejection(pool.facts(Buffer.from('GIF89a')));
    expect(broken.message).to.equal('the PDF template cannot be used: it is not a PDF file');
    const gone = await rejection(pool.measure(aJob({ assets: {} })));
    expect(gone).to.include({ code: 'input.asset', message: 'there is no asset "certificate"' });
  });

  it('tell what went wrong as the same error', async () => {
    const missing = await rejection(pool.generate(aJob({ learnerName: 'Ana 😀' })));
    expect(missing).to.include({ name: 'CredentialError', code: 'credential.glyph-missing' });
    expect(missing).to.have.deep.property('details', { codePoint: 'U+1F600', font: 'DejaVu Serif' });
    const refused = await rejection(pool.check('pdf-template', Buffer.from('GIF89a')));
    expect(refused).to.include({
      name: 'InputError',
      code: 'input.template',
      message: 'the PDF template cannot be used: it is not a PDF file',
    });
    await pool.check('pdf-template', template);
  });

  it('end with a task that takes too long, and serve the next with a new process', async () => {
    const hasty = aPool({ timeLimitMs: 1 });
    const error = await rejection(hasty.generate(aJob()));
    expect(error).to.include({
      code: 'input.template',
      message: 'the document cannot be made: it takes longer than 0.001 seconds; simplify the template and its images',
    });
    expect((await rejection(hasty.generate(aJob()))).code).to.equal('input.template');
  });

  it('begin anew with what a process had been handed when it was lost', async () => {
    const watched = aPool({ timeLimitMs: 8_000 });
    await watched.generate(aJob());
    const endless = rejection(watched.generate(aJob({ learnerName: 'x'.repeat(4_000_000) })));
    const others = [1, 2, 3].map((i) => watched.generate(aJob({ learnerName: `Ada ${i}` })));
    expect((await endless).message).to.match(/^the document cannot be made: it takes /);
    expect((await Promise.all(others)).map(({ length }) => length > 1_000)).to.deep.equal([true, true, true]);
  });

  it('end by themselves where a document fills their memory, as no thread would: this process goes on', async () => {
    const patient = aPool();
    const refused = await rejection(patient.generate(aJob({ learnerName: 'x'.repeat(12_000_000) })));
    expect(refused).to.include({
      code: 'input.template',
      message: 'the document cannot be made: it takes too much memory; simplify the template and its images',
    });
    expect((await patient.generate(aJob())).length).to.be.above(1_000);
  });

  it('refuse an object stream that unpacks to far more than it is, and go on', async () => {
    await pool.check('pdf-template', withPageInStream(Buffer.alloc(0)));
    const bomb = withPageInStream(Buffer.alloc(300 * 1024 * 1024, ' '));
    expect(bomb.length).to.be.below(400_000);
    expect((await rejection(pool.check('pdf-template', bomb))).code).to.equal('input.template');
    await pool.check('pdf-template', template);
  });

  it('say what the machine lacks where it has no room to start one', async () => {
    // more than fits on the command line of any process
    const pool = createProcessPool({ fontsFolder: 'x'.repeat(4_000_000), processes: 2 });
    const refused = await Promise.all([1, 2, 3].map(() => rejection(pool.generate(aJob()))));
    for (const error of refused)
      expect(error).to.include({
        code: 'store.pdf-process',
        message:
          'no process that makes PDF documents could be started (E2BIG); see that the machine has memory and processes left, and try again',
      });
    await pool.close();
  });

  it('refuse work after they were closed', async () => {
    const closing = aPool();
    const last = closing.generate(aJob());
    await closing.close();
    expect((await rejection(last)).code).to.equal('input.stopping');
    expect((await rejection(closing.generate(aJob()))).message).to.equal('Laurel is stopping; try again when it is up');
  });
});

/** A PDF whose page is in an object stream, with something behind it. */
function withPageInStream(more: Buffer): Buffer {
  const packed = deflateSync(
    Buffer.concat([Buffer.from('3 0 << /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >>'), more]),
  );
  return Buffer.concat([
    Buffer.from('%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n'),
    Buffer.from('2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n'),
    Buffer.from(`4 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length ${packed.length} >>\nstream\n`),
    packed,
    Buffer.from('\nendstream\nendobj\ntrailer\n<< /Root 1 0 R /Size 5 >>\n%%EOF\n'),
  ]);
}
