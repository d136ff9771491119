import { type PDFArray, type PDFDict, PDFDocument, PDFHexString, PDFName, PDFString } from '@cantoo/pdf-lib';
import { expect } from 'chai';
import { readOptions } from '../../../../plugin/extensions/options.ts';
import { createLocalEngine } from '../../../../providers/pdf/local-engine.ts';
import { pdfOptions } from '../../../../providers/pdf/pdf-options.ts';
import { rejection } from '../../../contracts/credential-store.ts';
import { aTemplate, fontsFolder } from '../../../support/pdf.ts';

type Change = (document: PDFDocument) => void;

const annotated =
  (...annotations: readonly Record<string, unknown>[]): Change =>
  (document) =>
    document.getPage(0).node.set(PDFName.of('Annots'), document.context.obj(annotations as never));
const inCatalog =
  (name: string, value: unknown): Change =>
  (document) =>
    document.catalog.set(PDFName.of(name), document.context.obj(value as never));
const at = { Rect: [1, 2, 30, 40] };
const APPEARANCE = { AP: {} };

describe('a PDF template that is brought', () => {
  const engine = createLocalEngine(fontsFolder);
  const check = (bytes: Uint8Array) => engine.check('pdf-template', bytes);
  const refusal = async (change: Change) => (await rejection(check(await aTemplate(change)))).message;

  const LOST =
    'its first page has form fields or comments, which a certificate would lose; flatten them when exporting';
  const MEDIA =
    'its first page holds a film, a sound or a 3D model, which a certificate would lose; put a picture in its place';
  const ATTACHED =
    'a file is attached to its first page at a place of its own, which a certificate would lose; remove it';
  const active = (kind: string) =>
    `it contains an action of the kind ${kind}; remove scripts, buttons and forms from it`;
  const cases: readonly (readonly [what: string, change: Change, reason: string])[] = [
    [
      'a portfolio',
      inCatalog('Collection', { View: 'T' }),
      'it is a portfolio, a cover page with files behind it; upload the file that is meant',
    ],
    [
      'an XFA form',
      inCatalog('AcroForm', { Fields: [], XFA: PDFString.of('<xdp/>') }),
      'it is an XFA form, which few programs show as it is meant; print it to a PDF file, and upload that',
    ],
    ['a form field without a look of its own', annotated({ Subtype: 'Widget', FT: 'Tx', ...at }), LOST],
    ['a comment without a look of its own', annotated({ Subtype: 'FreeText', ...at }), LOST],
    ['a filled field of pdf-lib', (document) => void field(document, 0), LOST],
    ['a film', annotated({ Subtype: 'RichMedia', ...at }), MEDIA],
    ['a film with a picture', annotated({ Subtype: 'Screen', ...at, ...APPEARANCE }), MEDIA],
    ['a sound', annotated({ Subtype: 'Sound', ...at }), MEDIA],
    ['a 3D model', annotated({ Subtype: '3D', ...at }), MEDIA],
    ['a file pinned to the page', annotated({ Subtype: 'FileAttachment', ...at }), ATTACHED],
    ['a file pinned to the page, with a pin', annotated({ Subtype: 'FileAttachment', ...at, ...APPEARANCE }), ATTACHED],
    [
      'a script when it is opened',
      inCatalog('OpenAction', { S: 'JavaScript', JS: PDFString.of('1') }),
      active('JavaScript'),
    ],
    ['a script in its names', (document) => document.addJavaScript('hello', 'app.alert(1)'), active('JavaScript')],
    ['a program to start', inCatalog('OpenAction', { S: 'Launch', F: PDFString.of('x.exe') }), active('Launch')],
    [
      'an oversized page',
      (document) => document.getPage(0).setMediaBox(0, 0, 20_000, 20_000),
      'its first page is larger than 5 metres',
    ],
    [
      'a password of its owner alone',
      (document) => document.encrypt({ ownerPassword: 'secret', userPassword: '' }),
      'it is encrypted; save it without a password',
    ],
  ];
  for (const [what, change, reason] of cases) {
    it(`is refused with ${what}`, async () => {
      expect(await refusal(change)).to.equal(`the PDF template cannot be used: ${reason}`);
    });
  }

  const harmless: readonly (readonly [what: string, change: Change])[] = [
    ['a comment that is hidden', annotated({ Subtype: 'FreeText', F: 2, ...at })],
    ['the field of a signature without an extent', annotated({ Subtype: 'Widget', Rect: [0, 0, 0, 0], ...APPEARANCE })],
    ['marks of a printing house', annotated({ Subtype: 'PrinterMark', ...at })],
    ['a place to begin reading', (document) => inCatalog('OpenAction', [document.getPage(0).ref, 'Fit'])(document)],
    ['a form on its second page', (document) => void field(document, 1)],
  ];
  for (const [what, change] of harmless) {
    it(`is taken with ${what}`, async () => {
      await check(await aTemplate(change));
    });
  }

  it('that was taken before this was asked makes documents on, and says that it would be refused', async () => {
    const bytes = await aTemplate(annotated({ Subtype: 'FileAttachment', ...at }));
    const job = {
      ...{
        options: readOptions(pdfOptions, { template: 'old' }),
        learnerName: 'Ada',
        contextName: 'C',
        issuedAt: new Date(0),
      },
      ...{ verifyId: 'x', verifyUrl: null, assets: { old: { sha256: 'x', bytes } } },
    };
    expect((await PDFDocument.load(await engine.generate(job))).getPageCount()).to.equal(1);
    expect((await engine.facts(bytes)).refusal).to.equal(`the PDF template cannot be used: ${ATTACHED}`);
  });
});

