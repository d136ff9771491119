import { createHash } from 'node:crypto';
import {
  decodePDFRawStream,
  PDFArray,
  PDFDict,
  PDFDocument,
  PDFHexString,
  PDFName,
  type PDFRawStream,
  PDFRef,
  PDFString,
} from '@cantoo/pdf-lib';
import { expect } from 'chai';
import { NotFoundError } from '../../../plugin/errors.ts';
import type { GenerationFunction, GenerationRequest } from '../../../plugin/extensions/generation-function.ts';
import { mergeOptions, readOptions } from '../../../plugin/extensions/options.ts';
import type { Asset } from '../../../plugin/ports/credential-store.ts';
import { createPdfGeneration } from '../../../providers/index.ts';
import { fillerOf } from '../../../providers/pdf/drawing/draw-page.ts';
import { createLocalEngine } from '../../../providers/pdf/local-engine.ts';
import { OVERLAY } from '../../../providers/pdf/template/compile-template.ts';
import { anAsset, rejection } from '../../contracts/credential-store.ts';
import { aTemplate, bundledFont, fontsFolder, shownTexts, tableIn } from '../../support/pdf.ts';

/** A PNG of 2 by 1 pixels. */
const anImage = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAYAAAD0In+KAAAAEUlEQVR4nGP4z8DwHwQZYAwAR8oH+WdZbrcAAAAASUVORK5CYII=',
  'base64',
);

