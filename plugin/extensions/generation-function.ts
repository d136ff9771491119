/** Contract of a generation function: one learner's document from facts, options and assets. */

import type { Asset, Options } from '../ports/credential-store.ts';
import type { Words } from '../words.ts';
import type { OptionSchema } from './options.ts';
import type { AssetPage, DesignedPage } from './page-design.ts';

/** An asset with its bytes. `sha256` identifies the content: what was made from it may be kept by it. */
export interface LoadedAsset {
  readonly asset: Asset;
  readonly bytes: Uint8Array;
}

export interface AssetReader {
  /** @throws NotFoundError `not-found.asset` when there is no such asset or its file is gone */
  load(slug: string): Promise<LoadedAsset>;
}

export interface GenerationRequest {
  /** As `readOptions` of the function's schema returned them. */
  readonly options: Options;
  readonly learnerName: string;
  readonly contextName: string;
  readonly issuedAt: Date;
  readonly verifyId: string;
  /** Address of the public verification page; null where the server has none. */
  readonly verifyUrl: string | null;
  readonly assets: AssetReader;
}

export interface GeneratedDocument {
  readonly bytes: Uint8Array;
  readonly contentType: string;
  /** What a download is called; without personal data. */
  readonly fileName: string;
}

export interface GenerationFunction {
  /** As in `CredentialType.generationFunction`, e.g. `pdf`. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly options: OptionSchema;
  /** What the option schema alone cannot promise. @throws InputError */
  check(options: Options): void;
  /** The assets that these options name. */
  assetsOf(options: Options): readonly Pick<Asset, 'slug' | 'kind'>[];
  /** Asked before an asset of a kind that this function uses is stored. @throws InputError with the reason */
  checkAsset(kind: Asset['kind'], bytes: Uint8Array): Promise<void>;
  /** A document that shows what the asset looks like in use; absent: the function has none. @throws InputError */
  assetSample?(asset: LoadedAsset): Promise<GeneratedDocument>;
  /** The pages of an asset; absent: the function knows of none. @throws InputError */
  assetPages?(asset: LoadedAsset): Promise<readonly AssetPage[]>;
  /** What a person should know of an asset that can be used, as what documents do not take over from it; absent: nothing.
   *  @returns sentences @throws InputError */
  assetNotes?(asset: LoadedAsset): Promise<readonly Words[]>;
  /** How a document comes out, also where `generate` would refuse to make it for one of its elements; absent: there is
   *  nothing to place on it. @throws NotFoundError, InputError as `generate` does */
  design?(request: GenerationRequest): Promise<DesignedPage>;
  /** The same request gives the same page.
   *  @throws CredentialError when this one document cannot be made (a glyph that no font has)
   *  @throws NotFoundError, InputError when none can (a missing asset, a broken template) */
  generate(request: GenerationRequest): Promise<GeneratedDocument>;
}
