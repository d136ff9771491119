/** The certificate on the form of a type or configuration: shown as it is made, and its elements moved on it. What is moved
 *  is written into the fields of the form, and what is written there moves; the server says how it comes out. */

import type { Box, PlacedElement } from '../../plugin/extensions/page-design.ts';
import { Changes } from './changes.ts';
import { FormFields } from './form-fields.ts';
import {
  alignments,
  type Guide,
  guidesOf,
  move,
  nudged,
  type Point,
  placeInWords,
  rounded,
  shifted,
} from './geometry.ts';
import { Moves, type Said } from './moves.ts';
import { part, setUsable } from './parts.ts';
import { useWorker } from './pdf-picture.ts';
import { type Preview, Previews, type Problem } from './preview.ts';
import { Side } from './side.ts';
import { say } from './speech.ts';
import { Stage } from './stage.ts';

const AFTER_A_MOVE_MS = 250;
const AFTER_A_KEY_MS = 500;
/** In pixels of the window. */
const SNAP_PX = 6;

const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: 1 },
  ArrowDown: { x: 0, y: -1 },
};

export class Designer {
  readonly #root: HTMLElement;
  readonly #fields: FormFields;
  readonly #previews: Previews;
  readonly #stage: Stage;
  readonly #side: Side;
  readonly #changes: Changes | null;
  readonly #moves = new Moves();
  /** Where elements were moved to since the last picture. */
  readonly #places = new Map<string, Point>();
  #preview: Preview | null = null;
  #problems: readonly Problem[] = [];
  #chosen: string | null = null;
  #target: { readonly path: string; readonly at: Point } | null = null;
  #sample: string;
  #timer = 0;

