/** A store to be killed: loads its modules, waits for a line on standard input, then opens the data directory and prints
 *  the address. Without the thread, which would only make its start slower. */

import { once } from 'node:events';
import { startServer } from '../../../../server/store/server.ts';

const [dataDir = ''] = process.argv.slice(2);
await once(process.stdin, 'data');
const server = await startServer({
  dataDir,
  database: 'laurel',
  expiryIntervalMs: 60_000,
  onBroken: () => {},
  tell: () => {},
  compaction: { percent: 0, leastBytes: 0 },
  report: (message, error) => console.error(message, error),
});
console.log(server.uri);
