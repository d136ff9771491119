/** The key that every other key is derived from. */

import { hkdfSync, randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '../plugin/errors.ts';

const FILE_NAME = 'secret.key';

/** @returns the configured key, else the one kept in the data directory (mode 0600), made on first use */
export function loadSecretKey(configured: string | null, dataDir: string): string {
  if (configured !== null) return configured;
  const path = join(dataDir, FILE_NAME);
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, randomBytes(32).toString('hex'), { mode: 0o600, flush: true });
    try {
      // Of two processes that start at once one key wins, and nobody reads half of it.
      linkSync(draft, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(draft);
    }
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw new ConfigurationError(
      [
        `LAUREL_DATA_DIR is not usable: ${path} cannot be read or written (${(error as NodeJS.ErrnoException).code ?? 'error'}); ` +
          'name a folder that this user may write to, or set LAUREL_SECRET_KEY',
      ],
      { cause: error },
    );
  }
}

/** As `loadSecretKey`, without making one. @returns null: there is none yet */
export function presentSecretKey(configured: string | null, dataDir: string): string | null {
  const path = join(dataDir, FILE_NAME);
  return configured ?? (existsSync(path) ? readFileSync(path, 'utf8').trim() : null);
}

/** @returns 32 bytes as hex, different for each purpose */
export function deriveKey(secretKey: string, purpose: string): string {
  return Buffer.from(hkdfSync('sha256', secretKey, 'laurel', purpose, 32)).toString('hex');
}
