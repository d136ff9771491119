/** An effect that a dead process had taken comes back after this; two minutes as Laurel is delivered. */
export const LEASE_MS = 3_000;
