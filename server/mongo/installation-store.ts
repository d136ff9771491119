/** What an installation remembers of itself: one document. */

import mongoose from 'mongoose';
import type { InstallationStore } from '../../plugin/ports/installation-store.ts';
import { schemaOptions } from './connect.ts';
import { withDatabase } from './errors.ts';

interface InstallationDocument {
  readonly _id: string;
  readonly stepsHidden: boolean;
}

const ONLY = 'installation';

const schema = new mongoose.Schema<InstallationDocument>(
  { _id: { type: String, required: true }, stepsHidden: { type: Boolean, required: true } },
  { ...schemaOptions, collection: 'installation' },
);

export function installationModels(connection: mongoose.Connection): mongoose.Model<InstallationDocument> {
  return (connection.models.Installation ??
    connection.model('Installation', schema)) as mongoose.Model<InstallationDocument>;
}

export class MongoInstallationStore implements InstallationStore {
  readonly #installation: mongoose.Model<InstallationDocument>;

  constructor(connection: mongoose.Connection) {
    this.#installation = installationModels(connection);
  }

  async areStepsHidden(): Promise<boolean> {
    const found = await withDatabase(() => this.#installation.findById(ONLY).lean<InstallationDocument | null>());
    return found?.stepsHidden ?? false;
  }

  async hideSteps(hidden: boolean): Promise<void> {
    await withDatabase(() =>
      this.#installation.updateOne({ _id: ONLY }, { $set: { stepsHidden: hidden } }, { upsert: true }),
    );
  }
}
