/** The fields of the form that say where an element is. They are the truth: what is moved is moved in them. An element has
 *  fields by its name, `o.text_elements.name.x`, or in a numbered entry whose `.$key` is its name, `o.text_elements.0.x`. */

import type { Said } from './moves.ts';

export class FormFields {
  readonly #form: HTMLFormElement;

  constructor(form: HTMLFormElement) {
    this.#form = form;
  }

  /** Whether there are fields: options may be shown as JSON as well. */
  get present(): boolean {
    return this.#value('mode') === 'form';
  }

  read(path: string): Said {
    const prefix = this.#prefixOf(path);
    if (prefix === null) return { x: '', y: '' };
    return { x: this.#value(`${prefix}.x`), y: this.#value(`${prefix}.y`) };
  }

  /** An element that only the type has gets an entry of its own. @returns whether it could be written */
  write(path: string, said: Partial<Said>): boolean {
    const prefix = this.#prefixOf(path) ?? this.#newEntry(path);
    if (prefix === null) return false;
    for (const axis of ['x', 'y'] as const) {
      const field = this.#field(`${prefix}.${axis}`);
      if (field && said[axis] !== undefined) field.value = said[axis];
    }
    return true;
  }

  /** Opens the options of an element. @returns the field to go to */
  reveal(path: string): HTMLElement | null {
    const prefix = this.#prefixOf(path);
    if (prefix === null) return null;
    const group = document.getElementById(prefix);
    for (let at = group; at; at = at.parentElement) if (at instanceof HTMLDetailsElement) at.open = true;
    return this.#field(`${prefix}.x`) ?? this.#field(`${prefix}.y`);
  }

  #prefixOf(path: string): string | null {
    const { map, name } = partsOf(path);
    for (let index = 0; this.#field(`o.${map}.${index}.$key`); index++) {
      if (this.#value(`o.${map}.${index}.$key`).trim() === name) return `o.${map}.${index}`;
    }
    // a numbered entry is no element of that name
    const known = `o.${map}.${name}`;
    return this.#field(`${known}.y`) && !this.#field(`${known}.$key`) ? known : null;
  }

  /** Fills in the empty entry at the end of its map, and puts another one behind it. */
  #newEntry(path: string): string | null {
    const { map, name } = partsOf(path);
    let index = 0;
    while (this.#field(`o.${map}.${index + 1}.$key`)) index++;
    const prefix = `o.${map}.${index}`;
    const key = this.#field(`${prefix}.$key`);
    const entry = document.getElementById(prefix);
    if (!key || !entry || key.value !== '') return null;
    const next = entry.cloneNode(true) as HTMLElement;
    for (const part of [next, ...next.querySelectorAll('*')]) renumber(part, prefix, `o.${map}.${index + 1}`);
    entry.after(next);
    key.value = name;
    const title = entry.querySelector('summary');
    if (title) title.textContent = name;
    return prefix;
  }

  #value(name: string): string {
    return this.#field(name)?.value ?? '';
  }

  #field(name: string): HTMLInputElement | null {
    const found = this.#form.elements.namedItem(name);
    return found instanceof HTMLElement ? (found as HTMLInputElement) : null;
  }
}

function partsOf(path: string): { readonly map: string; readonly name: string } {
  const dot = path.indexOf('.');
  return { map: path.slice(0, dot), name: path.slice(dot + 1) };
}

function renumber(element: Element, from: string, to: string): void {
  for (const attribute of ['id', 'name', 'for', 'aria-describedby']) {
    const value = element.getAttribute(attribute);
    if (value !== null) element.setAttribute(attribute, value.replaceAll(from, to));
  }
}
