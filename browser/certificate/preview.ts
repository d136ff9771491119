/** Asks the server how the form, as it is filled in, comes out. */

import type { PageDesign } from '../../plugin/extensions/page-design.ts';
import { say } from './speech.ts';

export interface Preview extends PageDesign {
  readonly document: Uint8Array;
  /** The page without elements, and a word that stays the same as long as it does. */
  readonly background: { readonly hash: string; readonly bytes: Uint8Array };
}

export interface Problem {
  readonly field: string;
  readonly message: string;
}

export type Answer =
  | { readonly kind: 'preview'; readonly preview: Preview }
  /** Something to put right in the form. */
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] }
  /** Another question was asked meanwhile. */
  | { readonly kind: 'superseded' };

export interface Question {
  readonly sample: string;
  /** Id of what is stored: asks for that instead of the form. */
  readonly stored?: string;
}

export class Previews {
  readonly #form: HTMLFormElement;
  readonly #address: string;
  #background: Preview['background'] | null = null;
  #asking: AbortController | null = null;

  constructor(form: HTMLFormElement, address: string) {
    this.#form = form;
    this.#address = address;
  }

  /** Never rejects: what goes wrong is a problem. */
  async ask(question: Question): Promise<Answer> {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    try {
      return await this.#answerTo(question, asking.signal);
    } catch {
      if (asking.signal.aborted) return { kind: 'superseded' };
      return failure(say('unreachable'));
    }
  }

  async #answerTo({ sample, stored = '' }: Question, signal: AbortSignal): Promise<Answer> {
    const fields = new URLSearchParams();
    for (const [name, value] of new FormData(this.#form)) if (typeof value === 'string') fields.append(name, value);
    const known = this.#background?.hash ?? '';
    for (const [name, value] of Object.entries({ sample, stored, background: known })) fields.set(name, value);
    const response = await fetch(this.#address, {
      ...{ method: 'POST', body: fields, signal, credentials: 'same-origin' },
      headers: { accept: 'application/json' },
    });
    const answer = await response.json();
    if (response.status === 422) return { kind: 'problems', problems: answer.problems };
    if (!response.ok) return failure(sentence(answer.detail));
    const { document, background, ...page } = answer;
    if (background.bytes !== null) this.#background = { hash: background.hash, bytes: bytesOf(background.bytes) };
    if (this.#background === null) return failure(say('leftOut'));
    const preview = { ...page, document: bytesOf(document), background: this.#background };
    return { kind: 'preview', preview };
  }
}

function failure(message: string): Answer {
  return { kind: 'problems', problems: [{ field: 'options', message }] };
}

function sentence(message: unknown): string {
  const text = String(message);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
