/** The address at which a learner gets the document. It holds the random part of the file's key: nobody can guess it, and
 *  it leads nowhere as soon as the credential is invalidated or reissued. */

import { timingSafeEqual } from 'node:crypto';
import { NotFoundError } from '../errors.ts';
import type { FileStore, StoredFile } from '../ports/asset-files.ts';
import type { Credential, CredentialStore } from '../ports/credential-store.ts';

/** @returns null: there is nothing to download */
export function downloadPath(credential: Credential): string | null {
  const secret = secretOf(credential);
  return secret === null ? null : `/download/${credential.id}/${secret}`;
}

/** @throws NotFoundError `not-found.document`, the same for a wrong address and for what was taken back */
export async function findDownload(
  { store, files }: { readonly store: Pick<CredentialStore, 'credential'>; readonly files: Pick<FileStore, 'get'> },
  id: string,
  given: string,
): Promise<StoredFile> {
  const credential = await store.credential(id);
  const secret = credential && secretOf(credential);
  if (credential && secret !== null && isSame(given, secret)) {
    const file = await files.get(credential.fileKey ?? '');
    if (file) return file;
  }
  throw new NotFoundError(
    'document',
    'there is no document at this address; if it was replaced, the newest mail about it has the right one',
  );
}

function secretOf({ id, status, fileKey }: Credential): string | null {
  const prefix = `credential/${id}/`;
  return status === 'available' && fileKey?.startsWith(prefix) ? fileKey.slice(prefix.length) : null;
}

function isSame(given: string, secret: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(secret)];
  return left.length === right.length && timingSafeEqual(left, right);
}
