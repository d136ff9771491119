/** Compacts the store of a folder and kills itself before the n-th call that touches a file, from the first on that has to do
 *  with the copy; prints `done` when there are fewer. */

import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { copyFileOf } from '../../../../server/store/data-file.ts';

const [dataDir = '', point = '0'] = process.argv.slice(2);
const { compactEmbeddedStore } = await import('../../../../server/store/offline.ts');

let calls = 0;
const module = fs as unknown as Record<string, (...args: unknown[]) => unknown>;
for (const name of ['openSync', 'closeSync', 'writeFileSync', 'renameSync', 'rmSync', 'fsyncSync', 'mkdirSync']) {
  const original = module[name] as (...args: unknown[]) => unknown;
  module[name] = (...args) => {
    if (calls > 0 || args[0] === copyFileOf(dataDir)) calls += 1;
    if (calls === Number(point)) process.kill(process.pid, 'SIGKILL');
    return original(...args);
  };
}
syncBuiltinESMExports();
await compactEmbeddedStore(dataDir);
console.log('done');
