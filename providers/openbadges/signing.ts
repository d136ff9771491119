/** Signatures of the kind `eddsa-rdfc-2022`: an Ed25519 signature inside the document that it signs. */

import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import jsigs from 'jsonld-signatures';
import { offlineLoader } from './contexts.ts';

/** Both halves as multibase text. */
export interface KeyPair {
  readonly publicKey: string;
  readonly secretKey: string;
}

export const MULTIKEY_CONTEXT = 'https://w3id.org/security/multikey/v1';

export async function newKeyPair(): Promise<KeyPair> {
  const { publicKeyMultibase, secretKeyMultibase } = await Ed25519Multikey.generate();
  return { publicKey: publicKeyMultibase, secretKey: secretKeyMultibase };
}

/** The public key is part of its id: whoever has kept a badge can check its signature when the issuer is gone. */
export function keyId(issuerId: string, publicKey: string): string {
  return `${issuerId}#${publicKey}`;
}

/** @returns the document with its proof
 *  @throws Error for a term that no context defines, and for what is no credential */
export async function sign<Document extends object>(
  credential: Document,
  { issuerId, key, created }: { readonly issuerId: string; readonly key: KeyPair; readonly created: Date },
): Promise<Document & { readonly proof: object }> {
  const multikey = await Ed25519Multikey.from({
    type: 'Multikey',
    id: keyId(issuerId, key.publicKey),
    controller: issuerId,
    publicKeyMultibase: key.publicKey,
    secretKeyMultibase: key.secretKey,
  });
  const suite = new DataIntegrityProof({ signer: multikey.signer(), date: created.toISOString(), cryptosuite });
  return vc.issue({ credential, suite, documentLoader: offlineLoader() });
}

/** Whether one proof of this suite fits the document and the key; says nothing about whose key it is.
 *  @returns null when it does, else why not */
export async function checkSignature(
  document: object,
  key: { readonly id: string; readonly controller: string; readonly publicKey: string },
): Promise<Error | null> {
  const method = {
    '@context': MULTIKEY_CONTEXT,
    id: key.id,
    type: 'Multikey',
    controller: key.controller,
    publicKeyMultibase: key.publicKey,
  };
  const result = await jsigs.verify(document, {
    suite: new DataIntegrityProof({ cryptosuite }),
    purpose: new jsigs.purposes.ProofPurpose({ term: 'assertionMethod' }),
    documentLoader: offlineLoader(new Map([[key.id, method]])),
  });
  if (result.verified) return null;
  return result.error?.errors?.[0] ?? result.error ?? new Error('the proof does not verify');
}
