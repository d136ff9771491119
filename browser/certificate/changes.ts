/** What saving would change: the certificate in force beside the one of the form, and what differs between them. */

import { part } from './parts.ts';
import { openPages } from './pdf-picture.ts';
import { difference, type Pixels, shareInWords } from './pixels.ts';
import { type Preview, Previews } from './preview.ts';
import { say } from './speech.ts';

/** Fine enough to see a letter that moved. */
const WIDTH_PX = 560;

export class Changes {
  readonly #panel: HTMLDetailsElement;
  readonly #stored: string;
  readonly #previews: Previews;
  #latest: { readonly preview: Preview; readonly sample: string } | null = null;
  #busy = false;

  constructor(panel: HTMLDetailsElement, form: HTMLFormElement, address: string, stored: string) {
    this.#panel = panel;
    this.#stored = stored;
    this.#previews = new Previews(form, address);
    panel.addEventListener('toggle', () => void this.#compare());
  }

  /** What is in the form now. */
  async follow(preview: Preview, sample: string): Promise<void> {
    this.#latest = { preview, sample };
    await this.#compare();
  }

  /** Only while it is seen, and one after the other. */
  async #compare(): Promise<void> {
    if (this.#busy || !this.#panel.open || this.#latest === null) return;
    this.#busy = true;
    const latest = this.#latest;
    try {
      const answer = await this.#previews.ask({ sample: latest.sample, stored: this.#stored });
      if (answer.kind === 'preview') await this.#draw(answer.preview, latest.preview);
      if (answer.kind === 'problems')
        this.#say(say('notShown', { reasons: answer.problems.map(({ message }) => message).join(' ') }));
    } finally {
      this.#busy = false;
    }
    if (this.#latest !== latest) await this.#compare();
  }

  async #draw(before: Preview, after: Preview): Promise<void> {
    const [one, other] = [this.#canvas('before'), this.#canvas('after')];
    await Promise.all([picture(before, one), picture(after, other)]);
    const [former, latter] = [pixelsOf(one), pixelsOf(other)];
    const found = difference(former, latter);
    const canvas = this.#canvas('difference');
    canvas.width = latter.width;
    canvas.height = latter.height;
    const data = found?.data ?? new Uint8ClampedArray(latter.data);
    canvas.getContext('2d')?.putImageData(new ImageData(data, latter.width, latter.height), 0, 0);
    const moved = movedNames(before, after);
    const share = found === null ? say('otherSize') : shareInWords(found.share);
    this.#say(
      moved.length === 0 ? say('changes', { share }) : say('changesAndMoves', { share, names: moved.join(', ') }),
    );
  }

  #canvas(name: string): HTMLCanvasElement {
    const canvas = this.#panel.querySelector(`[data-compare="${name}"]`) as HTMLCanvasElement;
    // said at the first use, or not at all
    canvas.getContext('2d', { willReadFrequently: true });
    return canvas;
  }

  #say(words: string): void {
    part(this.#panel, 'changed').textContent = words;
  }
}

async function picture({ document }: Preview, canvas: HTMLCanvasElement): Promise<void> {
  const pages = await openPages(document.slice());
  await pages.draw(1, canvas, WIDTH_PX / Math.max(1, devicePixelRatio));
  await pages.close();
}

function pixelsOf(canvas: HTMLCanvasElement): Pixels {
  const { width, height } = canvas;
  const context = canvas.getContext('2d');
  return {
    width,
    height,
    data: context?.getImageData(0, 0, width, height).data ?? new Uint8ClampedArray(),
  };
}

function movedNames(before: Preview, after: Preview): readonly string[] {
  const places = ({ elements }: Preview) =>
    new Map(elements.map(({ name, box }) => [name, box.map(Math.round).join()]));
  const [former, latter] = [places(before), places(after)];
  return [...new Set([...former.keys(), ...latter.keys()])].filter((name) => former.get(name) !== latter.get(name));
}
