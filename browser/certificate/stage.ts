/** The page in the window: its picture, a box on every element, and lines to align with. While something moves, each box
 *  carries its part of the picture over the page without elements, until the next picture is there. */

import type { Box, PlacedElement } from '../../plugin/extensions/page-design.ts';
import type { Guide, PageSize, Point } from './geometry.ts';
import { element, part } from './parts.ts';
import { openPages, type Pages } from './pdf-picture.ts';
import type { Preview } from './preview.ts';

export interface StageEvents {
  choose(path: string): void;
  /** @param by since the drag began, in points
   *  @param free guides are left alone */
  drag(path: string, by: Point, free: boolean): void;
  drop(path: string): void;
  cancel(path: string): void;
  key(path: string, event: KeyboardEvent): void;
}

/** A hand is not steadier. */
const STILL_PX = 3;
/** What is smaller cannot be met with a finger. Source: WCAG 2.2, 2.5.8. */
const TARGET_PX = 24;
/** In a narrow window the page is moved about rather than too small to take hold of anything. */
const LEAST_SCALE = 0.5;
/** Of letters that reach beyond their box. */
const BLEED_PX = 4;

interface Drag {
  readonly path: string;
  readonly from: Point;
  moving: boolean;
}

export class Stage {
  readonly #view: HTMLElement;
  readonly #page: HTMLElement;
  readonly #front: HTMLCanvasElement;
  readonly #back: HTMLCanvasElement;
  readonly #guides: HTMLElement;
  readonly #layer: HTMLElement;
  readonly #events: StageEvents;
  readonly #boxes = new Map<string, HTMLButtonElement>();
  #size: PageSize = { widthPt: 1, heightPt: 1, marginPt: 0 };
  #zoom: number | null = null;
  #drag: Drag | null = null;
  #document: Pages | null = null;
  #background: { readonly hash: string; readonly pages: Pages } | null = null;

