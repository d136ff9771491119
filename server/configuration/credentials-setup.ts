/** Takes over what a setup file describes, so that what is stored says the same. */

import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type AssetUpload, assetKey, checkAsset, saveAsset } from '../../plugin/credentials/assets.ts';
import { assertAssets, checkTypeOptions, planCredentials } from '../../plugin/credentials/credential-options.ts';
import { type Design, keepVersion, snapshotOf } from '../../plugin/credentials/design-history.ts';
import { ConflictError, InputError, NotFoundError } from '../../plugin/errors.ts';
import type { ExtensionRegistry } from '../../plugin/extensions/registry.ts';
import type { FileStore } from '../../plugin/ports/asset-files.ts';
import type { BelongingStore } from '../../plugin/ports/belongings.ts';
import type { CredentialConfiguration, CredentialStore, CredentialType } from '../../plugin/ports/credential-store.ts';
import { english } from '../../plugin/words.ts';
import { newlyTornDesigns, tornWords } from '../organisations/torn-designs.ts';
import { isAsWanted, setSchedule, type WantedSchedule } from '../scheduler/set-schedule.ts';
import { type GivenSetup, parseSetup, type Setup, setupFile } from './credentials-setup-file.ts';

export interface SetupParts {
  readonly store: CredentialStore;
  readonly files: FileStore;
  readonly registry: ExtensionRegistry;
  readonly now: Date;
  /** Left out: somebody else has looked at what is whose. */
  readonly belongings?: Pick<BelongingStore, 'all'>;
  /** Only check. */
  readonly dryRun?: boolean;
}

/** What was saved, or would be. */
export interface SetupResult {
  readonly assets: number;
  readonly types: number;
  readonly configurations: number;
  readonly schedules: number;
  /** So many of what the file describes were so already, and are left alone. */
  readonly same: number;
}

/** Adds what the file describes, or replaces what has the same slug or id and differs. Everything is checked before the first write,
 *  also what is stored already and would be used with a changed type.
 *  @param from a setup file, or its content
 *  @throws InputError `input.setup` naming the place in the file */
export async function applyCredentialsSetup(from: string | GivenSetup, parts: SetupParts): Promise<SetupResult> {
  const { store, files, registry, now } = parts;
  const given = typeof from === 'string' ? await setupFile(from) : from;
  const setup = parseSetup(given.name, given.text);
  const uploads = await readUploads(given, setup, registry);
  const types = setup.types.map((type): CredentialType => ({ ...type, updatedAt: now }));
  const configurations = setup.configurations.map(
    ({ id: configurationId, type, contextKey, options: overrides }): CredentialConfiguration => ({
      id: configurationId,
      credentialTypeId: type,
      contextKey,
      options: overrides,
      updatedAt: now,
    }),
  );
  await assertUsable({ types, configurations, uploads }, parts);
  const otherSchedules = await schedulesToSet(setup, parts);

  const otherAssets = await notSame(uploads, (upload) => isStored(upload, parts));
  const otherTypes = await notSame(types, async (type) => saysSame(type, await store.type(type.id)));
  const otherConfigurations = await notSame(configurations, async (configuration) =>
    saysSame(configuration, await store.configuration(configuration.id)),
  );
  const schedules = setup.configurations.filter(({ schedule }) => schedule !== undefined);
  const described = uploads.length + types.length + configurations.length + schedules.length;
  const saved = {
    assets: otherAssets.length,
    types: otherTypes.length,
    configurations: otherConfigurations.length,
    schedules: otherSchedules.length,
  };
  const result = { ...saved, same: Object.values(saved).reduce((left, count) => left - count, described) };
  if (parts.dryRun) return result;
  for (const upload of otherAssets) await saveAsset(upload, { store, files, generations: [], now });
  const note = { by: 'credentials setup', comment: `From ${basename(given.name)}` };
  for (const type of otherTypes) {
    await keepVersion(store, await store.type(type.id), type, note);
    await store.saveType(type);
  }
  for (const configuration of otherConfigurations) {
    await keepVersion(store, await store.configuration(configuration.id), configuration, note);
    await store.saveConfiguration(configuration);
  }
  for (const one of otherSchedules) await replaceSchedule(one, parts);
  return result;
}

async function notSame<Item>(
  items: readonly Item[],
  isSame: (item: Item) => Promise<boolean>,
): Promise<readonly Item[]> {
  const others: Item[] = [];
  for (const item of items) if (!(await isSame(item))) others.push(item);
  return others;
}

/** Whatever the order of their options. */
function saysSame(wanted: Design, stored: Design | null): boolean {
  return stored !== null && isDeepStrictEqual(snapshotOf(wanted), snapshotOf(stored));
}

