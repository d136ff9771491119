import { PDFDocument } from '@cantoo/pdf-lib';
import { expect } from 'chai';
import { type DocumentFacts, type Link, writeDocument } from '../../../providers/pdf/document.ts';
import { type CompiledTemplate, compileTemplate } from '../../../providers/pdf/template/compile-template.ts';
import { aTemplate } from '../../support/pdf.ts';

describe('a PDF document', () => {
  const facts: DocumentFacts = { title: 'T', author: 'A', language: 'en', createdAt: new Date(0), id: 'i' };
  const write = (template: CompiledTemplate, count: number) => {
    const links = Array.from(
      { length: count },
      (_, i): Link => ({ address: `https://a.test/${i}`, box: [0, 0, 9, 9] }),
    );
    return writeDocument(template, { operators: '', fonts: [], images: new Map(), links }, facts);
  };
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

  it('has memory of its own, so that it can be handed to another thread', async () => {
    const { buffer, byteLength } = write(await compileTemplate(await aTemplate(), [], false), 0);
    expect(buffer.byteLength).to.equal(byteLength);
  });
});
