/** What makes documents, and checks what they are made from: in the process that asks, or in processes of its own. */

import type { PageDesign } from '../../plugin/extensions/page-design.ts';
import type { Asset, Options } from '../../plugin/ports/credential-store.ts';
import type { TemplateFacts } from './template/template-pages.ts';

/** Everything for one document, plain so that it can be handed to another process. */
export interface PdfJob {
  readonly options: Options;
  readonly learnerName: string;
  readonly contextName: string;
  readonly issuedAt: Date;
  readonly verifyId: string;
  readonly verifyUrl: string | null;
  /** By slug; all that the options name. */
  readonly assets: Readonly<Record<string, AssetFile>>;
}

export interface AssetFile {
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

export interface PdfEngine {
  /** @throws CredentialError, InputError as the generation function does */
  generate(job: PdfJob): Promise<Uint8Array>;
  /** @throws InputError with the reason */
  check(kind: Asset['kind'], bytes: Uint8Array): Promise<void>;
  /** Where everything lies. What is wrong with one element is a note. @throws InputError */
  measure(job: PdfJob): Promise<PageDesign>;
  /** Of a template. @throws InputError with the reason */
  facts(bytes: Uint8Array): Promise<TemplateFacts>;
  close(): Promise<void>;
}