/** With its file: one that was lost is put down again. */
async function isStored(
  { slug, kind, description, fileName, bytes }: AssetUpload,
  { store, files }: SetupParts,
): Promise<boolean> {
  const asset = await store.asset(slug);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const isSame =
    asset !== null &&
    isDeepStrictEqual(
      [asset.kind, asset.description, asset.fileName, asset.sha256],
      [kind, description, fileName, sha256],
    );
  return isSame && (await files.get(assetKey(asset))) !== null;
}

interface WantedFor {
  readonly configurationId: string;
  readonly schedule: WantedSchedule;
}

const TRIES = 5;

/** A run may move the schedule on in this moment: then it is set anew from there, and its counters stay. */
async function replaceSchedule({ configurationId, schedule: wanted }: WantedFor, { store, now }: SetupParts) {
  for (let tries = 0; tries < TRIES; tries++) {
    const former = await store.schedule(configurationId);
    if (isAsWanted(wanted, former)) return;
    if (await store.replaceSchedule(setSchedule(configurationId, wanted, former, now), former)) return;
  }
  throw new ConflictError(
    'stale',
    `the schedule of configuration "${configurationId}" changes all the time; apply the file again`,
  );
}

async function readUploads(
  { read }: GivenSetup,
  setup: Setup,
  registry: ExtensionRegistry,
): Promise<readonly (AssetUpload & { readonly bytes: Buffer })[]> {
  const uploads = [];
  for (const { file, ...asset } of setup.assets) {
    const upload = {
      ...asset,
      fileName: basename(file),
      bytes: await read(file),
    };
    await at(`asset "${asset.slug}"`, () => checkAsset(upload, registry.generations()));
    uploads.push(upload);
  }
  return uploads;
}

/** Looks at the state that the file would lead to. */
async function assertUsable(
  wanted: {
    readonly types: readonly CredentialType[];
    readonly configurations: readonly CredentialConfiguration[];
    readonly uploads: readonly AssetUpload[];
  },
  { store, registry, belongings }: SetupParts,
): Promise<void> {
  const types = laidOver(await store.types(), wanted.types);
  const configurations = laidOver(await store.configurations(), wanted.configurations);
  const assets = new Map([...(await store.assets()), ...wanted.uploads].map(({ slug, kind }) => [slug, kind]));

  if (belongings !== undefined) {
    const designs = {
      types: [...types.values()],
      configurations: [...configurations.values()],
      assets: [...assets.keys()].map((slug) => ({ slug })),
    };
    const [torn] = await newlyTornDesigns({ credentials: store, extensions: registry, belongings }, designs);
    if (torn) throw new InputError('setup', english(tornWords(torn)));
  }
  for (const type of wanted.types) {
    const namesake = [...types.values()].find(({ id, name }) => id !== type.id && name === type.name);
    if (namesake) throw wrong(`type "${type.id}"`, `type "${namesake.id}" has this name already; choose another name`);
    await at(`type "${type.id}"`, () => checkTypeOptions(registry, type));
  }
  for (const configuration of configurations.values()) {
    const { id, credentialTypeId, contextKey } = configuration;
    const place = `configuration "${id}"`;
    const isNew = wanted.configurations.includes(configuration);
    if (!isNew && !wanted.types.some((type) => type.id === credentialTypeId)) continue;
    const type = types.get(credentialTypeId);
    if (!type) throw wrong(place, `there is no type "${credentialTypeId}"; add it under "types"`);
    const twin = [...configurations.values()].find(
      (other) => other.id !== id && other.credentialTypeId === credentialTypeId && other.contextKey === contextKey,
    );
    if (twin) throw wrong(place, `configuration "${twin.id}" has this type and context already; edit that one instead`);
    await at(place, () => assertAssets(planCredentials(registry, type, configuration), (slug) => assets.get(slug)));
  }
}

function laidOver<Item extends { readonly id: string }>(
  stored: readonly Item[],
  wanted: readonly Item[],
): ReadonlyMap<string, Item> {
  return new Map([...stored, ...wanted].map((item) => [item.id, item]));
}

/** Those that say something else than what is stored: one that has run out, or expired, stays as it is. */
async function schedulesToSet(setup: Setup, { store, now }: SetupParts): Promise<readonly WantedFor[]> {
  const others: WantedFor[] = [];
  for (const { id: configurationId, schedule } of setup.configurations) {
    if (!schedule) continue;
    const former = await store.schedule(configurationId);
    if (isAsWanted(schedule, former)) continue;
    await at(`schedule of configuration "${configurationId}"`, () =>
      setSchedule(configurationId, schedule, former, now),
    );
    others.push({ configurationId, schedule });
  }
  return others;
}

/** What is wrong with a part of the file, said with its place. */
async function at<Result>(place: string, work: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof InputError || error instanceof NotFoundError) throw wrong(place, error.message, error);
    throw error;
  }
}

function wrong(place: string, reason: string, cause?: unknown): InputError {
  return new InputError('setup', `${place}: ${reason}`, { cause });
}
