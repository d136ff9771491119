/** Sealing anew, after LAUREL_SECRET_KEY has changed, who is being retired. */

import { StoreError } from '../errors.ts';
import type { RetirementStore } from '../ports/retirement-store.ts';
import type { Resealed, SealedRecords, SecretBox } from '../ports/secret-box.ts';
import { sealedFor } from './retire-job.ts';

export function sealedRetirements(store: RetirementStore, secrets: SecretBox): SealedRecords {
  return {
    name: 'retirements under way',
    async reseal(): Promise<Resealed> {
      const counts = { current: 0, resealed: 0, lost: 0 };
      for (const { id, sealedPerson } of await store.unfinished()) {
        if (sealedPerson === null) continue;
        try {
          const person = secrets.open(sealedPerson, sealedFor(id));
          const isDue = secrets.isOutdated(sealedPerson);
          // One that goes on meanwhile seals under the present key itself, or has ended.
          const isOurs = isDue && (await store.reseal(id, sealedPerson, secrets.seal(person, sealedFor(id))));
          counts[isOurs ? 'resealed' : 'current'] += 1;
        } catch (error) {
          if (!(error instanceof StoreError) || error.code !== 'store.secret') throw error;
          counts.lost += 1;
        }
      }
      return counts;
    },
  };
}
