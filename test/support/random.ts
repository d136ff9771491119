export interface Random {
  /** @returns a whole number from 0 to `limit` - 1 */
  below(limit: number): number;
}

/** Repeatable randomness for tests: the same seed gives the same run. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return {
    below(limit) {
      state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 12), 0x297a2d39);
      mixed ^= mixed >>> 15;
      return (mixed >>> 0) % limit;
    },
  };
}