  constructor(root: HTMLElement, form: HTMLFormElement) {
    const { preview = '', stored = '', worker = '' } = root.dataset;
    useWorker(worker);
    this.#root = root;
    this.#fields = new FormFields(form);
    this.#previews = new Previews(form, preview);
    this.#stage = new Stage(root, {
      choose: (path) => this.#choose(path),
      drag: (path, by, free) => this.#drag(path, by, free),
      drop: (path) => this.#drop(path),
      cancel: (path) => this.#cancel(path),
      key: (path, event) => this.#key(path, event),
    });
    this.#side = new Side(root, {
      choose: (path) => this.#stage.focus(path),
      enter: (at) => this.#enter(at),
      nudge: (by) => this.#chosen !== null && this.#nudge(this.#chosen, by),
      toMiddle: () => this.#toMiddle(),
      reveal: (path) => this.#fields.reveal(path)?.focus(),
    });
    const panel = root.querySelector<HTMLDetailsElement>('[data-changes]');
    this.#changes = panel && new Changes(panel, form, preview, stored);
    this.#sample = root.querySelector<HTMLElement>('[data-sample]')?.dataset.sample ?? '';
    this.#listen(form);
    root.hidden = false;
    void this.#refresh();
  }

  #listen(form: HTMLFormElement): void {
    const edited = ({ target }: Event) => {
      if (target instanceof Node && !this.#root.contains(target)) this.#soon(AFTER_A_KEY_MS);
    };
    form.addEventListener('input', edited);
    form.addEventListener('change', edited);
    for (const button of this.#root.querySelectorAll<HTMLElement>('[data-sample]')) {
      button.addEventListener('click', () => this.#takeSample(button));
    }
    part(this.#root, 'undo').addEventListener('click', () => this.#undo());
    part(this.#root, 'redo').addEventListener('click', () => this.#redo());
    const zoom = part<HTMLSelectElement>(this.#root, 'zoom');
    const rescale = () => {
      const value = zoom.value === 'fit' ? null : Number(zoom.value);
      void this.#stage.zoom(
        value,
        this.#elements().map((one) => ({ ...one, box: this.#boxOf(one) })),
      );
    };
    zoom.addEventListener('change', rescale);
    let width = innerWidth;
    addEventListener('resize', () => {
      if (innerWidth !== width && zoom.value === 'fit' && !this.#stage.dragging) rescale();
      width = innerWidth;
    });
  }

  #soon(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#refresh(), delayMs);
  }

  async #refresh(): Promise<void> {
    clearTimeout(this.#timer);
    const sample = this.#sample;
    this.#busy('Drawing…');
    const answer = await this.#previews.ask({ sample });
    if (answer.kind === 'superseded') return;
    if (answer.kind === 'problems') {
      this.#problems = answer.problems;
      this.#busy(say('earlier'));
      this.#side.say(this.#preview?.notes ?? [], this.#problems);
      return;
    }
    const { preview } = answer;
    this.#preview = preview;
    this.#problems = [];
    this.#places.clear();
    try {
      await this.#stage.show(preview);
      this.#busy('');
    } catch {
      this.#problems = [{ field: 'options', message: say('cannotDraw') }];
    }
    this.#chosen = (this.#find(this.#chosen) ?? this.#mainElement())?.path ?? null;
    this.#side.list(this.#elements(), this.#chosen);
    this.#side.say(preview.notes, this.#problems);
    for (const one of this.#elements()) this.#stage.describe(one.path, this.#words(one));
    this.#showChosen();
    await this.#changes?.follow(preview, sample);
  }

  #elements(): readonly PlacedElement[] {
    return this.#preview?.elements ?? [];
  }

  #find(path: string | null): PlacedElement | null {
    return this.#elements().find((one) => one.path === path) ?? null;
  }

  /** What people come for. */
  #mainElement(): PlacedElement | undefined {
    return this.#elements().find(({ kind }) => kind === 'text') ?? this.#elements()[0];
  }

  #placeOf(one: PlacedElement): Point {
    return this.#places.get(one.path) ?? one;
  }

  #boxOf(one: PlacedElement): Box {
    const at = this.#placeOf(one);
    return shifted(one.box, { x: at.x - one.x, y: at.y - one.y });
  }

  /** As it lies now. */
  #now(one: PlacedElement): PlacedElement {
    return { ...one, ...this.#placeOf(one), box: this.#boxOf(one) };
  }

  #guides(path: string): readonly Guide[] {
    if (this.#preview === null) return [];
    const others = this.#elements().filter((one) => one.path !== path);
    return guidesOf(
      this.#preview,
      others.map((one) => this.#now(one)),
    );
  }

  #words(one: PlacedElement): string {
    const now = this.#now(one);
    return placeInWords(one, now, alignments(now, this.#guides(one.path)));
  }

  #choose(path: string): void {
    if (this.#chosen === path) return;
    this.#chosen = path;
    this.#showChosen();
  }

  #showChosen(): void {
    const one = this.#find(this.#chosen);
    const doubts = new Map<string, 'error' | 'warning'>();
    for (const { path, severity } of this.#preview?.notes ?? []) {
      if (doubts.get(path) !== 'error') doubts.set(path, severity);
    }
    this.#stage.mark(this.#chosen, doubts);
    if (one) this.#side.show(one, this.#placeOf(one));
  }

  #drag(path: string, by: Point, free: boolean): void {
    const one = this.#find(path);
    if (!one || this.#preview === null || this.#isLocked()) return;
    const snaps = part<HTMLInputElement>(this.#root, 'snap').checked && !free;
    const reachPt = snaps ? SNAP_PX / this.#stage.scale : 0;
    const { guides, ...at } = move(this.#now(one), by, this.#preview, this.#guides(path), reachPt);
    this.#target = { path, at };
    this.#stage.place(path, shifted(one.box, { x: at.x - one.x, y: at.y - one.y }));
    this.#stage.align(guides);
    this.#side.show(one, at);
  }

  #drop(path: string): void {
    const target = this.#target;
    this.#target = null;
    this.#stage.align([]);
    if (target?.path === path) this.#moveTo(path, target.at, false);
  }

  #cancel(path: string): void {
    const one = this.#find(path);
    this.#target = null;
    this.#stage.align([]);
    if (!one) return;
    this.#stage.place(path, this.#boxOf(one));
    if (this.#places.size === 0) this.#stage.settle();
    this.#showChosen();
    this.#say(say('stays', { name: one.name }));
  }

  #key(path: string, event: KeyboardEvent): void {
    const { key, shiftKey, altKey } = event;
    const command = event.ctrlKey || event.metaKey;
    const letter = command && !altKey ? key.toLowerCase() : '';
    if (letter === 'z' || letter === 'y') {
      event.preventDefault();
      if (letter === 'z' && !shiftKey) this.#undo();
      else this.#redo();
      return;
    }
    const arrow = ARROWS[key];
    if (!arrow || command || altKey) return;
    event.preventDefault();
    const step = shiftKey ? 10 : 1;
    this.#nudge(path, { x: arrow.x * step, y: arrow.y * step });
  }

  #nudge(path: string, by: Point): void {
    const one = this.#find(path);
    if (!one || this.#preview === null || this.#isLocked()) return;
    const { x, y } = this.#placeOf(one);
    const { widthPt, heightPt } = this.#preview;
    this.#moveTo(path, { x: nudged(x, by.x, widthPt), y: nudged(y, by.y, heightPt) }, true);
  }

  #enter({ x, y }: Partial<Point>): void {
    const one = this.#find(this.#chosen);
    if (!one || this.#isLocked()) return;
    const from = this.#placeOf(one);
    this.#moveTo(one.path, { x: Math.max(0, x ?? from.x), y: Math.max(0, y ?? from.y) }, false);
  }

  #toMiddle(): void {
    const one = this.#find(this.#chosen);
    if (!one || this.#preview === null || this.#isLocked()) return;
    const [left, , right] = this.#boxOf(one);
    const { x, y } = this.#placeOf(one);
    this.#moveTo(one.path, { x: x + this.#preview.widthPt / 2 - (left + right) / 2, y }, false);
  }

  #moveTo(path: string, to: Point, repeated: boolean): void {
    const one = this.#find(path);
    if (!one) return;
    const from = this.#placeOf(one);
    const before = this.#fields.read(path);
    const after: Said = {
      x: rounded(to.x) === rounded(from.x) ? before.x : String(rounded(to.x)),
      y: rounded(to.y) === rounded(from.y) ? before.y : String(rounded(to.y)),
    };
    if (!this.#fields.write(path, after)) {
      this.#say(say('fixed', { name: one.name }));
      return;
    }
    this.#moves.add({ path, before, after }, repeated, performance.now());
    this.#places.set(path, to);
    this.#stage.place(path, this.#boxOf(one));
    this.#showMoved(one);
  }

  #showMoved(one: PlacedElement): void {
    const words = this.#words(one);
    this.#stage.describe(one.path, words);
    this.#say(words);
    this.#showChosen();
    setUsable(part(this.#root, 'undo'), this.#moves.canUndo);
    setUsable(part(this.#root, 'redo'), this.#moves.canRedo);
    this.#soon(AFTER_A_MOVE_MS);
  }

  #undo(): void {
    const step = this.#moves.undo();
    if (step) this.#putBack(step.path, step.before, 'takenBack');
    else this.#say(say('nothingToTakeBack'));
  }

  #redo(): void {
    const step = this.#moves.redo();
    if (step) this.#putBack(step.path, step.after, 'movedAgain');
    else this.#say(say('nothingToDoAgain'));
  }

  #putBack(path: string, said: Said, what: 'takenBack' | 'movedAgain'): void {
    this.#fields.write(path, said);
    const name = this.#find(path)?.name ?? path;
    this.#chosen = path;
    setUsable(part(this.#root, 'undo'), this.#moves.canUndo);
    setUsable(part(this.#root, 'redo'), this.#moves.canRedo);
    this.#say(say(what, { name }));
    // a field that says nothing leaves the place to the server
    void this.#refresh();
  }

  #takeSample(pressed: HTMLElement): void {
    this.#sample = pressed.dataset.sample ?? '';
    for (const button of this.#root.querySelectorAll('[data-sample]')) {
      button.setAttribute('aria-pressed', String(button === pressed));
    }
    void this.#refresh();
  }

  #isLocked(): boolean {
    if (this.#fields.present) return false;
    this.#say(say('shownAsJson'));
    return true;
  }

  #say(words: string): void {
    part(this.#root, 'say').textContent = words;
  }

  #busy(words: string): void {
    part(this.#root, 'busy').textContent = words;
  }
}