describe('what documents do not take over from a PDF template', () => {
  const engine = createLocalEngine(fontsFolder);
  const leftOut = async (change?: Change) => {
    const bytes = await aTemplate(change);
    await engine.check('pdf-template', bytes);
    return (await engine.facts(bytes)).leftOut;
  };

  it('is nothing of a page with links to the web', async () => {
    expect(await leftOut()).to.deep.equal([]);
    const link = { Subtype: 'Link', ...at, A: { S: 'URI', URI: PDFString.of('https://example.org') } };
    expect(await leftOut(annotated(link))).to.deep.equal([]);
  });

  it('is told of attached files, and no document has them', async () => {
    const bytes = await aTemplate();
    const document = await PDFDocument.load(bytes);
    await document.attach(Buffer.from('the salary of everybody'), 'list.txt', { mimeType: 'text/plain' });
    const attached = await document.save({ useObjectStreams: false });
    await engine.check('pdf-template', attached);
    expect((await engine.facts(attached)).leftOut).to.deep.equal(['attachments']);
    const made = await engine.generate({
      ...{
        options: readOptions(pdfOptions, { template: 't' }),
        learnerName: 'Ada',
        contextName: 'C',
        issuedAt: new Date(0),
      },
      ...{ verifyId: 'x', verifyUrl: null, assets: { t: { sha256: 'x', bytes: attached } } },
    });
    expect(Buffer.from(attached).includes('EmbeddedFile')).to.equal(true);
    expect(Buffer.from(made).includes('EmbeddedFile')).to.equal(false);
  });

  it('are files that are attached to a drawing on the page, too', async () => {
    const bytes = await aTemplate((document) => {
      const { context } = document;
      const file = context.register(context.stream('the salary of everybody', { Type: 'EmbeddedFile' }));
      const form = {
        Type: 'XObject',
        Subtype: 'Form',
        BBox: [0, 0, 1, 1],
        AF: [{ Type: 'Filespec', EF: { F: file } }],
      };
      const xObject = context.register(context.stream('', form));
      document.getPage(0).node.set(PDFName.of('Resources'), context.obj({ XObject: { Fm: xObject } }));
    });
    const made = await engine.generate({
      ...{
        options: readOptions(pdfOptions, { template: 't' }),
        learnerName: 'Ada',
        contextName: 'C',
        issuedAt: new Date(0),
      },
      ...{ verifyId: 'x', verifyUrl: null, assets: { t: { sha256: 'x', bytes } } },
    });
    expect(Buffer.from(made).includes('EmbeddedFile')).to.equal(false);
  });

  it('is told of a file pinned to another page, bookmarks, links inside, tags and signatures', async () => {
    expect(
      await leftOut((document) => {
        const pin = document.context.register(document.context.obj({ Subtype: 'FileAttachment', Rect: [0, 0, 9, 9] }));
        document.addPage().node.set(PDFName.of('Annots'), document.context.obj([pin]));
      }),
    ).to.deep.equal(['attachments']);
    expect(
      await leftOut((document) => {
        const item = document.context.register(document.context.obj({ Title: PDFHexString.fromText('One') }));
        inCatalog('Outlines', { First: item, Last: item, Count: 1 })(document);
      }),
    ).to.deep.equal(['bookmarks']);
    expect(
      await leftOut((document) =>
        annotated({ Subtype: 'Link', ...at, Dest: [document.getPage(0).ref, 'Fit'] })(document),
      ),
    ).to.deep.equal(['inner-links']);
    expect(await leftOut(inCatalog('StructTreeRoot', { K: [] }))).to.deep.equal(['tags']);
    expect(await leftOut(inCatalog('AcroForm', { Fields: [{}], SigFlags: 3 }))).to.deep.equal(['signature']);
    expect(await leftOut(inCatalog('AcroForm', { Fields: [], SigFlags: 1 }))).to.deep.equal([]);
  });
});

/** A text field with a value on a page. */
function field(document: PDFDocument, page: number): PDFDict | PDFArray {
  const target = page === 0 ? document.getPage(0) : document.addPage();
  const text = document.getForm().createTextField('name');
  text.setText('Ada');
  text.addToPage(target);
  return text.acroField.dict;
}
