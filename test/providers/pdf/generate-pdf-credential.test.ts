import { createHash } from 'node:crypto';
import { PDFDocument } from '@cantoo/pdf-lib';
import { expect } from 'chai';
import { NotFoundError } from '../../../plugin/errors.ts';
import type { GenerationFunction, GenerationRequest } from '../../../plugin/extensions/generation-function.ts';
import { readOptions } from '../../../plugin/extensions/options.ts';
import type { Asset } from '../../../plugin/ports/credential-store.ts';
import { createPdfGeneration } from '../../../providers/index.ts';
import { anAsset, rejection } from '../../contracts/credential-store.ts';
import { aTemplate, bundledFont, shownTexts } from '../../support/pdf.ts';

describe('the pdf generation function', () => {
  let generation: GenerationFunction;
  let fontBytes: Uint8Array;
  let assets: Record<string, { kind: Asset['kind']; bytes: Uint8Array }>;
  before(async () => {
    const font = await bundledFont();
    fontBytes = font.bytes;
    generation = createPdfGeneration(font);
    assets = {
      certificate: { kind: 'pdf-template', bytes: await aTemplate() },
      'two-lines': { kind: 'pdf-template', bytes: await aTemplate(() => {}, [400, 700]) },
      serif: { kind: 'font', bytes: fontBytes },
      broken: { kind: 'font', bytes: fontBytes.subarray(0, 5_000) },
    };
  });

  function request(options: Record<string, unknown> = {}, facts: Partial<GenerationRequest> = {}): GenerationRequest {
    return {
      options: readOptions(generation.options, { template: 'certificate', ...options }),
      learnerName: 'Ada Lovelace',
      contextName: 'Demonstration Course',
      issuedAt: new Date('2026-03-01T12:00:00Z'),
      verifyId: '6f1c7a10-0f6b-41f1-9d0f-0000000000aa',
      verifyUrl: 'https://badges.example.org/verify/6f1c7a10-0f6b-41f1-9d0f-0000000000aa',
      assets: {
        async load(slug) {
          const found = assets[slug];
          if (!found) throw new NotFoundError('asset', `there is no asset "${slug}"`);
          const sha256 = createHash('sha256').update(found.bytes).digest('hex');
          return { asset: anAsset({ slug, kind: found.kind, sha256 }), bytes: found.bytes };
        },
      },
      ...facts,
    };
  }

  const textsOf = async (...args: Parameters<typeof request>) =>
    (await shownTexts((await generation.generate(request(...args))).bytes)).map(({ text }) => text);

  it('writes name, context and date at their places on one page', async () => {
    const document = await generation.generate(request());
    expect(document).to.include({
      contentType: 'application/pdf',
      fileName: 'credential-6f1c7a10-0f6b-41f1-9d0f-0000000000aa.pdf',
    });
    const shown = await shownTexts(document.bytes);
    expect(shown.map(({ text, sizePt, yPt }) => [text, sizePt, Math.round(yPt)])).to.deep.equal([
      ['Ada Lovelace', 32, 290],
      ['Demonstration Course', 28, 220],
      ['March 1, 2026', 12, 120],
    ]);
    const pdf = await PDFDocument.load(document.bytes);
    expect(pdf.getPageCount()).to.equal(1);
    expect(pdf.getTitle()).to.equal('Demonstration Course: Ada Lovelace');
    expect(pdf.getAuthor()).to.equal('Laurel');
  });

  it('centres by the width of the letters in the font', async () => {
    const [name] = await shownTexts((await generation.generate(request())).bytes);
    // 216.4 pt is what poppler measures for these letters
    expect(name?.xPt).to.be.closeTo(421 - 216.4 / 2, 0.2);
  });

  for (const name of ['Nguyễn Thị Ánh', 'Олександра Коваленко', 'Ελένη Παπαδοπούλου', 'Łukasz O’Connor-Ğß']) {
    it(`writes ${name} so that it can be read back`, async () => {
      expect((await textsOf({}, { learnerName: name.normalize('NFD') }))[0]).to.equal(name);
    });
  }

  it('U18: fails for a font asset that does not exist instead of taking another font', async () => {
    const missing = request({ defaults: { font: 'helvetica' } });
    expect((await rejection(generation.generate(missing))).message).to.equal('there is no asset "helvetica"');
  });

  it('L5: writes with the font asset that is named', async () => {
    expect(await textsOf({ defaults: { font: 'serif' } }, { learnerName: 'Łukasz' })).to.include('Łukasz');
  });

  it('D10: fails for a glyph that the font does not have, naming it and the font', async () => {
    const error = await rejection(generation.generate(request({}, { learnerName: '张伟' })));
    expect(error.code).to.equal('credential.glyph-missing');
    expect(error.message).to.equal(
      'the glyph U+5F20 is not in the font "DejaVu Serif"; name a font asset that has it in the options',
    );
    const named = request({ text_elements: { name: { font: 'serif' } } }, { learnerName: 'Ana 😀' });
    expect((await rejection(generation.generate(named))).message).to.match(
      /^the glyph U\+1F600 is not in the font "serif"/,
    );
  });

  it('D10: fails for a broken font and for an asset of the wrong kind', async () => {
    expect((await rejection(generation.generate(request({ defaults: { font: 'broken' } })))).code).to.equal(
      'input.font',
    );
    expect((await rejection(generation.generate(request({ template: 'serif' })))).message).to.equal(
      'the asset "serif" is a font, but a pdf-template is needed there',
    );
  });

  it('fills the placeholders and takes capitals, custom texts and switched-off elements', async () => {
    const options = {
      text_elements: {
        name: { uppercase: true },
        context: { text: '{{{context_name}}}' },
        date: false,
        proof: { text: '{verify_uuid} {verify_url}', y: 40, size: 8 },
      },
    };
    expect(await textsOf(options, { verifyUrl: null })).to.deep.equal([
      'ADA LOVELACE',
      '{Demonstration Course}',
      '6f1c7a10-0f6b-41f1-9d0f-0000000000aa',
    ]);
  });

  it('takes the other template for a context name of several lines', async () => {
    const document = await generation.generate(
      request({ template_multiline: 'two-lines' }, { contextName: 'Part one:\nthe beginning' }),
    );
    const shown = await shownTexts(document.bytes);
    expect((await PDFDocument.load(document.bytes)).getPage(0).getSize()).to.deep.equal({ width: 400, height: 700 });
    expect(shown.map(({ text }) => text)).to.include.members(['Part one:', 'the beginning']);
    expect((await PDFDocument.load(document.bytes)).getTitle()).to.equal('Part one: the beginning: Ada Lovelace');
  });

  it('makes the same page again from the same request', async () => {
    const first = await shownTexts((await generation.generate(request())).bytes);
    expect(await shownTexts((await generation.generate(request())).bytes)).to.deep.equal(first);
  });

  it('checks assets before they are stored', async () => {
    await generation.checkAsset('font', fontBytes);
    await generation.checkAsset('pdf-template', await aTemplate());
    await generation.checkAsset('image', Buffer.from('anything'));
    expect((await rejection(generation.checkAsset('font', Buffer.from('x')))).code).to.equal('input.font');
    expect((await rejection(generation.checkAsset('pdf-template', fontBytes))).code).to.equal('input.template');
  });
});
