/** Fields of a form as nodes of the syntax tree. A field that stands as it was gives the very node it was made from. */

import {
  type DateLiteral,
  type Expression,
  type Name,
  type NumberLiteral,
  type Span,
  type TextLiteral,
  toInstant,
} from '../../../dsl/index.ts';
import { msg, type Words } from '../../../plugin/words.ts';
import type { FieldError } from '../forms/forms.ts';
import { asSent, dateText } from './values.ts';

/** Of a node that stands in no text. */
export const NOWHERE: Span = { start: 0, end: 0 };

const WORD = /^[A-Za-z_][A-Za-z0-9_-]*$/;
const DOTTED = /^[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*$/;
/** Stand-ins for numbers count on from here: no rule means such a number. */
const FIRST_NUMBER = 7_100_000_000_000_000;

/** One pass over a form. What cannot be read becomes a problem of its field, and a node all the same: a stand-in that
 *  `restore` turns back into what was typed. */
export class Reading {
  readonly problems: FieldError[] = [];
  /** What was typed is to be seen in the text; otherwise it is left out, so that the rest can be checked. */
  readonly keeps: boolean;
  readonly #taken: string;
  /** By what was typed: an id and what refers to it stay together. */
  readonly #words = new Map<string, string>();
  readonly #numbers = new Map<string, string>();

  /** @param taken everything that stands in the text and the form: a stand-in differs from all of it */
  constructor(keeps: boolean, taken: string) {
    this.keeps = keeps;
    this.#taken = taken;
  }

  refuse(field: string, message: Words, english?: string): void {
    this.problems.push({ field, message, ...(english !== undefined && { english }) });
  }

  name(field: string, typed: string, base: Name | null, message: string, pattern = WORD): Name {
    if (base !== null && isSame(typed, base.text)) return base;
    const text = typed.trim();
    const span = base?.span ?? NOWHERE;
    if (pattern.test(text)) return { kind: 'name', text, span };
    this.refuse(field, message);
    return { kind: 'name', text: this.#standIn(text), span };
  }

  dottedName(field: string, typed: string, base: Name | null, message: string): Name {
    return this.name(field, typed, base, message, DOTTED);
  }

  /** The name of something that has a field of its own, where a problem is reported. */
  reference(typed: string, base: Name | null): Name {
    if (base !== null && isSame(typed, base.text)) return base;
    const text = typed.trim();
    return { kind: 'name', text: WORD.test(text) ? text : this.#standIn(text), span: base?.span ?? NOWHERE };
  }

  /** @returns null for an empty field */
  text(typed: string, base: TextLiteral | null): TextLiteral | null {
    if (isSame(typed, base?.value ?? '')) return base;
    const value = asSent(typed).trim();
    return value === '' ? null : { kind: 'text', value, span: base?.span ?? NOWHERE };
  }

  number(field: string, typed: string, base: NumberLiteral | null, message: string): NumberLiteral | null {
    if (base !== null && typed.trim() === String(base.value)) return base;
    const text = typed.trim();
    const span = base?.span ?? NOWHERE;
    if (/^\d{1,15}$/.test(text)) return { kind: 'number', value: Number(text), span };
    this.refuse(field, message);
    return this.keeps ? { kind: 'number', value: Number(this.#standInNumber(text)), span } : null;
  }

  date(field: string, typed: string, base: DateLiteral | null): DateLiteral | null {
    if (isSame(typed, base?.text ?? '')) return base;
    const span = base?.span ?? NOWHERE;
    if (typed.trim() === '') return null;
    const text = dateText(typed);
    if (toInstant(text) !== null) return { kind: 'date', text, span };
    this.refuse(field, msg('Write a date such as 2026-02-01, or a time such as 2026-02-01T09:00:00Z.'));
    return this.keeps ? { kind: 'date', text: this.#standIn(typed.trim()), span } : null;
  }

  /** A condition that cannot be read. */
  condition(typed: string): Expression | null {
    if (!this.keeps) return null;
    const name: Name = { kind: 'name', text: this.#standIn(typed), span: NOWHERE };
    return { kind: 'is-true', path: { kind: 'path', segments: [name], span: NOWHERE }, span: NOWHERE };
  }

  /** A printed text or a message with what was typed in place of the stand-ins. */
  restore(text: string): string {
    let restored = text;
    for (const [typed, standIn] of [...this.#words, ...this.#numbers])
      restored = restored.replaceAll(standIn, () => typed);
    return restored;
  }

  #standIn(typed: string): string {
    return this.#add(this.#words, typed, (n) => `typed_${n}_`);
  }

  #standInNumber(typed: string): string {
    return this.#add(this.#numbers, typed, (n) => String(FIRST_NUMBER + n));
  }

  #add(standIns: Map<string, string>, typed: string, candidate: (n: number) => string): string {
    let standIn = standIns.get(typed);
    if (standIn === undefined) {
      const used = new Set(standIns.values());
      let n = 0;
      do standIn = candidate(n++);
      while (used.has(standIn) || this.#taken.includes(standIn));
      standIns.set(typed, standIn);
    }
    return standIn;
  }
}

/** Whether a browser would have sent this for the text untouched. */
export function isSame(typed: string, text: string): boolean {
  return typed === text || asSent(typed) === asSent(text);
}
