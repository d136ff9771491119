import { degrees, PDFDocument, PDFName, PDFString } from '@cantoo/pdf-lib';
import { expect } from 'chai';
import { prepareTemplate, stampTemplate } from '../../../providers/pdf/template.ts';
import { rejection } from '../../contracts/credential-store.ts';
import { aTemplate, pageContent, shownTexts } from '../../support/pdf.ts';

describe('a PDF template', () => {
  const refusal = async (bytes: Uint8Array) => (await rejection(prepareTemplate(bytes))).message;
  const facts = { title: 'T', author: 'A', language: 'en', createdAt: new Date('2026-03-01T00:00:00Z') };

  it('is reduced to its first page', async () => {
    const template = await prepareTemplate(
      await aTemplate((document) => {
        document.addPage([100, 100]);
      }),
    );
    expect(template).to.include({ widthPt: 842, heightPt: 595 });
    expect((await PDFDocument.load(template.bytes)).getPageCount()).to.equal(1);
  });

  it('is as large as a reader shows it: cropped and turned', async () => {
    const cropped = await aTemplate((document) => document.getPage(0).setCropBox(100, 50, 400, 300));
    expect(await prepareTemplate(cropped)).to.include({ widthPt: 400, heightPt: 300 });
    const turned = await aTemplate((document) => document.getPage(0).setRotation(degrees(-90)));
    expect(await prepareTemplate(turned)).to.include({ widthPt: 595, heightPt: 842 });
  });

  for (const angle of [0, 90, 180, 270, 450]) {
    it(`turned by ${angle} degrees gets its text upright and in its place`, async () => {
      const bytes = await aTemplate((document) => {
        document.getPage(0).setCropBox(10, 20, 800, 500);
        document.getPage(0).setRotation(degrees(angle));
      });
      const template = await prepareTemplate(bytes);
      const overlay = await aTemplate(() => {}, [template.widthPt, template.heightPt]);
      const stamped = await PDFDocument.load(await stampTemplate(template, overlay, facts));
      const content = stamped.getPage(0);
      const corners: Record<number, readonly [number, number]> = {
        0: [10, 20],
        90: [810, 20],
        180: [810, 520],
        270: [10, 520],
      };
      const [x, y] = corners[angle % 360] ?? [];
      expect(content.getRotation().angle % 360).to.equal(angle % 360);
      expect(placedAt(stamped)).to.deep.equal([x, y]);
    });
  }

  it('keeps title, author and language of the document made from it', async () => {
    const template = await prepareTemplate(await aTemplate());
    const made = await PDFDocument.load(await stampTemplate(template, await aTemplate(), facts), {
      updateMetadata: false,
    });
    expect(made.getTitle()).to.equal('T');
    expect(made.getAuthor()).to.equal('A');
    expect(made.getCreationDate()).to.deep.equal(facts.createdAt);
    expect(made.catalog.get(PDFName.of('Lang'))).to.deep.equal(PDFString.of('en'));
    expect(await shownTexts(await made.save())).to.deep.equal([]);
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
});

/** The first translation that is none of the template's own. */
function placedAt(document: PDFDocument): [number, number] {
  const matches = [...pageContent(document).matchAll(/1 0 0 1 (-?[\d.]+) (-?[\d.]+) cm/g)];
  const [, x, y] = matches.findLast(([, left, bottom]) => left !== '0' || bottom !== '0') ?? [];
  return [Number(x), Number(y)];
}
