/** The generation function `pdf`: texts, images and QR codes on the first page of a PDF template. */

import { InputError } from '../../plugin/errors.ts';
import type { GenerationFunction, GenerationRequest } from '../../plugin/extensions/generation-function.ts';
import { sampleJob } from './asset-sample.ts';
import type { AssetFile, PdfEngine } from './engine.ts';
import { checkPdfOptions, pdfAssets, pdfOptions } from './pdf-options.ts';

/** @param engine closed by who made it */
export function createPdfGeneration(engine: PdfEngine): GenerationFunction {
  return {
    name: 'pdf',
    title: 'PDF',
    description:
      'Writes the name of the learner and of the context, the date and texts of your own on a PDF template, in any script.',
    options: pdfOptions,
    check: checkPdfOptions,
    assetsOf: pdfAssets,
    checkAsset: (kind, bytes) => engine.check(kind, bytes),
    async assetSample(loaded) {
      const bytes = await engine.generate(sampleJob(loaded));
      return { bytes, contentType: 'application/pdf', fileName: `sample-${loaded.asset.slug}.pdf` };
    },
    async generate({ options, assets, ...facts }) {
      const bytes = await engine.generate({ options, ...facts, assets: await loadAssets({ options, assets }) });
      return { bytes, contentType: 'application/pdf', fileName: `credential-${facts.verifyId}.pdf` };
    },
  };
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
