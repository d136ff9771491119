/** Pure: what was moved, so that it can be taken back. Moves of one element in quick succession are one. */

/** What the fields of an element said: '' is nothing. */
export interface Said {
  readonly x: string;
  readonly y: string;
}

export interface Step {
  readonly path: string;
  readonly before: Said;
  readonly after: Said;
}

const KEPT = 100;
/** Keys that are pressed again within this time go on with what they did. */
const TOGETHER_MS = 1_000;

export class Moves {
  readonly #done: Step[] = [];
  readonly #undone: Step[] = [];
  #lastAt = Number.NEGATIVE_INFINITY;

  get canUndo(): boolean {
    return this.#done.length > 0;
  }

  get canRedo(): boolean {
    return this.#undone.length > 0;
  }

  /** @param repeated by a key, which may go on with the last step
   *  @param at in milliseconds */
  add(step: Step, repeated: boolean, at: number): void {
    if (step.before.x === step.after.x && step.before.y === step.after.y) return;
    const last = this.#done.at(-1);
    const together = repeated && last?.path === step.path && at - this.#lastAt <= TOGETHER_MS;
    if (together) this.#done.pop();
    this.#done.push(together ? { ...step, before: last.before } : step);
    if (this.#done.length > KEPT) this.#done.shift();
    this.#undone.length = 0;
    this.#lastAt = repeated ? at : Number.NEGATIVE_INFINITY;
  }

  /** @returns what to take back; null: nothing is left */
  undo(): Step | null {
    this.#lastAt = Number.NEGATIVE_INFINITY;
    return pass(this.#done, this.#undone);
  }

  redo(): Step | null {
    return pass(this.#undone, this.#done);
  }
}

function pass(from: Step[], to: Step[]): Step | null {
  const step = from.pop();
  if (!step) return null;
  to.push(step);
  return step;
}
