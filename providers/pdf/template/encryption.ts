/** AES-256 as PDF 2.0 has it (ISO 32000-2, 7.6: revision 6), with an empty password to open, so that everybody can read
 *  but programs know what the issuer allows. The key is random per process and template, and the owner's password is
 *  thrown away: nobody needs it, since the template is still there. */

import { createCipheriv, createHash, randomBytes } from 'node:crypto';

export interface Encryption {
  /** What the encrypt dictionary is, as PDF syntax. */
  readonly dictionary: string;
  /** @returns the initial vector and what is encrypted with it */
  encrypt(plain: Uint8Array): Buffer;
}

const BLOCK = 16;

/** Table 22: bits counted from 1. Bits 7, 8 and 13 to 32 are always set. */
const PRINT = 1 << 2;
const EXTRACT_FOR_ACCESS = 1 << 9;
const PRINT_FAITHFULLY = 1 << 11;
const RESERVED = 0xfffff0c0;

const PERMISSIONS = RESERVED | PRINT | EXTRACT_FOR_ACCESS | PRINT_FAITHFULLY | 0;

const NO_IV = Buffer.alloc(BLOCK);

export function createEncryption(): Encryption {
  const key = randomBytes(32);
  const user = passwordEntries(Buffer.alloc(0), Buffer.alloc(0), key);
  const owner = passwordEntries(randomBytes(32), user.check, key);
  const dictionary = [
    '<< /Filter /Standard /V 5 /R 6 /Length 256',
    '/CF << /StdCF << /Type /CryptFilter /CFM /AESV3 /AuthEvent /DocOpen /Length 32 >> >>',
    '/StmF /StdCF /StrF /StdCF',
    `/U <${hex(user.check)}> /UE <${hex(user.wrapped)}>`,
    `/O <${hex(owner.check)}> /OE <${hex(owner.wrapped)}>`,
    `/P ${PERMISSIONS} /Perms <${hex(permissionEntry(key))}> >>`,
  ].join('\n');
  return { dictionary, encrypt: encryptEach(key) };
}

/** One cipher that goes on from text to text, because making one takes longer than encrypting with it. Before each text it
 *  encrypts a block of zeros, which is its own last output encrypted once more: the text's initial vector, which nobody
 *  without the key can foretell, and from which the text is encrypted as by a cipher of its own. */
export function encryptEach(key: Buffer): Encryption['encrypt'] {
  const cipher = createCipheriv('aes-256-cbc', key, randomBytes(BLOCK)).setAutoPadding(false);
  return (plain) => {
    const padding = BLOCK - (plain.length % BLOCK);
    const blocks = Buffer.allocUnsafe(BLOCK + plain.length + padding);
    blocks.fill(0, 0, BLOCK);
    blocks.set(plain, BLOCK);
    blocks.fill(padding, BLOCK + plain.length);
    return cipher.update(blocks);
  };
}

/** Algorithms 8 and 9: what proves the password, and the file key wrapped by it. */
function passwordEntries(password: Buffer, userCheck: Buffer, key: Buffer): { check: Buffer; wrapped: Buffer } {
  const salts = randomBytes(16);
  const [validation, forKey] = [salts.subarray(0, 8), salts.subarray(8)];
  const check = Buffer.concat([hash(password, validation, userCheck), salts]);
  const cipher = createCipheriv('aes-256-cbc', hash(password, forKey, userCheck), NO_IV).setAutoPadding(false);
  return { check, wrapped: cipher.update(key) };
}

/** Algorithm 10. */
function permissionEntry(key: Buffer): Buffer {
  const entry = Buffer.alloc(16, 0xff);
  entry.writeInt32LE(PERMISSIONS, 0);
  // metadata is encrypted like the rest
  entry.write('Tadb', 8, 'latin1');
  randomBytes(4).copy(entry, 12);
  return createCipheriv('aes-256-ecb', key, null).setAutoPadding(false).update(entry);
}

/** Algorithm 2.B: rounds of AES and SHA-2 until the last byte says that it is enough, 64 at least. */
function hash(password: Buffer, salt: Buffer, userCheck: Buffer): Buffer {
  let key = digest('sha256', Buffer.concat([password, salt, userCheck]));
  for (let round = 0, last = 0; round < 64 || last > round - 32; round++) {
    const block = Buffer.concat([password, key, userCheck]);
    const cipher = createCipheriv('aes-128-cbc', key.subarray(0, 16), key.subarray(16, 32)).setAutoPadding(false);
    const mixed = cipher.update(Buffer.concat(Array<Buffer>(64).fill(block)));
    const remainder = mixed.subarray(0, 16).reduce((sum, byte) => sum + byte, 0) % 3;
    key = digest((['sha256', 'sha384', 'sha512'] as const)[remainder] as string, mixed);
    last = mixed.at(-1) as number;
  }
  return key.subarray(0, 32);
}

function digest(algorithm: string, bytes: Buffer): Buffer {
  return createHash(algorithm).update(bytes).digest();
}

function hex(bytes: Buffer): string {
  return bytes.toString('hex');
}
