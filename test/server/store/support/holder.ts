/** A process that holds a data directory until it is killed. Prints the store's address, or the code of its refusal. */

import { silentLogger } from '../../../../plugin/ports/runtime.ts';
import { openEmbeddedStore } from '../../../../server/store/index.ts';

const [dataDir = ''] = process.argv.slice(2);

try {
  const store = await openEmbeddedStore({ dataDir, logger: silentLogger });
  console.log(store.uri);
} catch (error) {
  console.log((error as { code?: string }).code ?? String(error));
}
