/** Seals secrets for the database: AES-256-GCM, bound to their record, under a key derived from LAUREL_SECRET_KEY. */

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { StoreError } from '../plugin/errors.ts';
import type { SecretBox } from '../plugin/ports/secret-box.ts';
import { deriveKey } from './secret-key.ts';

interface SealingKey {
  readonly id: string;
  readonly bytes: Buffer;
}

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** @param formerKeys what LAUREL_SECRET_KEY was before: they open and never seal */
export function createSecretBox(secretKey: string, formerKeys: readonly string[] = []): SecretBox {
  const current = sealingKey(secretKey);
  const keys = [current, ...formerKeys.map(sealingKey)];

  return {
    seal(secret, boundTo) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, current.bytes, nonce).setAAD(bound(current, boundTo));
      const sealed = Buffer.concat([nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return `s1.${current.id}.${sealed.toString('base64url')}`;
    },
    open(sealed, boundTo) {
      const { keyId, content } = parse(sealed);
      const key = keys.find(({ id }) => id === keyId);
      if (key === undefined) throw unknownKey();
      const nonce = content.subarray(0, NONCE_BYTES);
      const decipher = createDecipheriv(CIPHER, key.bytes, nonce, { authTagLength: TAG_BYTES })
        .setAAD(bound(key, boundTo))
        .setAuthTag(content.subarray(-TAG_BYTES));
      try {
        const opened = [decipher.update(content.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()];
        return Buffer.concat(opened).toString('utf8');
      } catch {
        throw damaged();
      }
    },
    isOutdated: (sealed) => parse(sealed).keyId !== current.id,
  };
}

/** Says which key a secret was sealed under, and nothing about it. */
export function keyName(secretKey: string): string {
  return deriveKey(secretKey, 'secrets: name of the key').slice(0, 12);
}

function sealingKey(secretKey: string): SealingKey {
  return {
    id: keyName(secretKey),
    bytes: Buffer.from(deriveKey(secretKey, 'secrets'), 'hex'),
  };
}

function bound({ id }: SealingKey, boundTo: string): Buffer {
  return Buffer.from(`s1.${id}.${boundTo}`, 'utf8');
}

function parse(sealed: string): { readonly keyId: string; readonly content: Buffer } {
  const [, keyId, text] = /^s1\.([0-9a-f]{12})\.([\w-]+)$/.exec(sealed) ?? [];
  const content = Buffer.from(text ?? '', 'base64url');
  if (keyId === undefined || content.length < NONCE_BYTES + TAG_BYTES) throw damaged();
  return { keyId, content };
}

function unknownKey(): StoreError {
  return new StoreError(
    'secret',
    'a secret in the database was sealed under a key that is not set: add the former LAUREL_SECRET_KEY to LAUREL_FORMER_SECRET_KEYS, or enter the secret again',
  );
}

function damaged(): StoreError {
  return new StoreError('secret', 'a secret in the database was changed or belongs to another record; enter it again');
}
