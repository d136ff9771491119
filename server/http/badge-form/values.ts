/** Values as a person reads and types them in the field of a data rule, and what a browser makes of a text. */

import { type FieldType, type Literal, parseFormValue, printLiteral } from '../../../dsl/index.ts';
import { type FilledWords, msg, words } from '../../../plugin/words.ts';

const SHAPES = /^(?:-?\d.*|true|false)$/;

/** Typed back into a field of the same type, it gives the same value. A text stands without quotes where nothing is lost. */
export function shownValue(literal: Literal, type: FieldType | null): string {
  if (literal.kind !== 'text') return printLiteral(literal);
  return needsQuotes(literal.value, type) ? JSON.stringify(literal.value) : literal.value;
}

function needsQuotes(text: string, type: FieldType | null): boolean {
  if (text === '' || text !== text.trim() || text.startsWith('"') || text !== asSent(text)) return true;
  return type === null ? SHAPES.test(text) : type.kind !== 'string' || type.format === 'date';
}

export type ReadValue =
  | { readonly ok: true; readonly literal: Literal }
  /** Read as text all the same, so that nothing is lost. */
  | ({ readonly ok: false; readonly literal: Literal } & Refusal);

/** Why a value cannot be read. */
export interface Refusal {
  readonly message: string;
  /** The rule language says it, in English. */
  readonly isEnglish?: true;
}

/** @param type null: unknown, the shape of the text decides */
export function readValue(typed: string, type: FieldType | null): ReadValue {
  const trimmed = typed.trim();
  const quoted = unquoted(trimmed);
  const text: Literal = { kind: 'text', value: quoted ?? trimmed, span };
  if (trimmed === '')
    return { ok: false, literal: text, message: msg('Enter the value to compare with; "" stands for an empty text.') };
  if (quoted !== null && (type === null || isText(type))) return { ok: true, literal: text };
  const known = type ?? guessed(trimmed);
  const value = parseFormValue(trimmed, known);
  if (!value.ok) return { ok: false, literal: text, message: sentence(value.message), isEnglish: true };
  if (typeof value.value === 'boolean') return { ok: true, literal: { kind: 'boolean', value: value.value, span } };
  if (typeof value.value === 'number') return { ok: true, literal: { kind: 'number', value: value.value, span } };
  if (isText(known)) return { ok: true, literal: text };
  return { ok: true, literal: { kind: 'date', text: dateText(trimmed), span } };
}

const span = { start: 0, end: 0 };

function isText(type: FieldType): boolean {
  return type.kind === 'string' && type.format !== 'date';
}

function guessed(text: string): FieldType {
  for (const type of [
    { kind: 'number', integer: false },
    { kind: 'string', format: 'date' },
  ] as const)
    if (parseFormValue(text, type).ok) return type;
  return text === 'true' || text === 'false' ? { kind: 'boolean' } : { kind: 'string', format: null };
}

function unquoted(text: string): string | null {
  if (!text.startsWith('"') || !text.endsWith('"') || text.length < 2) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}

/** In the one form that the language has: people may put a space between day and time. */
export function dateText(typed: string): string {
  return typed
    .trim()
    .replace(/^(\d{4}-\d{2}-\d{2})[Tt ]/, '$1T')
    .replace(/z$/, 'Z');
}

/** What a browser sends back of a text that nobody touched: without line ends, in valid UTF-8. */
export function asSent(text: string): string {
  return Buffer.from(text.replace(/[\r\n]/g, '').replaceAll('\0', '\ufffd'), 'utf8').toString('utf8');
}

export function sentence(text: string): string {
  return ended(text.charAt(0).toUpperCase() + text.slice(1));
}

export function ended(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}

/** Before what the rule language says of a place in a text. */
export function placed({ line, column }: { readonly line: number; readonly column: number }): FilledWords {
  return words('Line {line}, column {column}:', { line, column });
}
