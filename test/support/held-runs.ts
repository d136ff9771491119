/** Holding a run where a test wants it, and waiting until it is there. */

export class Gate {
  open: () => void = () => {};
  readonly passed = new Promise<void>((resolve) => {
    this.open = resolve;
  });
}

export async function until<Found>(look: () => Promise<Found | null | false>): Promise<Found> {
  for (let attempt = 0; attempt < 4_000; attempt++) {
    const found = await look();
    if (found !== null && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('it did not happen within twenty seconds');
}
