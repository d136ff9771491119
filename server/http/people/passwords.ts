/** Passwords as scrypt hashes that carry their own parameters, so that the cost can be raised without a migration. */

import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { msg, type Words, words } from '../../../plugin/words.ts';

export const MIN_PASSWORD_LENGTH = 12;
/** Hashing work grows with the length; nobody types more. */
const MAX_PASSWORD_LENGTH = 256;

export interface ScryptCost {
  /** log2 of the cost; memory is 2^logN * blockSize * 128 bytes. */
  readonly logN: number;
  readonly blockSize: number;
  readonly parallel: number;
}

/** 32 MiB and about a tenth of a second: one of the settings OWASP recommends. */
const COST: ScryptCost = { logN: 15, blockSize: 8, parallel: 3 };
const KEY_BYTES = 32;
const FORM = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/;

/** @returns `$scrypt$ln=15,r=8,p=3$<salt>$<hash>` */
export async function hashPassword(password: string, cost: ScryptCost = COST): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, cost);
  return `$scrypt$ln=${cost.logN},r=${cost.blockSize},p=${cost.parallel}$${base64(salt)}$${base64(key)}`;
}

/** @param stored null where there is no such account: takes as long as with one, so that names cannot be probed by time */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const match = FORM.exec(stored ?? '');
  if (!match) {
    await derive(password, Buffer.alloc(16), COST);
    return false;
  }
  const [, logN, blockSize, parallel, salt = '', hash = ''] = match;
  const expected = Buffer.from(hash, 'base64');
  const cost = { logN: Number(logN), blockSize: Number(blockSize), parallel: Number(parallel) };
  const actual = await derive(password, Buffer.from(salt, 'base64'), cost);
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

/** @returns what is wrong with a new password, as a sentence; null: nothing */
export function passwordProblem(password: string): Words | null {
  if ([...password].length < MIN_PASSWORD_LENGTH)
    return words('The password needs at least {minimum} characters.', { minimum: MIN_PASSWORD_LENGTH });
  if (password.length > MAX_PASSWORD_LENGTH)
    return words('The password may have at most {maximum} characters.', { maximum: MAX_PASSWORD_LENGTH });
  if (new Set(password).size < 4) return msg('The password repeats too few different characters; mix in others.');
  return null;
}

function derive(password: string, salt: Buffer, cost: ScryptCost): Promise<Buffer> {
  const options: ScryptOptions = { N: 2 ** cost.logN, r: cost.blockSize, p: cost.parallel, maxmem: 256 * 1024 * 1024 };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, KEY_BYTES, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
