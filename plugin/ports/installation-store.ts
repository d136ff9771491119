/** What an installation remembers of itself, beside what it works with. */

export interface InstallationStore {
  /** Whether somebody has put the first steps away. */
  areStepsHidden(): Promise<boolean>;
  hideSteps(hidden: boolean): Promise<void>;
}

export class MemoryInstallationStore implements InstallationStore {
  #hidden = false;

  async areStepsHidden(): Promise<boolean> {
    return this.#hidden;
  }

  async hideSteps(hidden: boolean): Promise<void> {
    this.#hidden = hidden;
  }
}
