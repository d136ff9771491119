/** What passes between a pool and its processes. */

import { CredentialError, type CredentialsError, InputError } from '../../../plugin/errors.ts';
import type { PageDesign } from '../../../plugin/extensions/page-design.ts';
import type { Asset } from '../../../plugin/ports/credential-store.ts';
import type { PdfJob } from '../engine.ts';
import type { TemplateFacts } from '../template/template-pages.ts';

/** An asset whose bytes the process has had before goes without them, and so do the options of the job before. */
export interface ProcessJob extends Omit<PdfJob, 'assets' | 'options'> {
  readonly options: PdfJob['options'] | null;
  readonly assets: Readonly<Record<string, { readonly sha256: string; readonly bytes: Uint8Array | null }>>;
}

export type Task =
  | { readonly kind: 'generate' | 'measure'; readonly job: ProcessJob }
  | { readonly kind: 'facts'; readonly bytes: Uint8Array }
  | { readonly kind: 'check'; readonly assetKind: Asset['kind']; readonly bytes: Uint8Array };

export type Answer =
  /** Once, before anything else: the process is loaded. */
  | { readonly kind: 'ready' }
  /** `shared` once for each template as long as it is kept, `number` tells which it is. */
  | { readonly kind: 'made'; readonly number: string; readonly shared: Uint8Array | null; readonly own: Uint8Array }
  | { readonly kind: 'measured'; readonly design: PageDesign }
  | { readonly kind: 'looked'; readonly facts: TemplateFacts }
  | { readonly kind: 'checked' }
  /** The process has let go of assets that came without bytes. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'failed'; readonly error: PlainError }
  /** The last: nothing more can be done there. */
  | { readonly kind: 'broken'; readonly error: PlainError };

/** Templates whose shared part both sides keep, the same of them since both hear of them in the same order. */
export const SHARED_KEPT = 16;

/** Only plain values reach another process whole. */
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
