/** Beside the page: which element is chosen, its place in figures, and what is doubtful. */

import type { DesignNote, PlacedElement } from '../../plugin/extensions/page-design.ts';
import { type Point, rounded } from './geometry.ts';
import { element, part } from './parts.ts';
import type { Problem } from './preview.ts';
import { say } from './speech.ts';

export interface SideEvents {
  choose(path: string): void;
  /** What was typed for one of the figures. */
  enter(at: Partial<Point>): void;
  nudge(by: Point): void;
  toMiddle(): void;
  reveal(path: string): void;
}

const KINDS = { text: 'text', image: 'image', 'qr-code': 'qrCode' } as const;

export class Side {
  readonly #list: HTMLSelectElement;
  readonly #x: HTMLInputElement;
  readonly #y: HTMLInputElement;
  readonly #facts: HTMLElement;
  readonly #notes: HTMLElement;
  readonly #events: SideEvents;
  #notesShown = '';

  constructor(root: HTMLElement, events: SideEvents) {
    this.#list = part<HTMLSelectElement>(root, 'element');
    this.#x = part<HTMLInputElement>(root, 'x');
    this.#y = part<HTMLInputElement>(root, 'y');
    this.#facts = part(root, 'facts');
    this.#notes = part(root, 'notes');
    this.#events = events;
    this.#list.addEventListener('change', () => events.choose(this.#list.value));
    for (const [axis, input] of [
      ['x', this.#x],
      ['y', this.#y],
    ] as const) {
      const enter = () => {
        if (input.value !== '' && Number.isFinite(input.valueAsNumber)) events.enter({ [axis]: input.valueAsNumber });
      };
      input.addEventListener('change', enter);
      input.addEventListener('keydown', (event) => {
        if (event.key !== 'Enter') return;
        // it would save the form
        event.preventDefault();
        enter();
      });
    }
    for (const button of root.querySelectorAll<HTMLElement>('[data-nudge]')) {
      const [x = 0, y = 0] = (button.dataset.nudge ?? '').split(' ').map(Number);
      button.addEventListener('click', () => events.nudge({ x, y }));
    }
    part(root, 'middle').addEventListener('click', () => events.toMiddle());
    part(root, 'reveal').addEventListener('click', () => events.reveal(this.#list.value));
  }

  list(elements: readonly PlacedElement[], chosen: string | null): void {
    const options = elements.map(({ path, name, kind }) => new Option(`${name} (${say(KINDS[kind])})`, path));
    this.#list.replaceChildren(...options);
    this.#list.value = chosen ?? '';
  }

  show({ path, kind, text, box }: PlacedElement, { x, y }: Point): void {
    this.#list.value = path;
    this.#x.value = String(rounded(x));
    this.#y.value = String(rounded(y));
    const [left, bottom, right, top] = box;
    const size = say('size', { width: Math.round(right - left), height: Math.round(top - bottom) });
    if (kind === 'image') this.#facts.replaceChildren(size);
    else {
      // Of a name from right to left the figures behind it would become part.
      const written = element('bdi', '', text);
      const [before = '', after = ''] = say('written', { size }).split('{text}');
      this.#facts.replaceChildren(before, written, after);
    }
  }

  /** Replaced only when it says something else: it is read aloud. */
  say(notes: readonly DesignNote[], problems: readonly Problem[]): void {
    const said = JSON.stringify([notes, problems]);
    if (said === this.#notesShown) return;
    this.#notesShown = said;
    const items = [
      ...problems.map(({ message, field }) =>
        this.#item('error', message, () => document.getElementById(field)?.focus()),
      ),
      ...notes.map(({ severity, message, path }) => this.#item(severity, message, () => this.#events.choose(path))),
    ];
    if (items.length === 0) {
      this.#notes.replaceChildren(element('p', 'designer-good', say('fits')));
      return;
    }
    const list = element('ul', '');
    list.append(...items);
    this.#notes.replaceChildren(list);
  }

  #item(severity: DesignNote['severity'], message: string, go: () => void): HTMLElement {
    const item = element('li', `designer-note ${severity}`);
    const text = `${message.charAt(0).toUpperCase()}${message.slice(1)}${/[.!?]$/.test(message) ? '' : '.'}`;
    const button = element('button', 'small', say('goTo'));
    button.setAttribute('type', 'button');
    button.addEventListener('click', go);
    item.append(element('strong', '', `${severity === 'error' ? say('error') : say('note')} `), `${text} `, button);
    return item;
  }
}
