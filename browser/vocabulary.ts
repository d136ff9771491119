/** What rules may speak about, fetched once for all text areas of a page. */

import { type ReadVocabulary, readVocabulary } from '../plugin/badges/rule-vocabulary.ts';

/** @returns null where it cannot be had: the server checks what is saved all the same */
export async function fetchVocabulary(address: string): Promise<ReadVocabulary | null> {
  try {
    const answer = await fetch(address, { credentials: 'same-origin', headers: { accept: 'application/json' } });
    return answer.ok ? readVocabulary(await answer.json()) : null;
  } catch {
    return null;
  }
}
