/** What passes between a pool and its threads. */

import { CredentialError, type CredentialsError, InputError } from '../../../plugin/errors.ts';
import type { PageDesign } from '../../../plugin/extensions/page-design.ts';
import type { Asset } from '../../../plugin/ports/credential-store.ts';
import type { PdfJob } from '../engine.ts';
import type { TemplateFacts } from '../template/template-pages.ts';

export interface ThreadOptions {
  readonly fontsFolder: string;
}

/** An asset whose bytes the thread has had before goes without them, and so do the options of the job before. */
export interface ThreadJob extends Omit<PdfJob, 'assets' | 'options'> {
  readonly options: PdfJob['options'] | null;
  readonly assets: Readonly<Record<string, { readonly sha256: string; readonly bytes: Uint8Array | null }>>;
}

export type Task =
  | { readonly kind: 'generate' | 'measure'; readonly job: ThreadJob }
  | { readonly kind: 'facts'; readonly bytes: Uint8Array }
  | { readonly kind: 'check'; readonly assetKind: Asset['kind']; readonly bytes: Uint8Array };

export type Answer =
  /** Once, before anything else: the thread is loaded. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'made'; readonly bytes: Uint8Array }
  | { readonly kind: 'measured'; readonly design: PageDesign }
  | { readonly kind: 'looked'; readonly facts: TemplateFacts }
  | { readonly kind: 'checked' }
  /** The thread has let go of assets that came without bytes. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'failed'; readonly error: PlainError };

/** Only plain values reach another thread whole. */
export interface PlainError {
  readonly kind: 'input' | 'credential' | 'other';
  /** Without the class's own part. */
  readonly reason: string;
  readonly message: string;
  readonly details: CredentialsError['details'];
  readonly stack: string | null;
}

export function toPlain(error: unknown): PlainError {
  const { message, stack = null } = error instanceof Error ? error : new Error(String(error));
  if (!(error instanceof InputError || error instanceof CredentialError)) {
    return { kind: 'other', reason: '', message, details: {}, stack };
  }
  const kind = error instanceof InputError ? 'input' : 'credential';
  return { kind, reason: error.code.slice(kind.length + 1), message, details: error.details, stack };
}

export function fromPlain({ kind, reason, message, details, stack }: PlainError): Error {
  if (kind === 'input') return new InputError(reason, message, { details });
  if (kind === 'credential') return new CredentialError(reason, message, { details });
  const error = new Error(message);
  if (stack !== null) error.stack = stack;
  return error;
}
