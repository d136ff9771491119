import { PDFDocument } from '@cantoo/pdf-lib';
import { expect } from 'chai';
import { type DocumentFacts, type Link, wholeDocument, writeDocument } from '../../../providers/pdf/document.ts';
import { type CompiledTemplate, compileTemplate } from '../../../providers/pdf/template/compile-template.ts';
import { aTemplate } from '../../support/pdf.ts';

describe('a PDF document', () => {
  const facts: DocumentFacts = { title: 'T', author: 'A', language: 'en', createdAt: new Date(0), id: 'i' };
  const parts = (template: CompiledTemplate, count: number) => {
    const links = Array.from(
      { length: count },
      (_, i): Link => ({ address: `https://a.test/${i}`, box: [0, 0, 9, 9] }),
    );
    return writeDocument(template, { operators: '', fonts: [], images: new Map(), links }, facts);
  };
  const write = (template: CompiledTemplate, count: number) => wholeDocument(parts(template, count));
  const linksOf = async (bytes: Uint8Array) => {
    const annotations = (await PDFDocument.load(bytes, { password: '' })).getPage(0).node.Annots();
    return annotations?.asArray().length ?? 0;
  };

  for (const encrypted of [false, true]) {
    it(`has room for whatever it holds, and leaves nothing to the next${encrypted ? ', encrypted' : ''}`, async () => {
      const template = await compileTemplate(await aTemplate(), [], encrypted);
      const small = write(template, 1);
      const large = write(template, 2_000);
      expect(large.length - small.length).to.be.above(128 * 1024);
      expect(await linksOf(large)).to.equal(2_000);
      const next = write(template, 1);
      expect(next.length).to.equal(small.length);
      expect(await linksOf(next)).to.equal(1);
    });
  }

  it('shares with others what is of its template, and keeps what is its own while the next is made', async () => {
    const template = await compileTemplate(await aTemplate(), [], false);
    const [first, second] = [parts(template, 1), parts(template, 2)];
    expect(first.shared).to.equal(second.shared);
    expect(await linksOf(wholeDocument(first))).to.equal(1);
  });
});
