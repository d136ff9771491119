/** `npm run build`, second half: what browsers load. */

import { buildBrowserAssets } from './bundle.ts';

await buildBrowserAssets();
