import { degrees } from '@cantoo/pdf-lib';
import { expect } from 'chai';
import { NotFoundError } from '../../../plugin/errors.ts';
import type { GenerationRequest } from '../../../plugin/extensions/generation-function.ts';
import { readOptions } from '../../../plugin/extensions/options.ts';
import type { DesignedPage } from '../../../plugin/extensions/page-design.ts';
import { createPdfGeneration } from '../../../providers/index.ts';
import { createLocalEngine } from '../../../providers/pdf/local-engine.ts';
import { anAsset, rejection } from '../../contracts/credential-store.ts';
import { aTemplate, fontsFolder, shownTexts } from '../../support/pdf.ts';
import { png } from '../../support/png.ts';

const LONG = 'Wolfeschlegelsteinhausenbergerdorff '.repeat(4).trim();

describe('the design of a page', () => {
  const generation = createPdfGeneration(createLocalEngine(fontsFolder));
  let files: Readonly<Record<string, Uint8Array>>;
  before(async () => {
    files = { certificate: await aTemplate(), seal: png(40, 20) };
  });

  async function design(
    options: Record<string, unknown> = {},
    facts: Partial<GenerationRequest> = {},
  ): Promise<DesignedPage> {
    const page = await generation.design?.({
      options: readOptions(generation.options, { template: 'certificate', ...options }),
      learnerName: 'Ada Lovelace',
      contextName: 'Demonstration Course',
      issuedAt: new Date('2026-03-01T12:00:00Z'),
      verifyId: 'v',
      verifyUrl: 'https://example.org/verify/v',
      assets: {
        async load(slug) {
          const bytes = files[slug];
          if (!bytes) throw new NotFoundError('asset', `there is no asset "${slug}"`);
          return { asset: anAsset({ slug, kind: slug === 'seal' ? 'image' : 'pdf-template', sha256: slug }), bytes };
        },
      },
      ...facts,
    });
    return page as DesignedPage;
  }

  const only = (name: string, element: object) => ({
    text_elements: { name: false, context: false, date: false, [name]: element },
  });
  const notes = ({ notes }: DesignedPage) => notes.map(({ kind, severity, path }) => [kind, severity, path].join(' '));
  const messages = ({ notes }: DesignedPage) => notes.map(({ message }) => message);

  it('has every element where the document has it', async () => {
    const page = await design({
      qr_codes: { code: { x: 700, y: 40 } },
      images: { seal: { asset: 'seal', height: 60 } },
    });
    expect([page.widthPt, page.heightPt, page.marginPt, page.notes]).to.deep.equal([842, 595, 48, []]);
    expect(page.elements.map(({ path, kind, x, y }) => [path, kind, x, y])).to.deep.equal([
      ['images.seal', 'image', 48, 48],
      ['qr_codes.code', 'qr-code', 700, 40],
      ['text_elements.name', 'text', 421, 290],
      ['text_elements.context', 'text', 421, 220],
      ['text_elements.date', 'text', 421, 120],
    ]);
    expect(page.elements[0]?.box).to.deep.equal([48, 48, 168, 108]);
    expect(page.elements[1]?.box).to.deep.equal([700, 40, 780, 120]);
    const [written] = await shownTexts(page.document);
    const [left, bottom, right, top] = page.elements[2]?.box ?? [0, 0, 0, 0];
    expect(written).to.deep.include({ text: 'Ada Lovelace', yPt: 290, sizePt: 32 });
    expect(left).to.be.closeTo(written?.xPt ?? 0, 0.01);
    expect(left + right).to.be.closeTo(842, 0.01);
    // no letter of the name reaches below the line but for rounding; capitals and l are some 0.76 em high
    expect(bottom).to.be.within(288, 290);
    expect(top).to.be.within(290 + 32 * 0.7, 290 + 32 * 0.85);
  });

  it('measures where align and x put a text', async () => {
    const right = await design(only('own', { text: 'Ada', align: 'right', x: 300, y: 100 }));
    expect(right.elements[0]).to.include({ align: 'right', x: 300, y: 100 });
    expect(right.elements[0]?.box[2]).to.be.closeTo(300, 0.01);
    const left = await design(only('own', { text: 'Ada', align: 'left', y: 100 }));
    expect([left.elements[0]?.x, left.elements[0]?.box[0]]).to.deep.equal([48, 48]);
  });

  it('says what became smaller, what takes more lines, and what is empty', async () => {
    const shrunk = await design({}, { learnerName: 'Wolfeschlegelsteinhausenbergerdorff The Second of Them' });
    expect(messages(shrunk)).to.have.length(1);
    expect(messages(shrunk)[0]).to.match(
      /^"name" is written at \d\d\.\d pt instead of 32 pt to fit between the margins; move it towards the middle, or choose a smaller "size" for all$/,
    );
    const wrapped = await design({}, { learnerName: LONG });
    expect(messages(wrapped)).to.deep.equal([
      '"name" takes 2 lines at its least size, 19.2 pt; leave room above it, or allow a smaller "min_size"',
    ]);
    const empty = await design(only('own', { text: '{verify_url}', y: 100 }), { verifyUrl: null });
    expect(messages(empty)).to.deep.equal(['"own" is empty here; give it a text, or leave it out']);
    expect(empty.elements[0]?.box).to.deep.equal([361, 100, 481, 112]);
  });

  it('goes on without what cannot be made, and names the letter that no font has', async () => {
    const page = await design(
      { text_elements: { own: { text: 'Nowhere', y: 590, size: 40 } } },
      { learnerName: 'Ana 😀' },
    );
    expect(notes(page)).to.deep.equal([
      'missing-glyph error text_elements.name',
      'too-long error text_elements.own',
      'off-page warning text_elements.own',
    ]);
    expect(messages(page).slice(0, 2)).to.deep.equal([
      'the glyph U+1F600 is not in the font "DejaVu Serif"; name a font asset that has it in the options',
      'the text of "own" does not fit on the page; allow a smaller "min_size" or move the element',
    ]);
    expect((await shownTexts(page.document)).map(({ text }) => text)).to.deep.equal([
      'Demonstration Course',
      'March 1, 2026',
    ]);
  });

  it('says what reaches out of the page and what lies over each other, but not over an image', async () => {
    const page = await design({
      ...only('own', { text: 'Ada', y: 100, x: 421 }),
      images: { seal: { asset: 'seal', x: 400, y: 90 } },
      qr_codes: { code: { x: 790, y: 570 }, over: { x: 400, y: 90 } },
    });
    expect(messages(page)).to.deep.equal([
      '"code" reaches beyond the right and top edge of the page, and what lies outside is not seen; move it, or make it smaller',
      '"over" and "own" lie over each other; move one of them',
    ]);
  });

  it('has a background without elements that is the same for everybody, and is never encrypted', async () => {
    const one = await design({ encrypt: true });
    const other = await design({ text_elements: { date: false } }, { learnerName: 'Bo', issuedAt: new Date(1) });
    expect(Buffer.from(one.background).equals(other.background)).to.equal(true);
    expect(await shownTexts(one.background)).to.deep.equal([]);
    expect(Buffer.from(one.document).includes('/Encrypt')).to.equal(false);
  });

  it('refuses what makes no document at all', async () => {
    expect(await rejection(design({ template: 'gone' }))).to.include({ code: 'not-found.asset' });
  });

  it('knows the pages of a template as a reader shows them, and none of other assets', async () => {
    const bytes = await aTemplate((document) => {
      document.addPage([595, 842]).setRotation(degrees(90));
      document.addPage([400, 400]).setCropBox(10, 20, 300, 200);
    });
    const loaded = (kind: 'pdf-template' | 'font') => ({ asset: anAsset({ kind }), bytes });
    expect(await generation.assetPages?.(loaded('pdf-template'))).to.deep.equal([
      { widthPt: 842, heightPt: 595 },
      { widthPt: 842, heightPt: 595 },
      { widthPt: 300, heightPt: 200 },
    ]);
    expect(await generation.assetPages?.(loaded('font'))).to.deep.equal([]);
    const many = await aTemplate((document) => {
      for (let i = 0; i < 500; i++) document.addPage();
    });
    const refused = await rejection(
      (async () => generation.assetPages?.({ asset: anAsset({ kind: 'pdf-template' }), bytes: many }))(),
    );
    expect(refused.message).to.equal(
      'the PDF template cannot be used: it has more than 500 pages; keep those that are needed',
    );
  });
});
