/** Whether there is a store where the settings say. A command started in another folder than the server's would make one of its
 *  own, and answer as if nothing existed. */

import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { NotFoundError } from '../plugin/errors.ts';
import type { Settings } from './config.ts';

type Where = Pick<Settings, 'mongodbUri' | 'dataDir'>;

/** A MongoDB server has one, and so has a folder that cannot be looked into: what is wrong with that is said when it is opened. */
export function hasStore({ mongodbUri, dataDir }: Where): boolean {
  if (mongodbUri !== null) return true;
  try {
    return statSync(join(dataDir, 'store')).isDirectory();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code !== 'ENOENT' && code !== 'ENOTDIR';
  }
}

/** @throws NotFoundError `not-found.store` */
export function requireStore(settings: Where): void {
  if (hasStore(settings)) return;
  throw new NotFoundError(
    'store',
    `there is no store in ${resolve(settings.dataDir)}: start the command in the folder of the server, or set LAUREL_DATA_DIR or ` +
      'MONGODB_URI as they are set for it; a new store is begun by laurel serve',
  );
}

/** What a command says that has begun one. */
export function newStoreLine({ dataDir }: Where): string {
  return `a new store is begun in ${resolve(dataDir)}; LAUREL_DATA_DIR or MONGODB_URI name another`;
}
