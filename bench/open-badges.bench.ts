/** What a badge costs: issuing it, signing it when it is asked for first, and verifying it. */

import { aRequest, issuerWorld, UUID } from '../test/support/issuer-world.ts';

export const name = 'Open Badges';

const BADGES = 300;

export async function measure(print: (line: string) => void): Promise<void> {
  const { provider, issuer, desk } = issuerWorld();
  const uuids = Array.from({ length: BADGES }, (_, n) => UUID.replace('7d9f1c0a', String(10_000_000 + n)));
  const each = async (what: string, work: (uuid: string) => Promise<unknown>): Promise<void> => {
    const begun = performance.now();
    for (const uuid of uuids) await work(uuid);
    print(`${what}: ${((performance.now() - begun) / BADGES).toFixed(2)} ms each`);
  };
  await each('issuing, in memory', (uuid) => provider.award(aRequest({ uuid })));
  await each('signing', (uuid) => issuer.signedBadge(uuid));
  await each('verifying', (uuid) => desk.verifyOwn(uuid));
  await each('the signed list', () => issuer.statusList(1));
}
