/** The whole configuration as one text: what an installation does, without what has happened there and without secrets. */

import { createHash } from 'node:crypto';
import { z } from 'zod';
import { InputError } from '../../plugin/errors.ts';

export const BUNDLE_VERSION = 1;

const options = z.record(z.string(), z.unknown());
const picture = z
  .string()
  .regex(/^[0-9a-f]{64}\.png$/)
  .nullable();
const moment = z.iso.datetime({ offset: true }).nullable();

const schema = z.strictObject({
  laurel: z.literal(BUNDLE_VERSION),
  /** Canonical rule files, one per badge. */
  badges: z.array(z.strictObject({ file: z.string().min(1), rules: z.string() })),
  issuer: z
    .strictObject({ name: z.string(), url: z.string(), email: z.string().nullable(), image: picture })
    .nullable(),
  openBadgeTemplates: z.array(
    z.strictObject({
      ...{ id: z.string(), name: z.string(), description: z.string(), criteria: z.string(), criteriaUrl: z.string() },
      ...{ achievementType: z.string(), tags: z.string(), alignments: z.string(), state: z.string() },
      image: picture,
    }),
  ),
  /** At badge providers; their secrets are entered by hand. */
  accounts: z.array(
    z.strictObject({
      ...{
        provider: z.string(),
        slug: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
        name: z.string(),
        host: z.string(),
      },
      ...{ externalId: z.string().nullable(), enabled: z.boolean() },
      /** Only where `name` is another one than the provider's. */
      providerName: z.string().optional(),
    }),
  ),
  assets: z.array(
    z.strictObject({
      ...{ slug: z.string(), kind: z.enum(['pdf-template', 'font', 'image']), description: z.string() },
      ...{ fileName: z.string().min(1), sha256: z.string() },
    }),
  ),
  types: z.array(
    z.strictObject({
      ...{ id: z.string(), name: z.string(), retrievalFunction: z.string(), generationFunction: z.string(), options },
    }),
  ),
  configurations: z.array(
    z.strictObject({
      ...{ id: z.string(), type: z.string(), contextKey: z.string(), options },
      schedule: z
        .strictObject({
          ...{ enabled: z.boolean(), rule: z.looseObject({ kind: z.string() }), oneOff: z.boolean() },
          ...{ startAt: moment, expiresAt: moment, overlap: z.string() },
          catchUp: z.union([
            z.string(),
            z.strictObject({ kind: z.literal('all'), max: z.number(), withinMs: z.number() }),
          ]),
          deadlineMs: z.number().nullable().default(null),
        })
        .nullable(),
    }),
  ),
  /** By the SHA-256 of what is in them. */
  files: z.record(z.string(), z.base64()),
});

export type Bundle = z.infer<typeof schema>;

/** The same configuration always gives the same bytes: lists are in the order of their ids, names of options in theirs. */
export function bundleText(bundle: Bundle): string {
  return `${JSON.stringify(bundle, (_, value: unknown) => (isObject(value) ? sorted(value) : value), 2)}\n`;
}

/** @throws InputError `input.bundle` with every place that is wrong */
export function readBundle(text: string, name: string): Bundle {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InputError('bundle', `${name} is not JSON; "laurel config export" writes the form`);
  }
  if (isObject(value) && 'laurel' in value && value.laurel !== BUNDLE_VERSION)
    throw new InputError(
      'bundle',
      `${name} has a form that this Laurel does not know; export it with a Laurel of the same release, or bring this one up to date`,
    );
  const parsed = schema.safeParse(value);
  const problems = parsed.success
    ? foundIn(parsed.data)
    : parsed.error.issues.slice(0, 20).map((issue) => `${issue.path.join('.') || '(whole file)'}: ${issue.message}`);
  if (parsed.success && problems.length === 0) return parsed.data;
  throw new InputError('bundle', `${name} cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
}

/** @returns the bytes of a file of the bundle; it has been checked that they are there */
export function bytesOf({ files }: Bundle, sha256: string): Buffer {
  return Buffer.from((Object.hasOwn(files, sha256) && files[sha256]) || '', 'base64');
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function foundIn(bundle: Bundle): readonly string[] {
  const pictures = [bundle.issuer, ...bundle.openBadgeTemplates].flatMap(
    (one) => one?.image?.replace('.png', '') ?? [],
  );
  const wanted = [...pictures, ...bundle.assets.map(({ sha256 }) => sha256)];
  const lists: Readonly<Record<string, readonly string[]>> = {
    openBadgeTemplates: bundle.openBadgeTemplates.map(({ id }) => id),
    accounts: bundle.accounts.map(({ provider, slug }) => `${provider}/${slug}`),
    assets: bundle.assets.map(({ slug }) => slug),
    types: bundle.types.map(({ id }) => id),
    configurations: bundle.configurations.map(({ id }) => id),
  };
  return [
    ...wanted
      .filter((sha256) => sha256Of(bytesOf(bundle, sha256)) !== sha256)
      .map((sha256) => `files: ${sha256} is missing, or is not what its name says`),
    ...Object.entries(lists).flatMap(([list, ids]) =>
      ids.flatMap((id, at) => (ids.indexOf(id) < at ? [`${list}: "${id}" is there twice; keep one`] : [])),
    ),
  ];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The version first, the files last, all else by name. */
function sorted(value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const rank = (name: string): number => (name === 'laurel' ? 0 : name === 'files' ? 2 : 1);
  const entries = Object.entries(value).toSorted(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return Object.fromEntries(entries);
}