describe('the pdf generation function', () => {
  let generation: GenerationFunction;
  let fontBytes: Uint8Array;
  let assets: Record<string, { kind: Asset['kind']; bytes: Uint8Array }>;
  before(async () => {
    fontBytes = await bundledFont();
    generation = createPdfGeneration(createLocalEngine(fontsFolder));
    assets = {
      certificate: { kind: 'pdf-template', bytes: await aTemplate() },
      'two-lines': { kind: 'pdf-template', bytes: await aTemplate(() => {}, [400, 700]) },
      serif: { kind: 'font', bytes: fontBytes },
      'without-outlines': { kind: 'font', bytes: overwritten('loca', 0) },
      'without-contours': { kind: 'font', bytes: overwritten('glyf', 0) },
      'without-widths': { kind: 'font', bytes: overwritten('hmtx', 0) },
      damaged: { kind: 'font', bytes: overwritten('glyf', 0xff) },
      broken: { kind: 'font', bytes: fontBytes.subarray(0, 5_000) },
      seal: { kind: 'image', bytes: anImage },
    };
  });

  function overwritten(table: string, byte: number): Uint8Array {
    const { start, end } = tableIn(fontBytes, table);
    return Buffer.from(fontBytes).fill(byte, start, end);
  }

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

  for (const [script, name] of Object.entries({
    Arabic: 'محمد الفاتح',
    Hebrew: 'דוד בן גוריון',
    Devanagari: 'नरेंद्र मोदी',
    Thai: 'น้ำฝน กุลธิดา',
    Chinese: '张伟',
    Korean: '김민준',
  })) {
    it(`takes a font that comes with Laurel for a name in ${script}`, async () => {
      const [shown] = await textsOf({}, { learnerName: name });
      const isRightToLeft = script === 'Arabic' || script === 'Hebrew';
      // glyphs stand from the left
      expect(isRightToLeft ? [...(shown ?? '')].reverse().join('') : shown).to.equal(name);
    });
  }

  it('D10: fails for a glyph that no font has, naming it and the fonts', async () => {
    const error = await rejection(generation.generate(request({}, { learnerName: 'Ana 😀' })));
    expect(error.code).to.equal('credential.glyph-missing');
    expect(error.message).to.equal(
      'the glyph U+1F600 is not in the font "DejaVu Serif"; name a font asset that has it in the options',
    );
    const named = request({ text_elements: { name: { font: 'serif' } } }, { learnerName: 'ᚠ' });
    expect((await rejection(generation.generate(named))).message).to.equal(
      'the glyph U+16A0 is not in the fonts "serif", "DejaVu Serif"; name a font asset that has it in the options',
    );
  });

  it('D10: fails for a letter for private use, or half of one, rather than leaving it out', async () => {
    const said = async (learnerName: string) =>
      (await rejection(generation.generate(request({}, { learnerName })))).message;
    expect(await said('Ada \ue000')).to.match(/^the glyph U\+E000 is not in the font/);
    expect(await said('Ada \ud800')).to.match(/^the glyph U\+D800 is not in the font/);
  });

  it('D10: makes no document that does not show the name it is for', async () => {
    for (const learnerName of ['', '  ', '\u00a0', '\u200b\u200e', '\u202e\u202c', '\ufe0f', '\u2800', '\u0000']) {
      const { code, message } = await rejection(generation.generate(request({}, { learnerName })));
      expect([code, message], JSON.stringify(learnerName)).to.deep.equal([
        'credential.name-missing',
        'the learner has no name that could be written in "name"; give it one where Laurel reads it from, then retry',
      ]);
    }
    const { message } = await rejection(generation.generate(request({}, { contextName: ' ' })));
    expect(message).to.equal(
      'the context has no name that could be written in "context"; give it one where Laurel reads it from, then retry',
    );
    const nameless = { text_elements: { name: { text: '{{name}}' } } };
    expect(await textsOf(nameless, { learnerName: '' })).to.include('{name}');
  });

  it('D10: takes a letter that a font only lists, and does not draw, from another font', async () => {
    for (const asset of ['without-outlines', 'without-contours']) {
      const bytes = Buffer.from((await generation.generate(request({ defaults: { font: asset } }))).bytes);
      expect(bytes.toString('latin1').match(/\/BaseFont/g), asset).to.have.length(4);
      expect(
        (await rejection(generation.checkAsset('font', assets[asset]?.bytes ?? Buffer.alloc(0)))).message,
      ).to.equal('the font cannot be used: it has no letters');
    }
    expect(
      (await rejection(generation.checkAsset('font', assets['without-widths']?.bytes ?? anImage))).message,
    ).to.equal('the font cannot be used: its letters have no width; export it again');
  });

  it('D10: fails one document for a font that is damaged in a letter of it, and says which', async () => {
    const error = await rejection(generation.generate(request({ defaults: { font: 'damaged' } })));
    expect([error.code, error.message]).to.deep.equal([
      'credential.font-damaged',
      'the font "damaged" is damaged in a letter that is needed here; export it again, and replace the asset',
    ]);
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

  it('makes the same bytes again from the same request, whatever was made between', async () => {
    const first = await generation.generate(request());
    await generation.generate(request({}, { learnerName: 'Somebody Else' }));
    expect(Buffer.from(first.bytes).equals((await generation.generate(request())).bytes)).to.equal(true);
  });

  it('begins anew after a document that could not be made', async () => {
    await rejection(generation.generate(request({ text_elements: { last: { text: '😀', y: 10 } } })));
    expect(await textsOf()).to.deep.equal(['Ada Lovelace', 'Demonstration Course', 'March 1, 2026']);
  });

  it('encrypts when it is told to: open to everybody, with what is allowed written in', async () => {
    const { bytes } = await generation.generate(request({ encrypt: true }, { learnerName: 'Ada Lovelace' }));
    expect(Buffer.from(bytes).includes(Buffer.from('\ufeffAda', 'utf16le').swap16().toString('hex').slice(4))).to.equal(
      false,
    );
    expect(Buffer.from(bytes).toString('latin1')).to.match(/\/V 5 \/R 6 \/Length 256[\s\S]*\/P -1340 /);
    const opened = await PDFDocument.load(bytes, { password: '' });
    expect(opened.getTitle()).to.equal('Demonstration Course: Ada Lovelace');
    expect((await shownTexts(bytes))[0]?.text).to.equal('Ada Lovelace');
  });

  it('draws images and QR codes, and leads to the verification page from them and from texts', async () => {
    const options = {
      text_elements: { proof: { text: '{verify_uuid}', y: 40, size: 8, align: 'left', x: 100, link: '{verify_url}' } },
      qr_codes: { verify: { x: 60, y: 50, size: 90 } },
      images: { seal: { asset: 'seal', x: 700, y: 30, width: 60 } },
    };
    const document = await PDFDocument.load((await generation.generate(request(options))).bytes);
    const overlay = overlayOf(document);
    expect(overlay).to.match(/^q 60 0 0 30 700 30 cm \/LcI\d+ Do Q$/m);
    expect([...overlay.matchAll(/ re$/gm)].length).to.be.above(200);
    expect(linksOf(document)).to.deep.equal([
      ['https://badges.example.org/verify/6f1c7a10-0f6b-41f1-9d0f-0000000000aa', [60, 50, 150, 140]],
      ['https://badges.example.org/verify/6f1c7a10-0f6b-41f1-9d0f-0000000000aa', [100, 38, 263, 47]],
    ]);
  });

  it('does without links, but not without a QR code, where the server has no public address', async () => {
    const linked = { text_elements: { name: { link: '{verify_url}' } } };
    const document = await PDFDocument.load((await generation.generate(request(linked, { verifyUrl: null }))).bytes);
    expect(linksOf(document)).to.deep.equal([]);
    const coded = request({ qr_codes: { verify: {} } }, { verifyUrl: null });
    expect((await rejection(generation.generate(coded))).message).to.equal(
      'the QR code "verify" has nothing to say; set LAUREL_PUBLIC_URL, or give it a text of your own in the options',
    );
    const long = request({ qr_codes: { verify: { text: 'x'.repeat(4_000) } } });
    expect((await rejection(generation.generate(long))).message).to.equal(
      'the text of the QR code "verify" is too long for one; shorten it',
    );
  });

  it('has the title, the author and the language that the options say', async () => {
    const options = { title: 'Award for {name}', author: 'Ada School', language: 'de' };
    const pdf = await PDFDocument.load((await generation.generate(request(options))).bytes, { updateMetadata: false });
    expect(pdf.getTitle()).to.equal('Award for Ada Lovelace');
    expect(pdf.getAuthor()).to.equal('Ada School');
    expect(pdf.getCreationDate()).to.deep.equal(new Date('2026-03-01T12:00:00Z'));
    expect(pdf.catalog.get(PDFName.of('Lang'))?.toString()).to.equal('<6465>');
  });

  it('has the platform for its author where the options name none', async () => {
    const authorOf = async (issuer?: string) => {
      const { generate } = createPdfGeneration(createLocalEngine(fontsFolder), { issuer });
      return (await PDFDocument.load((await generate(request())).bytes, { updateMetadata: false })).getAuthor();
    };
    expect(await authorOf('Acme Academy')).to.equal('Acme Academy');
    expect(await authorOf()).to.equal('Laurel');
  });

  it('leaves names, dates and language to the site where neither type nor configuration say otherwise', () => {
    const styles = {
      name_style: { value: 'uppercase', setting: 'LAUREL_NAME_STYLE' },
      date_style: { value: 'd MMMM yyyy', setting: 'LAUREL_DATE_STYLE' },
      language: { value: 'uk', setting: 'LAUREL_DATE_LANGUAGE' },
    };
    const { options: schema } = createPdfGeneration(createLocalEngine(fontsFolder), { styles });
    const written = (type: object, configuration: object = {}) => {
      const options = readOptions(schema, mergeOptions({ template: 'a', ...type }, { ...configuration }));
      const facts = { learnerName: 'Марія Шевченко', contextName: 'x', issuedAt: new Date('2026-03-05T12:00:00Z') };
      return fillerOf({ options, ...facts, verifyId: '', verifyUrl: null, assets: {} })('{name}, {issue_date}');
    };
    expect(written({})).to.equal('МАРІЯ ШЕВЧЕНКО, 5 березня 2026');
    expect(written({ date_style: 'short' })).to.equal('МАРІЯ ШЕВЧЕНКО, 05.03.26');
    expect(written({ date_style: 'short', name_style: 'as-written' }, { date_style: 'iso' })).to.equal(
      'Марія Шевченко, 2026-03-05',
    );
    expect(written({ language: 'ar' })).to.equal('МАРІЯ ШЕВЧЕНКО, 5 مارس 2026');
    expect(() => written({ date_style: 'd YYYY' })).to.throw(
      'the options cannot be used: "date_style" has "YYYY" at character 3, which means nothing; did you mean "yyyy"?',
    );
  });

  it('takes hostile names for names: in the text, the metadata, the links and the codes', async () => {
    const names = [
      ')/S/JavaScript/JS(app.alert(1))/X(',
      '>> endobj 1 0 obj << /OpenAction << /S /Launch /F (cmd) >> >>',
      '\\) Tj ET BT (x',
      '<script>alert(1)</script>',
      'Ada](javascript:alert(1))',
    ];
    for (const name of names) {
      const options = { title: '{name}', author: name, qr_codes: { verify: { text: '{name}' } } };
      const { bytes } = await generation.generate(request(options, { learnerName: name, contextName: name }));
      const pdf = await PDFDocument.load(bytes, { updateMetadata: false });
      expect([pdf.getTitle(), pdf.getAuthor()], name).to.deep.equal([name, name]);
      const shown = (await shownTexts(bytes)).map(({ text }) => text).join(' ');
      expect(shown.replace(/\s+/g, ''), name).to.include(name.replace(/\s+/g, ''));
      const keys = pdf.context
        .enumerateIndirectObjects()
        .flatMap(([, object]) => (object instanceof PDFDict ? object.keys().map(String) : []));
      for (const key of ['/OpenAction', '/AA', '/JS', '/JavaScript', '/Launch', '/AcroForm', '/EmbeddedFiles', '/F'])
        expect(keys, `${key} for ${name}`).to.not.include(key);
      for (const [address] of linksOf(pdf)) expect(address, name).to.match(/^https:\/\/badges\.example\.org\//);
    }
  });

  it('checks assets before they are stored', async () => {
    await generation.checkAsset('font', fontBytes);
    await generation.checkAsset('pdf-template', await aTemplate());
    await generation.checkAsset('image', anImage);
    expect((await rejection(generation.checkAsset('image', Buffer.from('GIF89a')))).message).to.equal(
      'the image cannot be used: it is neither PNG nor JPEG',
    );
    expect((await rejection(generation.checkAsset('image', anImage.subarray(0, 40)))).message).to.equal(
      'the image cannot be used: it is damaged; export it again',
    );
    expect((await rejection(generation.checkAsset('font', Buffer.from('x')))).code).to.equal('input.font');
    expect((await rejection(generation.checkAsset('pdf-template', fontBytes))).code).to.equal('input.template');
  });
});

function overlayOf(document: PDFDocument): string {
  const stream = document.context.lookup(PDFRef.of(OVERLAY)) as PDFRawStream;
  return Buffer.from(decodePDFRawStream(stream).decode()).toString('latin1');
}

function linksOf(document: PDFDocument): [string, number[]][] {
  return (document.getPage(0).node.Annots()?.asArray() ?? []).map((annotation) => {
    const link = document.context.lookup(annotation, PDFDict);
    const address = link.lookup(PDFName.of('A'), PDFDict).lookup(PDFName.of('URI'), PDFString, PDFHexString);
    const box = link.lookup(PDFName.of('Rect'), PDFArray).asArray();
    return [address.decodeText(), box.map((edge) => Math.round(Number(edge.toString())))];
  });
}
