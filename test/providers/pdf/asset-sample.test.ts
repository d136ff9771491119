import { expect } from 'chai';
import { sampleJob } from '../../../providers/pdf/asset-sample.ts';
import { createLocalEngine } from '../../../providers/pdf/local-engine.ts';
import { anAsset } from '../../contracts/credential-store.ts';
import { aTemplate, bundledFont, fontsFolder, shownTexts } from '../../support/pdf.ts';
import { png } from '../../support/png.ts';

describe('the sample of an asset', () => {
  const engine = createLocalEngine(fontsFolder);
  const textsOf = async (kind: 'pdf-template' | 'font' | 'image', bytes: Uint8Array) =>
    shownTexts(await engine.generate(sampleJob({ asset: anAsset({ kind, slug: 'blank' }), bytes })));

  it('shows a template with the standard texts, even one whose slug is `blank`', async () => {
    const texts = (await textsOf('pdf-template', await aTemplate())).map(({ text }) => text);
    expect(texts).to.deep.equal(['Ada Lovelace', 'A sample course', 'January 31, 2026']);
  });

  it('shows the letters of a font on a page of its own', async () => {
    const texts = (await textsOf('font', await bundledFont())).map(({ text }) => text);
    expect(texts.slice(0, 2)).to.deep.equal(['ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz']);
    expect(texts).to.not.include('Ada Lovelace');
  });

  it('shows an image without any text', async () => {
    expect(await textsOf('image', png(8, 8))).to.deep.equal([]);
  });
});
