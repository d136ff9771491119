/** Documents of nobody, to see what options lead to before they are saved. */

import type { Response } from 'express';
import { createAssetReader } from '../../plugin/credentials/assets.ts';
import { assertAssets, type CredentialPlan } from '../../plugin/credentials/credential-options.ts';
import type { Services } from './services.ts';

/** Random ids never are this one, so its page of verification finds nothing. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

export interface Sample {
  readonly key: string;
  readonly title: string;
  readonly learnerName: string;
}

export const SAMPLES: readonly Sample[] = [
  { key: 'ordinary', title: 'An ordinary name', learnerName: 'Ada Lovelace' },
  {
    key: 'longest',
    title: 'A very long name',
    learnerName:
      'Pablo Diego José Francisco de Paula Juan Nepomuceno María de los Remedios Cipriano de la Santísima Trinidad Ruiz y Picasso',
  },
  { key: 'right-to-left', title: 'From right to left', learnerName: 'فاطمة الزهراء بنت محمد' },
  { key: 'devanagari', title: 'Devanagari', learnerName: 'सुभद्रा कुमारी चौहान' },
  { key: 'cjk', title: 'Chinese', learnerName: '歐陽明遠' },
];

/** @throws CredentialError, NotFoundError, InputError as the generation function does */
export async function sendSample(
  res: Response,
  plan: CredentialPlan,
  sample: Sample,
  { credentials, files, clock, settings }: Services,
): Promise<void> {
  const kinds = new Map((await credentials.assets()).map(({ slug, kind }) => [slug, kind]));
  assertAssets(plan, (slug) => kinds.get(slug));
  const document = await plan.generation.generate({
    options: plan.options,
    learnerName: sample.learnerName,
    contextName: 'A sample course',
    issuedAt: clock.now(),
    verifyId: NOBODY,
    verifyUrl: `${settings.publicUrl}/verify/${NOBODY}`,
    assets: createAssetReader(credentials, files),
  });
  res.set('Content-Disposition', `inline; filename="sample-${sample.key}.pdf"`);
  res.type(document.contentType).send(Buffer.from(document.bytes));
}
