/** Documents of an earlier form of progress are brought up to the present one. Each changes by one update that names its
 *  version, so several processes may do it at once, and a kill leaves nothing half done. */

import mongoose from 'mongoose';
import { openEffects } from '../../../plugin/badges/effect-order.ts';
import { withDatabase } from '../errors.ts';
import { type ProgressDocument, toProgress } from '../progress-document.ts';
import { progressModels } from '../progress-store.ts';

const BATCH = 500;

/** Puts in what the indexes of effects need. @returns how many documents lacked it */
export async function addOpenEffects(
  connection: mongoose.Connection,
  stillOurs: () => Promise<void> = async () => {},
): Promise<number> {
  const progress = progressModels(connection);
  for (let changed = 0; ; ) {
    const lacking = await withDatabase(async () =>
      progress
        .find({ openEffects: mongoose.trusted({ $exists: false }) })
        .limit(BATCH)
        .lean<ProgressDocument[]>(),
    );
    if (lacking.length === 0) return changed;
    changed += lacking.length;
    await stillOurs();
    for (const document of lacking) {
      const { learnerId, badgeId, version } = document;
      const fields = { openEffects: openEffects(toProgress(document)) };
      await withDatabase(async () => progress.updateOne({ learnerId, badgeId, version }, { $set: fields }));
    }
  }
}
