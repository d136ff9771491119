/** Assets: bytes in the file store under their hash, described in the credential store under their slug. */

import { createHash } from 'node:crypto';
import { InputError, NotFoundError } from '../errors.ts';
import type { AssetReader, GenerationFunction } from '../extensions/generation-function.ts';
import type { FileStore } from '../ports/asset-files.ts';
import type { Asset, ChangeResult, CredentialStore } from '../ports/credential-store.ts';
import { msg, words } from '../words.ts';

export const MAX_ASSET_BYTES = 20 * 1024 * 1024;

const CONTENT_TYPES: Readonly<Record<Asset['kind'], string>> = {
  'pdf-template': 'application/pdf',
  font: 'font/ttf',
  image: 'application/octet-stream',
};

export interface AssetUpload {
  readonly slug: string;
  readonly description: string;
  readonly kind: Asset['kind'];
  readonly fileName: string;
  readonly bytes: Uint8Array;
}

export function assetKey(asset: Pick<Asset, 'slug' | 'sha256'>): string {
  return `asset/${asset.slug}/${asset.sha256}`;
}

/** @param generations every function asked whether it could work with the bytes
 *  @throws InputError `input.asset-slug`, `input.asset-size`, or what a function says against the bytes */
export async function checkAsset(
  { slug, kind, bytes }: Pick<AssetUpload, 'slug' | 'kind' | 'bytes'>,
  generations: readonly GenerationFunction[],
): Promise<void> {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(slug) || slug.length > 100) {
    throw new InputError(
      'asset-slug',
      msg('the slug must be lower-case letters and digits with single hyphens between'),
    );
  }
  if (bytes.length === 0 || bytes.length > MAX_ASSET_BYTES) {
    throw new InputError(
      'asset-size',
      words('the file must have 1 to {most} bytes; reduce images inside it', { most: String(MAX_ASSET_BYTES) }),
    );
  }
  for (const generation of generations) await generation.checkAsset(kind, bytes);
}

/** Checks and stores; a former asset of the slug is replaced for all documents made from now on.
 *  @throws InputError as `checkAsset` */
export async function saveAsset(
  upload: AssetUpload,
  to: {
    readonly store: CredentialStore;
    readonly files: FileStore;
    readonly generations: readonly GenerationFunction[];
    readonly now: Date;
  },
): Promise<Asset> {
  await checkAsset(upload, to.generations);
  const asset = await putFile(upload, to.files, to.now);
  await to.store.saveAsset(asset);
  return asset;
}

/** As `saveAsset`, unless somebody else was faster.
 *  @param former what is replaced; null: there must be none of the slug
 *  @throws InputError as `checkAsset` */
export async function changeAsset(
  upload: AssetUpload,
  former: Asset | null,
  to: Parameters<typeof saveAsset>[1],
): Promise<ChangeResult> {
  await checkAsset(upload, to.generations);
  const now = former === null ? to.now : new Date(Math.max(to.now.getTime(), former.updatedAt.getTime() + 1));
  return to.store.changeAsset(await putFile(upload, to.files, now), former?.updatedAt ?? null);
}

/** Checks and puts the file down, without an asset that has it: for a day it can be taken up by what `assetKey` says.
 *  @throws InputError as `checkAsset` */
export async function keepUpload(
  upload: AssetUpload,
  to: Pick<Parameters<typeof saveAsset>[1], 'files' | 'generations' | 'now'>,
): Promise<Asset> {
  await checkAsset(upload, to.generations);
  return putFile(upload, to.files, to.now);
}

async function putFile(upload: AssetUpload, files: FileStore, now: Date): Promise<Asset> {
  const asset: Asset = {
    slug: upload.slug,
    description: upload.description,
    kind: upload.kind,
    fileName: upload.fileName,
    contentType: CONTENT_TYPES[upload.kind],
    sizeBytes: upload.bytes.length,
    sha256: createHash('sha256').update(upload.bytes).digest('hex'),
    updatedAt: now,
  };
  const { contentType, fileName } = asset;
  await files.put(assetKey(asset), { bytes: upload.bytes, contentType, fileName });
  return asset;
}

/** A file lies there before its record names it, and is read after: so long none is taken for a left one. */
const KEPT_MS = 24 * 3_600_000;

/** Deletes the files of assets that no asset has any more, since it was replaced or deleted. Documents that were made have
 *  what they need in them, and a run reads what is in force, so nothing refers to a former one for long. May be repeated, and
 *  by several processes at once. @returns how many */
export async function sweepAssetFiles(store: CredentialStore, files: FileStore, now: Date): Promise<number> {
  const keep = new Set((await store.assets()).map(assetKey));
  return files.sweep('asset', { keep, putBefore: new Date(now.getTime() - KEPT_MS) });
}

/** Reads each slug once: within one run every document is made from the same bytes. */
export function createAssetReader(store: CredentialStore, files: FileStore): AssetReader {
  const loaded = new Map<string, ReturnType<AssetReader['load']>>();
  const read: AssetReader['load'] = async (slug) => {
    let asset = await store.asset(slug);
    let file = asset && (await files.get(assetKey(asset)));
    if (asset && !file) {
      // it may have been replaced between the two questions
      asset = await store.asset(slug);
      file = asset && (await files.get(assetKey(asset)));
    }
    if (!asset || !file) {
      throw new NotFoundError(
        'asset',
        `there is no asset "${slug}"${asset ? ' any more: its file is gone' : ''}; upload it under that slug or name another in the options`,
      );
    }
    return { asset, bytes: file.bytes };
  };
  return {
    load(slug) {
      const known = loaded.get(slug) ?? read(slug);
      loaded.set(slug, known);
      return known;
    },
  };
}
