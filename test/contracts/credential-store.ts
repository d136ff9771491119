/** What every CredentialStore does; run on the twin and on MongoDB. */

import type { CredentialStore } from '../../plugin/ports/credential-store.ts';
import { credentialRunsContract } from './credential-runs.ts';
import { credentialSchedulesContract } from './credential-schedules.ts';
import { credentialSetupContract } from './credential-setup.ts';
import { issuedCredentialsContract } from './issued-credentials.ts';

export * from './credential-facts.ts';

/** @param open an empty store for each test */
export function credentialStoreContract(open: () => Promise<CredentialStore>): void {
  let store: CredentialStore;
  beforeEach(async () => {
    store = await open();
  });

  for (const contract of [
    credentialSetupContract,
    credentialSchedulesContract,
    credentialRunsContract,
    issuedCredentialsContract,
  ])
    contract(() => store);
}
