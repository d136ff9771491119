/** Credentials are found by every word of a name, not only by the first. */

import mongoose from 'mongoose';
import { credentialWords } from '../../../plugin/credentials/search-words.ts';
import { credentialModels } from '../credential-models.ts';
import { withDatabase } from '../errors.ts';

const BATCH = 500;

/** @returns how many credentials lacked some */
export async function addSearchWords(
  connection: mongoose.Connection,
  stillOurs: () => Promise<void> = async () => {},
): Promise<number> {
  const { credentials } = credentialModels(connection);
  let changed = 0;
  for (let last = ''; ; ) {
    const batch = await withDatabase(async () =>
      credentials
        .find({ _id: mongoose.trusted({ $gt: last }) }, { username: 1, learnerName: 1, email: 1, search: 1 })
        .sort({ _id: 1 })
        .limit(BATCH)
        .lean(),
    );
    for (const { _id, username, learnerName, email, search: former } of batch) {
      const search = [...credentialWords({ username, learnerName, email })];
      if (search.join('\n') === former.join('\n')) continue;
      // Not where the name has changed since it was read: then the new words are there already.
      const { modifiedCount } = await withDatabase(async () =>
        credentials.updateOne({ _id, username, learnerName, email }, { $set: { search } }),
      );
      changed += modifiedCount;
    }
    const next = batch.at(-1);
    if (next === undefined || batch.length < BATCH) return changed;
    last = next._id;
    await stillOurs();
  }
}
