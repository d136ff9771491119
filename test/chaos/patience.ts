/** An effect that a dead process had taken comes back after this, and so does a run of credentials; two minutes and one as
 *  Laurel is delivered. */
export const LEASE_MS = 3_000;
