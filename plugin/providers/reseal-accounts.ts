/** Sealing the secrets of accounts anew, after LAUREL_SECRET_KEY has changed. */

import { StoreError } from '../errors.ts';
import type { ProviderStore } from '../ports/provider-store.ts';
import type { Resealed, SealedRecords, SecretBox } from '../ports/secret-box.ts';
import { boundTo } from './account-secret.ts';

export function sealedAccounts(store: ProviderStore, secrets: SecretBox): SealedRecords {
  return {
    name: 'accounts at badge providers',
    async reseal(): Promise<Resealed> {
      const counts = { current: 0, resealed: 0, lost: 0 };
      for (const account of await store.accounts()) {
        const { id, sealedSecret } = account;
        if (sealedSecret === null) continue;
        try {
          // Opened in any case: what lies there in vain is to be found now.
          const secret = secrets.open(sealedSecret, boundTo(id));
          if (!secrets.isOutdated(sealedSecret)) counts.current += 1;
          // Somebody else who was faster has sealed it under the present key.
          else if (await store.saveAccount({ ...account, sealedSecret: secrets.seal(secret, boundTo(id)) }))
            counts.resealed += 1;
          else counts.current += 1;
        } catch (error) {
          if (!(error instanceof StoreError) || error.code !== 'store.secret') throw error;
          counts.lost += 1;
        }
      }
      return counts;
    },
  };
}
