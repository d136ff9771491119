/** What PDF credentials are made from, written in a file: assets, types, configurations and schedules. */

import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { z } from 'zod';
import { saveAsset } from '../plugin/credentials/assets.ts';
import { assertContextKey } from '../plugin/credentials/context-key.ts';
import { checkTypeOptions, planCredentials } from '../plugin/credentials/credential-options.ts';
import { InputError } from '../plugin/errors.ts';
import type { ExtensionRegistry } from '../plugin/extensions/registry.ts';
import type { FileStore } from '../plugin/ports/asset-files.ts';
import type { CredentialConfiguration, CredentialStore, CredentialType } from '../plugin/ports/credential-store.ts';
import { setSchedule } from './scheduler/scheduler.ts';

const options = z.record(z.string(), z.unknown()).default({});
const id = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case letters and digits with single hyphens between');

const rule = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('interval'), everyMs: z.number().int().min(60_000) }),
  z.strictObject({ kind: z.literal('crontab'), expression: z.string(), timeZone: z.string() }),
]);

const setupSchema = z.strictObject({
  assets: z
    .array(
      z.strictObject({
        slug: id,
        kind: z.enum(['pdf-template', 'font', 'image']),
        /** Relative to the setup file. */
        file: z.string().min(1),
        description: z.string().default(''),
      }),
    )
    .default([]),
  types: z
    .array(
      z.strictObject({
        id,
        name: z.string().min(1),
        retrievalFunction: z.string(),
        generationFunction: z.string(),
        options,
      }),
    )
    .default([]),
  configurations: z
    .array(
      z.strictObject({
        id,
        type: z.string(),
        contextKey: z.string(),
        options,
        schedule: z.strictObject({ enabled: z.boolean(), rule }).optional(),
      }),
    )
    .default([]),
});

export interface SetupParts {
  readonly store: CredentialStore;
  readonly files: FileStore;
  readonly registry: ExtensionRegistry;
  readonly now: Date;
}

export interface SetupResult {
  readonly assets: number;
  readonly types: number;
  readonly configurations: number;
  readonly schedules: number;
}

/** Adds what the file describes, or replaces what has the same slug or id. Everything is checked before the first write.
 *  @throws InputError naming the place in the file, ConflictError when a name or a context is taken by another id */
export async function applyCredentialsSetup(path: string, parts: SetupParts): Promise<SetupResult> {
  const { store, files, registry, now } = parts;
  const setup = parseSetup(path, await read(path, path));
  const types = setup.types.map((type): CredentialType => ({ ...type, updatedAt: now }));
  for (const type of types) checkTypeOptions(registry, type);
  const configurations: CredentialConfiguration[] = [];
  for (const { id: configurationId, type: typeId, contextKey, options: overrides } of setup.configurations) {
    assertContextKey(contextKey);
    const type = types.find((candidate) => candidate.id === typeId) ?? (await store.type(typeId));
    if (!type) {
      throw new InputError(
        'setup',
        `configuration "${configurationId}" names the type "${typeId}", which does not exist; add it under "types"`,
      );
    }
    const configuration = {
      id: configurationId,
      credentialTypeId: type.id,
      contextKey,
      options: overrides,
      updatedAt: now,
    };
    planCredentials(registry, type, configuration);
    configurations.push(configuration);
  }
  const uploads = await Promise.all(
    setup.assets.map(async ({ file, ...asset }) => ({
      ...asset,
      fileName: basename(file),
      bytes: await read(resolve(dirname(path), file), file),
    })),
  );
  for (const { kind, bytes } of uploads) {
    for (const generation of registry.generations()) await generation.checkAsset(kind, bytes);
  }

  for (const upload of uploads) await saveAsset(upload, { store, files, generations: [], now });
  for (const type of types) await store.saveType(type);
  for (const configuration of configurations) await store.saveConfiguration(configuration);
  let schedules = 0;
  for (const { id: configurationId, schedule } of setup.configurations) {
    if (!schedule) continue;
    await store.saveSchedule(setSchedule(configurationId, schedule, await store.schedule(configurationId), now));
    schedules += 1;
  }
  return { assets: uploads.length, types: types.length, configurations: configurations.length, schedules };
}

function parseSetup(path: string, bytes: Buffer): z.infer<typeof setupSchema> {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new InputError('setup', `${path} is not JSON; examples/credentials/example.json shows the form`);
  }
  const parsed = setupSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `  ${issue.path.join('.') || '(whole file)'}: ${issue.message}`);
  throw new InputError('setup', `${path} cannot be used:\n${problems.join('\n')}`);
}

async function read(path: string, shown: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new InputError(
      'file-unreadable',
      `${shown} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'}); check the name`,
      {
        cause: error,
      },
    );
  }
}
