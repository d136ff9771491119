/** A document that shows an asset: a template with the standard texts, a font with its letters, an image on a page. */

import type { LoadedAsset } from '../../plugin/extensions/generation-function.ts';
import { readOptions } from '../../plugin/extensions/options.ts';
import type { Asset, Options } from '../../plugin/ports/credential-store.ts';
import type { PdfJob } from './engine.ts';
import { pdfOptions } from './pdf-options.ts';

/** No asset can have this slug: slugs have no dots. */
const BLANK = 'blank.page';
const NOBODY = '00000000-0000-0000-0000-000000000000';
const NO_TEXTS = { name: false, context: false, date: false };

const FONT_LINES = [
  'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  'abcdefghijklmnopqrstuvwxyz',
  '0123456789 .,;:!?&@#%()[]',
  'ÀÉÎÕÜ àéîõü ßøåčłşğ đặng',
  'АБВГДЕЖЗ абвгдежз ΑΒΓΔΕ αβγδε',
] as const;

export function sampleJob({ asset, bytes }: LoadedAsset): PdfJob {
  const { slug, sha256 } = asset;
  return {
    options: { ...readOptions(pdfOptions, { template: BLANK_SLUG, ...SHOWN[asset.kind](slug) }), ...templateOf(asset) },
    learnerName: 'Ada Lovelace',
    contextName: 'A sample course',
    issuedAt: new Date('2026-01-31T12:00:00Z'),
    verifyId: NOBODY,
    verifyUrl: null,
    assets: { [BLANK]: { sha256: BLANK, bytes: blankPage() }, [slug]: { sha256, bytes } },
  };
}

/** Passes the check of the schema; `templateOf` puts the true one in its place. */
const BLANK_SLUG = 'blank';

function templateOf({ kind, slug }: Asset): Options {
  return { template: kind === 'pdf-template' ? slug : BLANK };
}

const SHOWN: Readonly<Record<Asset['kind'], (slug: string) => Options>> = {
  'pdf-template': () => ({}),
  font: (font) => ({
    text_elements: {
      ...NO_TEXTS,
      ...Object.fromEntries(
        FONT_LINES.map((text, line) => [`line ${line}`, { text, font, size: 28, y: 440 - 80 * line }]),
      ),
    },
  }),
  image: (asset) => ({ text_elements: NO_TEXTS, images: { sample: { asset, x: 48, y: 48, width: 400 } } }),
};

/** A4, lying. */
function blankPage(): Uint8Array {
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 842 595]/Resources<<>>>>',
  ];
  let text = '%PDF-1.7\n';
  const offsets = objects.map((object, index) => {
    const offset = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(offset).padStart(10, '0')} 00000 n \n`;
  });
  const start = text.length;
  text += `xref\n0 4\n0000000000 65535 f \n${offsets.join('')}trailer<</Size 4/Root 1 0 R>>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}
