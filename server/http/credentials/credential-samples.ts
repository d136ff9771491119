/** Documents of nobody, to see what options lead to before they are saved. */

import type { Response } from 'express';
import { createAssetReader } from '../../../plugin/credentials/assets.ts';
import { assertAssets, type CredentialPlan } from '../../../plugin/credentials/credential-options.ts';
import type { GenerationRequest } from '../../../plugin/extensions/generation-function.ts';
import { msg } from '../../../plugin/words.ts';
import type { Services } from '../services.ts';

/** Random ids never are this one, so its page of verification finds nothing. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

export interface Sample {
  readonly key: string;
  readonly title: string;
  readonly learnerName: string;
  /** Default: a course of one line. */
  readonly contextName?: string;
}

export const SAMPLES: readonly Sample[] = [
  { key: 'ordinary', title: msg('An ordinary name'), learnerName: 'Ada Lovelace' },
  { key: 'short', title: msg('A very short name'), learnerName: 'Bo' },
  {
    key: 'longest',
    title: msg('A very long name'),
    learnerName:
      'Pablo Diego José Francisco de Paula Juan Nepomuceno María de los Remedios Cipriano de la Santísima Trinidad Ruiz y Picasso',
  },
  { key: 'right-to-left', title: msg('From right to left'), learnerName: 'فاطمة الزهراء بنت محمد' },
  { key: 'devanagari', title: msg('Devanagari'), learnerName: 'सुभद्रा कुमारी चौहान' },
  { key: 'cjk', title: msg('Chinese'), learnerName: '歐陽明遠' },
  { key: 'marks', title: msg('Combining marks'), learnerName: 'Nguyễn Thị Ánh Nguyệt, Łukasz Żółć'.normalize('NFD') },
  {
    ...{ key: 'two-lines', title: msg('A course of two lines'), learnerName: 'Ada Lovelace' },
    contextName: 'An introduction to the analysis of sample courses\nand of what they are made of',
  },
];

/** @throws CredentialError, NotFoundError, InputError as the generation function does */
export async function sendSample(
  res: Response,
  plan: CredentialPlan,
  sample: Sample,
  services: Services,
): Promise<void> {
  const document = await plan.generation.generate(await sampleRequest(plan, sample, services));
  res.set('Content-Disposition', `inline; filename="sample-${sample.key}.pdf"`);
  res.type(document.contentType).send(Buffer.from(document.bytes));
}

/** @throws NotFoundError, InputError for an asset that is not there or of another kind */
export async function sampleRequest(
  plan: CredentialPlan,
  { learnerName, contextName = 'A sample course' }: Sample,
  { credentials, files, clock, settings }: Pick<Services, 'credentials' | 'files' | 'clock' | 'settings'>,
): Promise<GenerationRequest> {
  const kinds = new Map((await credentials.assets()).map(({ slug, kind }) => [slug, kind]));
  assertAssets(plan, (slug) => kinds.get(slug));
  return {
    options: plan.options,
    learnerName,
    contextName,
    issuedAt: clock.now(),
    verifyId: NOBODY,
    verifyUrl: `${settings.publicUrl}/verify/${NOBODY}`,
    assets: createAssetReader(credentials, files),
  };
}
