import { deflateSync } from 'node:zlib';
import {
  degrees,
  PDFDict,
  PDFDocument,
  PDFName,
  PDFNumber,
  type PDFObject,
  PDFRawStream,
  type PDFRef,
  PDFString,
} from '@cantoo/pdf-lib';
import { expect } from 'chai';
import { type DocumentFacts, wholeDocument, writeDocument } from '../../../../providers/pdf/document.ts';
import { compileTemplate } from '../../../../providers/pdf/template/compile-template.ts';
import { rejection } from '../../../contracts/credential-store.ts';
import { aTemplate } from '../../../support/pdf.ts';

describe('a PDF template', () => {
  const compile = (bytes: Uint8Array, encrypted = false) => compileTemplate(bytes, [], encrypted);
  const refusal = async (bytes: Uint8Array) => (await rejection(compile(bytes))).message;
  const facts: DocumentFacts = { title: 'T', author: 'A', language: 'en', createdAt: new Date(0), id: 'i' };
  const nothing = { operators: '', fonts: [], images: new Map(), links: [] };
  const documentOf = async (bytes: Uint8Array, encrypted = false) =>
    PDFDocument.load(wholeDocument(writeDocument(await compile(bytes, encrypted), nothing, facts)), { password: '' });

  /** A template changed on its first page. */
  const changed = (name: string, value: (document: PDFDocument) => PDFObject) =>
    aTemplate((document) => {
      document.getPage(0).node.set(PDFName.of(name), value(document));
    });

  it('is reduced to its first page', async () => {
    const bytes = await aTemplate((document) => {
      document.addPage([100, 100]);
    });
    expect(await compile(bytes)).to.include({ widthPt: 842, heightPt: 595 });
    const document = await documentOf(bytes);
    expect(document.getPageCount()).to.equal(1);
    expect(document.getPage(0).getSize()).to.deep.equal({ width: 842, height: 595 });
  });

  it('takes over what its first page inherits', async () => {
    const bytes = await aTemplate((document) => {
      const { node } = document.getPage(0);
      const pages = document.catalog.lookup(PDFName.of('Pages'), PDFDict);
      pages.set(PDFName.of('Rotate'), PDFNumber.of(90));
      pages.set(PDFName.of('MediaBox'), document.context.obj([0, 0, 300, 200]));
      node.delete(PDFName.of('MediaBox'));
    });
    expect(await compile(bytes)).to.include({ widthPt: 200, heightPt: 300 });
  });

  it('is as large as a reader shows it: cropped and turned', async () => {
    const cropped = await aTemplate((document) => document.getPage(0).setCropBox(100, 50, 400, 300));
    expect(await compile(cropped)).to.include({ widthPt: 400, heightPt: 300 });
    const turned = await aTemplate((document) => document.getPage(0).setRotation(degrees(-90)));
    expect(await compile(turned)).to.include({ widthPt: 595, heightPt: 842 });
  });

  for (const [angle, matrix] of [
    [0, [1, 0, 0, 1, 10, 20]],
    [90, [0, 1, -1, 0, 810, 20]],
    [180, [-1, 0, 0, -1, 810, 520]],
    [270, [0, -1, 1, 0, 10, 520]],
    [450, [0, 1, -1, 0, 810, 20]],
  ] as const) {
    it(`turned by ${angle} degrees gets its text upright and in its place`, async () => {
      const bytes = await aTemplate((document) => {
        document.getPage(0).setCropBox(10, 20, 800, 500);
        document.getPage(0).setRotation(degrees(angle));
      });
      expect((await compile(bytes)).matrix).to.deep.equal(matrix);
    });
  }

  it('keeps its layers and its links to the web, and leaves out what cannot be seen', async () => {
    const bytes = await aTemplate((document) => {
      const { context, catalog } = document;
      const layer = context.register(context.obj({ Type: 'OCG', Name: PDFString.of('hidden') }));
      catalog.set(PDFName.of('OCProperties'), context.obj({ OCGs: [layer], D: { OFF: [layer] } }));
      const link = { Subtype: 'Link', Rect: [1, 2, 3, 4], A: { S: 'URI', URI: PDFString.of('https://example.org') } };
      const note = { Subtype: 'Popup', Rect: [1, 2, 3, 4] };
      document.getPage(0).node.set(PDFName.of('Annots'), context.obj([link, note]));
    });
    const document = await documentOf(bytes);
    const layers = document.catalog.lookup(PDFName.of('OCProperties'), PDFDict);
    expect(document.context.lookup(layers.get(PDFName.of('OCGs')))?.toString()).to.match(/^\[ \d+ 0 R \]$/);
    const annotations = document.getPage(0).node.Annots()?.asArray() ?? [];
    expect(annotations).to.have.length(1);
    expect(annotations[0]?.toString()).to.include('/Rect [ 1 2 3 4 ]');
  });

  for (const address of [
    'javascript:app.alert(1)',
    ' java\nscript:1',
    'file:///etc/passwd',
    'smb://host/x',
    'setup.exe',
  ]) {
    it(`is refused with a link to ${JSON.stringify(address)}`, async () => {
      const bytes = await aTemplate((document) => {
        const link = { Subtype: 'Link', Rect: [1, 2, 3, 4], A: { S: 'URI', URI: PDFString.of(address) } };
        document.getPage(0).node.set(PDFName.of('Annots'), document.context.obj([link]));
      });
      expect(await refusal(bytes)).to.equal(
        'the PDF template cannot be used: a link on its first page leads neither to the web nor to a mail address or phone; give it a whole address, as https://example.org, or remove it',
      );
    });
  }

  it('leads no way back into the rest of the document that it is from', async () => {
    const bytes = await aTemplate((document) => {
      const { context } = document;
      const other = document.addPage([100, 100]);
      const form = context.stream('', { Type: 'XObject', Subtype: 'Form', BBox: [0, 0, 1, 1], Owner: other.ref });
      const page = document.getPage(0).node;
      page.set(PDFName.of('Resources'), context.obj({ XObject: { Fm: context.register(form) } }));
    });
    const written = wholeDocument(writeDocument(await compile(bytes), nothing, facts)).toString('latin1');
    expect(written).to.include('/Owner null').and.not.include('[0 0 100 100]');
  });

  it('encrypts every string and stream of its own', async () => {
    const bytes = await changed('Group', ({ context }) => context.obj({ Note: PDFString.of('find me') }));
    expect(Buffer.from((await compile(bytes)).bytes).includes(Buffer.from('find me').toString('hex'))).to.equal(true);
    const encrypted = await compile(bytes, true);
    expect(encrypted.bytes.includes(Buffer.from('find me').toString('hex'))).to.equal(false);
    const group = (await documentOf(bytes, true)).getPage(0).node.lookup(PDFName.of('Group'), PDFDict);
    expect(group.lookup(PDFName.of('Note'))?.toString()).to.equal(`<${Buffer.from('find me').toString('hex')}>`);
  });

  it('is refused when it is no PDF, damaged or empty', async () => {
    expect(await refusal(Buffer.from('GIF89a'))).to.equal('the PDF template cannot be used: it is not a PDF file');
    expect(await refusal(Buffer.from('%PDF-1.7\nnothing'))).to.equal(
      'the PDF template cannot be used: it is damaged; export it again',
    );
    const empty = await PDFDocument.create();
    const text = await empty.save({ addDefaultPage: false });
    expect(await refusal(text)).to.equal('the PDF template cannot be used: it has no pages');
  });

  it('is refused when it is encrypted', async () => {
    const document = await PDFDocument.create();
    document.addPage();
    document.encrypt({ userPassword: '', ownerPassword: 'secret', permissions: {} });
    expect(await refusal(await document.save())).to.equal(
      'the PDF template cannot be used: it is encrypted; save it without a password',
    );
  });

  for (const [kind, action] of [
    ['JavaScript', { S: 'JavaScript', JS: PDFString.of('app.alert(1)') }],
    ['Launch', { S: 'Launch', F: PDFString.of('calc.exe') }],
    ['SubmitForm', { S: 'SubmitForm' }],
    ['JavaScript', { JS: PDFString.of('app.alert(1)') }],
  ] as const) {
    it(`is refused with an action of the kind ${kind}, wherever it stands (${Object.keys(action).join(', ')})`, async () => {
      const opening = await aTemplate((document) => {
        document.catalog.set(PDFName.of('OpenAction'), document.context.obj(action));
      });
      const nested = await aTemplate((document) => {
        const annotation = document.context.obj({ Type: 'Annot', Kids: [{ A: action }] });
        document
          .getPage(0)
          .node.set(PDFName.of('Annots'), document.context.obj([document.context.register(annotation)]));
      });
      for (const bytes of [opening, nested]) {
        expect(await refusal(bytes)).to.equal(
          `the PDF template cannot be used: it contains an action of the kind ${kind}; remove scripts, buttons and forms from it`,
        );
      }
    });
  }

  describe('made to do harm is refused', () => {
    it('when its pages go round in circles, or are nested without end', async () => {
      const circle = await aTemplate((document) => {
        const pages = document.catalog.get(PDFName.of('Pages')) as PDFRef;
        document.context.lookup(pages, PDFDict).set(PDFName.of('Kids'), document.context.obj([pages]));
      });
      expect(await refusal(circle)).to.equal(
        'the PDF template cannot be used: its pages go round in circles; export it again',
      );
      const deep = await aTemplate((document) => {
        let kid = document.getPage(0).ref;
        for (let i = 0; i < 100; i++) kid = document.context.register(document.context.obj({ Kids: [kid] }));
        document.catalog.set(PDFName.of('Pages'), kid);
      });
      expect(await refusal(deep)).to.equal(
        'the PDF template cannot be used: its pages are nested too deeply; export it again',
      );
    });

    it('when a stream unpacks to far more than it is', async () => {
      const bomb = deflateSync(Buffer.alloc(80 * 1024 * 1024));
      const bytes = await changed('Contents', ({ context }) =>
        context.register(PDFRawStream.of(context.obj({ Filter: 'FlateDecode' }), bomb)),
      );
      expect(bytes.length).to.be.below(200_000);
      expect(await refusal(bytes)).to.equal(
        'the PDF template cannot be used: a part of it unpacks to more than 64 MiB; reduce its images',
      );
    });

    it('when a part of it cannot be read here, though perhaps by the reader of a learner', async () => {
      const whole = Buffer.from(await aTemplate(() => {})).toString('latin1');
      const hidden =
        '90 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /Unknown /Length 4 >>\nstream\nabcd\nendstream\nendobj\n';
      const bytes = Buffer.from(whole.replace(/xref\n|startxref\n/, `${hidden}$&`), 'latin1');
      expect(await refusal(bytes)).to.equal(
        'the PDF template cannot be used: a part of it is damaged; export it again',
      );
    });

    it('when an image in it is huge', async () => {
      const bytes = await changed('Resources', ({ context }) =>
        context.obj({
          XObject: { Im: context.register(context.stream('', { Subtype: 'Image', Width: 50_000, Height: 50_000 })) },
        }),
      );
      expect(await refusal(bytes)).to.equal(
        'the PDF template cannot be used: an image in it has more than 100 million pixels; reduce it',
      );
    });

    it('when a form draws itself', async () => {
      const bytes = await changed('Resources', ({ context }) => {
        const form = context.stream('/Fm Do', { Subtype: 'Form', BBox: [0, 0, 1, 1] });
        const reference = context.register(form);
        const resources = context.register(context.obj({ XObject: { Fm: reference } }));
        form.dict.set(PDFName.of('Resources'), resources);
        return resources;
      });
      expect(await refusal(bytes)).to.equal(
        'the PDF template cannot be used: a form in it draws itself without end; export it again',
      );
    });

    it('when it takes content from other files', async () => {
      const bytes = await changed('Contents', ({ context }) =>
        context.register(context.stream('', { F: PDFString.of('/etc/passwd') })),
      );
      expect(await refusal(bytes)).to.equal(
        'the PDF template cannot be used: it takes parts of its content from other files; embed them',
      );
    });

    it('when its objects are nested without end', async () => {
      const groups = await changed('Group', ({ context }) => {
        let dictionary = context.obj({});
        for (let i = 0; i < 200; i++) dictionary = context.obj({ A: dictionary });
        return dictionary;
      });
      expect(await refusal(groups)).to.equal(
        'the PDF template cannot be used: it is nested too deeply; export it again',
      );
    });

    it('when it has a form to fill in, which a certificate would lose', async () => {
      const bytes = await changed('Annots', ({ context }) =>
        context.obj([{ Subtype: 'Widget', Rect: [0, 0, 9, 9], AP: {} }]),
      );
      expect(await refusal(bytes)).to.equal(
        'the PDF template cannot be used: its first page has form fields or comments, which a certificate would lose; flatten them when exporting',
      );
    });

    it('when its page has no size or an absurd one', async () => {
      expect(await refusal(await changed('CropBox', ({ context }) => context.obj([0, 0, 0, 0])))).to.equal(
        'the PDF template cannot be used: its first page has no size',
      );
      expect(await refusal(await changed('MediaBox', ({ context }) => context.obj([0, 0, 1e6, 1e6])))).to.equal(
        'the PDF template cannot be used: its first page is larger than 5 metres',
      );
    });
  });
});