  constructor(root: HTMLElement, events: StageEvents) {
    this.#view = part(root, 'view');
    this.#page = part(root, 'page');
    this.#front = part<HTMLCanvasElement>(root, 'front');
    this.#back = part<HTMLCanvasElement>(root, 'back');
    this.#guides = part(root, 'guides');
    this.#layer = part(root, 'boxes');
    this.#events = events;
    this.#layer.addEventListener('pointerdown', (event) => this.#press(event));
    this.#layer.addEventListener('pointermove', (event) => this.#pull(event));
    this.#layer.addEventListener('pointerup', () => this.#release(true));
    this.#layer.addEventListener('pointercancel', () => this.#release(false));
    this.#layer.addEventListener('keydown', (event) => this.#pressKey(event));
    this.#layer.addEventListener('focusin', ({ target }) => {
      const path = pathOf(target);
      if (path !== null) this.#events.choose(path);
    });
  }

  /** CSS pixels a point. */
  get scale(): number {
    if (this.#zoom !== null) return this.#zoom * (96 / 72);
    return Math.max(LEAST_SCALE, this.#view.clientWidth / this.#size.widthPt);
  }

  get dragging(): boolean {
    return this.#drag?.moving ?? false;
  }

  /** @param zoom 1 is as large as on paper; null: as wide as the window */
  async zoom(zoom: number | null, elements: readonly PlacedElement[]): Promise<void> {
    this.#zoom = zoom;
    this.#layOut(elements);
    await this.#paint();
  }

  /** Shows another page and what lies on it. */
  async show(preview: Preview): Promise<void> {
    const former = this.#document;
    const [next, background] = await Promise.all([openPages(preview.document.slice()), this.#open(preview.background)]);
    this.#document = next;
    this.#background = background;
    const { widthPt, heightPt, marginPt } = preview;
    this.#size = { widthPt, heightPt, marginPt };
    this.#fill(preview.elements);
    this.#layOut(preview.elements);
    await this.#paint();
    if (!this.dragging) this.settle();
    await former?.close();
  }

  /** The picture is where the boxes are. */
  settle(): void {
    this.#page.classList.remove('moving');
    this.align([]);
  }

  /** Puts a box elsewhere, with its part of the picture. */
  place(path: string, box: Box): void {
    const button = this.#boxes.get(path);
    if (!button) return;
    this.#lift();
    this.#put(button, box);
  }

  mark(path: string | null, doubtful: ReadonlyMap<string, 'error' | 'warning'>): void {
    for (const [one, button] of this.#boxes) {
      button.setAttribute('aria-pressed', String(one === path));
      button.dataset.state = doubtful.get(one) ?? 'good';
    }
  }

  describe(path: string, words: string): void {
    this.#boxes.get(path)?.setAttribute('aria-label', words);
  }

  focus(path: string): void {
    this.#boxes.get(path)?.focus({ preventScroll: false });
  }

  /** Shows lines that something stands at. */
  align(guides: readonly Guide[]): void {
    const lines = guides.map(({ axis, at }) => {
      const line = element('div', `designer-guide ${axis}`);
      if (axis === 'x') line.style.left = `${at * this.scale}px`;
      else line.style.top = `${(this.#size.heightPt - at) * this.scale}px`;
      return line;
    });
    this.#guides.replaceChildren(...lines);
  }

  get picture(): HTMLCanvasElement {
    return this.#front;
  }

  async #open({ hash, bytes }: Preview['background']) {
    if (this.#background?.hash === hash) return this.#background;
    const former = this.#background;
    const pages = await openPages(bytes.slice());
    await former?.pages.close();
    return { hash, pages };
  }

  async #paint(): Promise<void> {
    const width = this.#size.widthPt * this.scale;
    await Promise.all([
      this.#document?.draw(1, this.#front, width),
      this.#background?.pages.draw(1, this.#back, width),
    ]);
  }

  /** Buttons stay what they are as long as their elements do: one of them may have the focus. */
  #fill(elements: readonly PlacedElement[]): void {
    const paths = new Set(elements.map(({ path }) => path));
    for (const [path, button] of this.#boxes) {
      if (paths.has(path)) continue;
      button.remove();
      this.#boxes.delete(path);
    }
    for (const { path, name } of elements) {
      if (this.#boxes.has(path)) continue;
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'designer-box';
      button.dataset.path = path;
      const frame = element('span', 'designer-frame');
      frame.append(document.createElement('canvas'), element('span', 'designer-name', name));
      button.append(frame);
      this.#boxes.set(path, button);
      this.#layer.append(button);
    }
  }

  #layOut(elements: readonly PlacedElement[]): void {
    const { widthPt, heightPt } = this.#size;
    this.#page.style.width = `${widthPt * this.scale}px`;
    this.#page.style.height = `${heightPt * this.scale}px`;
    for (const { path, box } of elements) {
      const button = this.#boxes.get(path);
      if (button) this.#put(button, box);
    }
  }

  /** The button is large enough to be met; the frame in it is the element. */
  #put(button: HTMLButtonElement, [left, bottom, right, top]: Box): void {
    const { scale } = this;
    const size = { width: (right - left) * scale, height: (top - bottom) * scale };
    const target = { width: Math.max(TARGET_PX, size.width), height: Math.max(TARGET_PX, size.height) };
    button.style.left = `${left * scale - (target.width - size.width) / 2}px`;
    button.style.top = `${(this.#size.heightPt - top) * scale - (target.height - size.height) / 2}px`;
    button.style.width = `${target.width}px`;
    button.style.height = `${target.height}px`;
    // its name reaches to where there is room
    button.dataset.side = left + right > this.#size.widthPt * 1.2 ? 'right' : 'left';
    const frame = button.firstElementChild as HTMLElement;
    frame.style.width = `${size.width}px`;
    frame.style.height = `${size.height}px`;
  }

  /** Gives each box its part of the picture, as long as the picture shows it where the box is. */
  #lift(): void {
    if (this.#page.classList.contains('moving') || this.#back.width < 2) return;
    const fine = this.#front.width / (this.#size.widthPt * this.scale);
    const page = this.#page.getBoundingClientRect();
    for (const button of this.#boxes.values()) {
      const frame = button.firstElementChild as HTMLElement;
      const canvas = frame.querySelector('canvas') as HTMLCanvasElement;
      const { left, top, width, height } = frame.getBoundingClientRect();
      const shown = { width: width + 2 * BLEED_PX, height: height + 2 * BLEED_PX };
      canvas.width = Math.max(1, Math.round(shown.width * fine));
      canvas.height = Math.max(1, Math.round(shown.height * fine));
      canvas.style.width = `${shown.width}px`;
      canvas.style.height = `${shown.height}px`;
      canvas.style.left = canvas.style.top = `${-BLEED_PX}px`;
      const from = { x: (left - page.left - BLEED_PX) * fine, y: (top - page.top - BLEED_PX) * fine };
      const context = canvas.getContext('2d');
      context?.drawImage(this.#front, from.x, from.y, canvas.width, canvas.height, 0, 0, canvas.width, canvas.height);
    }
    this.#page.classList.add('moving');
  }

  #press(event: PointerEvent): void {
    const path = pathOf(event.target);
    if (path === null || event.button !== 0) return;
    this.#boxes.get(path)?.focus({ preventScroll: true });
    this.#layer.setPointerCapture(event.pointerId);
    this.#drag = { path, from: { x: event.clientX, y: event.clientY }, moving: false };
    event.preventDefault();
  }

  #pull({ clientX, clientY, altKey }: PointerEvent): void {
    const drag = this.#drag;
    if (!drag) return;
    const by = { x: clientX - drag.from.x, y: clientY - drag.from.y };
    drag.moving ||= Math.hypot(by.x, by.y) >= STILL_PX;
    // upwards is more on paper, and less in a window
    if (drag.moving) this.#events.drag(drag.path, { x: by.x / this.scale, y: -by.y / this.scale }, altKey);
  }

  #release(dropped: boolean): void {
    const drag = this.#drag;
    this.#drag = null;
    if (!drag?.moving) return;
    if (dropped) this.#events.drop(drag.path);
    else this.#events.cancel(drag.path);
  }

  #pressKey(event: KeyboardEvent): void {
    const path = pathOf(event.target);
    if (event.key === 'Escape' && this.#drag) this.#release(false);
    else if (path !== null) this.#events.key(path, event);
  }
}

function pathOf(target: EventTarget | null): string | null {
  const box = target instanceof Element ? target.closest<HTMLElement>('.designer-box') : null;
  return box?.dataset.path ?? null;
}
