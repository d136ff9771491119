/** New secrets in the data directory, sealed, until the database has them. */

import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { invariant } from '../../plugin/errors.ts';
import type { RescuedSecret, SecretRescue } from '../../plugin/ports/secret-rescue.ts';

/** @param folder is made when there is something to keep; readable by its owner only */
export function rescuedSecrets(folder: string): SecretRescue {
  const fileOf = (accountId: string): string => {
    invariant(/^[\w-]{1,64}$/.test(accountId), 'the id of an account can name a file');
    return join(folder, `${accountId}.json`);
  };

  return {
    async keep(secret) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const path = fileOf(secret.accountId);
      const draft = await open(`${path}.${process.pid}`, 'w', 0o600);
      try {
        await draft.writeFile(JSON.stringify(secret));
        await draft.sync();
      } finally {
        await draft.close();
      }
      await rename(`${path}.${process.pid}`, path);
    },

    async kept() {
      const names = await readdir(folder).catch(noneYet);
      const texts = names.filter((name) => name.endsWith('.json')).map((name) => readFile(join(folder, name), 'utf8'));
      return (await Promise.all(texts)).map(parse);
    },

    forget: (accountId) => rm(fileOf(accountId), { force: true }),
  };
}

function parse(text: string): RescuedSecret {
  const { accountId, sealed, replaces, expiresAt } = JSON.parse(text);
  return { accountId, sealed, replaces, expiresAt: expiresAt === null ? null : new Date(expiresAt) };
}

function noneYet(error: unknown): string[] {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
  throw error;
}
