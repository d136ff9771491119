/** A site with one type of certificate, `type-1`, which one configuration, `c-1`, uses. */

import { saveAsset } from '../../plugin/credentials/assets.ts';
import { ExtensionRegistry } from '../../plugin/extensions/registry.ts';
import type { CredentialType } from '../../plugin/ports/credential-store.ts';
import { completionsAndGrades, courseCompletions, createPdfGeneration } from '../../providers/index.ts';
import { createLocalEngine } from '../../providers/pdf/local-engine.ts';
import { aTemplate, fontsFolder } from './pdf.ts';
import { makeSite, type Site } from './web.ts';

/** What types are made of, as in a server, without processes of their own. */
export const extensions = new ExtensionRegistry()
  .addRetrieval(courseCompletions)
  .addRetrieval(completionsAndGrades)
  .addGeneration(createPdfGeneration(createLocalEngine(fontsFolder)))
  .freeze();

export const certificateAt = new Date('2026-11-20T09:00:00Z');

export const certificate: CredentialType = {
  ...{ id: 'type-1', name: 'Certificate', retrievalFunction: 'course-completions', generationFunction: 'pdf' },
  ...{ options: { template: 'certificate', text_elements: { name: { y: 300 } } }, updatedAt: certificateAt },
};

/** Puts the certificate on a site.
 *  @param design.template bytes of the PDF; left out: an empty page */
export async function giveCertificate(
  { services: { credentials: store, files } }: Site,
  design: {
    readonly template?: Uint8Array;
    readonly options?: CredentialType['options'];
    /** Of the configuration. */
    readonly own?: CredentialType['options'];
  } = {},
): Promise<void> {
  const { template = await aTemplate(), options = certificate.options, own = {} } = design;
  const upload = { slug: 'certificate', description: '', kind: 'pdf-template', fileName: 'c.pdf' } as const;
  await saveAsset({ ...upload, bytes: Buffer.from(template) }, { store, files, generations: [], now: certificateAt });
  await store.saveType({ ...certificate, options });
  await store.saveConfiguration({
    ...{ id: 'c-1', credentialTypeId: 'type-1', contextKey: 'course-v1:A+B+C', options: own, updatedAt: certificateAt },
  });
}

export async function certificateSite(design?: Parameters<typeof giveCertificate>[1]): Promise<Site> {
  const site = makeSite({ extensions });
  await giveCertificate(site, design);
  return site;
}
