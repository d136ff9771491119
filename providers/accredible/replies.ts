/** What is believed of Accredible's answers: the few members that are used, of bounded length. Ids come as numbers here and as
 *  text there; members are missing or null as it pleases. */

import { z } from 'zod';
import { ProviderError } from '../../plugin/errors.ts';

const LONGEST_NAME = 500;
const LONGEST_DESCRIPTION = 5_000;

const id = z.union([z.string().regex(/^[\w-]{1,100}$/), z.int().nonnegative()]).transform((value) => String(value));
const cut = (longest: number) => z.string().transform((text) => text.slice(0, longest));
const text = cut(LONGEST_NAME).nullish().catch(null);
const flag = z.boolean().nullish().catch(null);
/** Some answers add a time to it. */
const date = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}/)
  .transform((value) => value.slice(0, 10))
  .nullish()
  .catch(null);
const texts = z.record(z.string(), z.unknown()).nullish().catch(null);

export const groupPage = z.object({
  groups: z
    .array(
      z.object({
        id,
        name: text,
        course_name: text,
        course_description: cut(LONGEST_DESCRIPTION).nullish().catch(null),
        primary_design_id: id.nullish().catch(null),
        badge_design_id: id.nullish().catch(null),
        certificate_design_id: id.nullish().catch(null),
        department_id: id.nullish().catch(null),
      }),
    )
    .max(1_000),
  // `current_page` is not to be relied on.
  meta: z.object({ next_page: z.int().positive().nullish() }),
});

export type Group = z.infer<typeof groupPage>['groups'][number];

export const design = z.object({ design: z.object({ rasterized_content_url: z.string().nullish().catch(null) }) });

/** The first version: a single credential. */
const single = z.object({
  id,
  approve: flag,
  complete: flag,
  issued_on: date,
  expired_on: date,
  group_id: id.nullish().catch(null),
  url: text,
  encoded_id: id.nullish().catch(null),
  license_id: text,
  meta_data: texts,
});

export const oneCredential = z.object({ credential: single });

/** The second version of the search: flat, without an address. */
export const credentialPage = z.object({
  credentials: z
    .array(
      single.omit({ group_id: true, url: true }).extend({
        recipient_email: text,
        recipient_id: text,
        group: z.object({ id }).nullish().catch(null),
      }),
    )
    .max(1_000),
  meta: z.object({ cursor: z.string().max(2_000).nullish().catch(null) }).nullish(),
});

export type Credential = z.infer<typeof single>;
export type ListedCredential = z.infer<typeof credentialPage>['credentials'][number];

export const issuerDetails = z.object({
  issuer: z.object({ name: text, certificate_left: z.number().nullish().catch(null) }),
});

/** @param ambiguous the call may have taken effect
 *  @throws ProviderError `provider.unexpected-reply` */
export function believed<Reply>(schema: z.ZodType<Reply>, data: unknown, what: string, ambiguous = false): Reply {
  const read = schema.safeParse(data);
  if (read.success) return read.data;
  throw new ProviderError(
    'unexpected-reply',
    `Accredible answered to ${what} with something that is no such answer; see whether the host is the right one`,
    { ambiguous },
  );
}
