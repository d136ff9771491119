/** How often Accredible may be called: 2,000 times in five minutes from one address, counted in periods of 30 seconds, which
 *  may mean 200 in each. */

import type { RateLimit } from '../../plugin/ports/rate-limits.ts';

/** Short periods, so that in no 30 seconds, wherever they begin, more than 198 calls can lie. */
export const accredibleLimit: RateLimit = { calls: 18, periodMs: 3_000 };
