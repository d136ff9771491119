/** Prints how much of the store in a folder is free, as another process does while one serves it. */

import { embeddedStoreSpace } from '../../../../server/store/offline.ts';

console.log(JSON.stringify(await embeddedStoreSpace(process.argv[2] ?? '')));
