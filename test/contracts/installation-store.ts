/** What every store of an installation's own facts promises. */

import { expect } from 'chai';
import type { InstallationStore } from '../../plugin/ports/installation-store.ts';

export function installationStoreContract(name: string, make: () => Promise<InstallationStore>): void {
  describe(`${name} as installation store`, () => {
    it('shows the first steps until somebody hides them, and again when somebody wants them', async () => {
      const store = await make();
      expect(await store.areStepsHidden()).to.equal(false);
      await store.hideSteps(true);
      expect(await store.areStepsHidden()).to.equal(true);
      await store.hideSteps(true);
      await store.hideSteps(false);
      expect(await store.areStepsHidden()).to.equal(false);
    });
  });
}
