/** Installs a credential type with everything it needs from a folder: `example.json`, the files it names and
 *  `records.jsonl`. Installing it again changes nothing but what has changed in the folder. */

import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { saveAsset } from '../../plugin/credentials/assets.ts';
import { checkTypeOptions, planCredentials } from '../../plugin/credentials/credential-options.ts';
import { InputError } from '../../plugin/errors.ts';
import type { ExtensionRegistry } from '../../plugin/extensions/registry.ts';
import type { FileStore } from '../../plugin/ports/asset-files.ts';
import type { CredentialConfiguration, CredentialStore, CredentialType } from '../../plugin/ports/credential-store.ts';
import { type LearnerLine, parseLearnerLines } from '../../providers/index.ts';
import { setSchedule } from '../scheduler/scheduler.ts';

const options = z.record(z.string(), z.unknown());
const exampleFile = z.strictObject({
  assets: z.array(
    z.strictObject({
      slug: z.string(),
      kind: z.enum(['pdf-template', 'font', 'image']),
      file: z.string(),
      description: z.string(),
    }),
  ),
  type: z.strictObject({
    id: z.string(),
    name: z.string(),
    retrievalFunction: z.string(),
    generationFunction: z.string(),
    options,
  }),
  configuration: z.strictObject({ id: z.string(), contextKey: z.string(), options }),
  schedule: z.strictObject({
    enabled: z.boolean(),
    rule: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('interval'), everyMs: z.number() }),
      z.strictObject({ kind: z.literal('crontab'), expression: z.string(), timeZone: z.string() }),
    ]),
  }),
});

export interface InstalledExample {
  readonly type: CredentialType;
  readonly configuration: CredentialConfiguration;
  /** For the store of learner records, which the caller chooses. */
  readonly lines: readonly LearnerLine[];
}

/** @throws InputError for a file that cannot be used, with what is wrong in it */
export async function installCredentialExample(
  folder: string,
  to: {
    readonly store: CredentialStore;
    readonly files: FileStore;
    readonly registry: ExtensionRegistry;
    readonly now: Date;
  },
): Promise<InstalledExample> {
  const { store, files, registry, now } = to;
  const example = parseExample(await readFile(join(folder, 'example.json'), 'utf8'));
  const lines = parseLearnerLines(await readFile(join(folder, 'records.jsonl'), 'utf8'));
  const type: CredentialType = { ...example.type, updatedAt: now };
  const configuration: CredentialConfiguration = {
    ...example.configuration,
    credentialTypeId: type.id,
    updatedAt: now,
  };
  checkTypeOptions(registry, type);
  planCredentials(registry, type, configuration);
  const former = await store.schedule(configuration.id);
  const schedule = setSchedule(configuration.id, example.schedule, former, now);
  for (const { file, ...asset } of example.assets) {
    const bytes = await readFile(join(folder, file));
    const upload = { ...asset, fileName: basename(file), bytes };
    await saveAsset(upload, { store, files, generations: registry.generations(), now });
  }
  await store.saveType(type);
  await store.saveConfiguration(configuration);
  await store.saveSchedule(schedule);
  return { type, configuration, lines };
}

function parseExample(text: string): z.infer<typeof exampleFile> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InputError('credential-example', 'example.json is not valid JSON; correct it and try again');
  }
  const parsed = exampleFile.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new InputError('credential-example', `example.json cannot be used: ${problems.join('; ')}`);
}
