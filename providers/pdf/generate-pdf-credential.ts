/** The generation function `pdf`: texts, images and QR codes on the first page of a PDF template. */

import { InputError } from '../../plugin/errors.ts';
import type { GenerationFunction, GenerationRequest } from '../../plugin/extensions/generation-function.ts';
import { isRecord, withSiteDefaults } from '../../plugin/extensions/options.ts';
import type { Options } from '../../plugin/ports/credential-store.ts';
import { msg, type Words, words } from '../../plugin/words.ts';
import { sampleJob } from './asset-sample.ts';
import type { AssetFile, PdfEngine } from './engine.ts';
import { checkPdfOptions, pdfAssets, pdfOptions } from './pdf-options.ts';
import type { LeftOut } from './template/left-out.ts';

/** What holds for all documents of a site whose options say nothing else: the value, and the setting that has it. */
export type SiteStyles = Readonly<
  Record<'name_style' | 'date_style' | 'language', { readonly value: string; readonly setting: string }>
>;

const NO_LONGER_TAKEN = msg('It would not be taken if it were brought today: {reason}.');
const FURTHER_PAGES = msg('Documents have its first page alone; the others are left out.');

const LEFT_OUT: Readonly<Record<LeftOut, Words>> = {
  attachments: msg('Files are attached to it; documents do not have them.'),
  bookmarks: msg('It has bookmarks; documents do not have them.'),
  'inner-links': msg('Links to places in it or in other files are left out of documents; links to the web stay.'),
  signature: msg('It is signed; documents are not.'),
  tags: msg('It is tagged for screen readers; documents are not.'),
};

/** @param engine closed by who made it
 *  @param issuer the author of documents whose options name none */
export function createPdfGeneration(
  engine: PdfEngine,
  { issuer = 'Laurel', styles }: { readonly issuer?: string | undefined; readonly styles?: SiteStyles } = {},
): GenerationFunction {
  return {
    name: 'pdf',
    title: msg('PDF'),
    description: msg(
      'Writes the name of the learner and of the context, the date and texts of your own on a PDF template, in any script.',
    ),
    options: styles ? withSiteDefaults(pdfOptions, styles) : pdfOptions,
    check: checkPdfOptions,
    assetsOf: pdfAssets,
    checkAsset: (kind, bytes) => engine.check(kind, bytes),
    async assetSample(loaded) {
      const bytes = await engine.generate(sampleJob(loaded));
      return { bytes, contentType: 'application/pdf', fileName: `sample-${loaded.asset.slug}.pdf` };
    },
    async assetPages({ asset, bytes }) {
      return asset.kind === 'pdf-template' ? (await engine.facts(bytes)).pages : [];
    },
    async assetNotes({ asset, bytes }) {
      if (asset.kind !== 'pdf-template') return [];
      const { pages, leftOut, refusal } = await engine.facts(bytes);
      return [
        ...(refusal === null ? [] : [words(NO_LONGER_TAKEN, { reason: refusal })]),
        ...(pages.length > 1 ? [FURTHER_PAGES] : []),
        ...leftOut.map((what) => LEFT_OUT[what]),
      ];
    },
    async design({ options: wanted, assets, ...facts }) {
      // a picture is for the person at the page, who may read all of it
      const options = { ...wanted, encrypt: false, author: wanted.author ?? issuer };
      const job = { options, ...facts, assets: await loadAssets({ options, assets }) };
      const design = await engine.measure(job);
      const failed = design.notes.flatMap(({ severity, path }) => (severity === 'error' ? [path] : []));
      const [document, background] = await Promise.all([
        engine.generate({ ...job, options: withoutTexts(options, failed) }),
        engine.generate({ ...job, ...NOBODY, options: { ...options, text_elements: {}, images: {}, qr_codes: {} } }),
      ]);
      return { ...design, document, background };
    },
    async generate({ options, assets, ...facts }) {
      const named = { ...options, author: options.author ?? issuer };
      const bytes = await engine.generate({ options: named, ...facts, assets: await loadAssets({ options, assets }) });
      return { bytes, contentType: 'application/pdf', fileName: `credential-${facts.verifyId}.pdf` };
    },
  };
}

/** Facts that never change: the background is the same for everybody. */
const NOBODY = { learnerName: '', issuedAt: new Date(0), verifyId: '', verifyUrl: null } as const;

function withoutTexts(options: Options, paths: readonly string[]): Options {
  const texts = isRecord(options.text_elements) ? options.text_elements : {};
  const kept = Object.entries(texts).filter(([name]) => !paths.includes(`text_elements.${name}`));
  return { ...options, text_elements: Object.fromEntries(kept) };
}

async function loadAssets({ options, assets }: Pick<GenerationRequest, 'options' | 'assets'>) {
  const files: Record<string, AssetFile> = {};
  for (const { slug, kind } of pdfAssets(options)) {
    const { asset, bytes } = await assets.load(slug);
    if (asset.kind !== kind) {
      throw new InputError('asset-kind', `the asset "${slug}" is a ${asset.kind}, but a ${kind} is needed there`);
    }
    files[slug] = { sha256: asset.sha256, bytes };
  }
  return files;
}
