/** All forms of a page as a browser reads them, and what each would send untouched. */

import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import { elementsOf } from './live-markup.ts';

type Element = DefaultTreeAdapterTypes.Element;

export interface PageForm {
  /** Path and query. */
  readonly action: string;
  readonly method: 'get' | 'post';
  readonly fields: Readonly<Record<string, string>>;
  /** Names of the fields into which a person can write. */
  readonly texts: readonly string[];
}

const NOT_TYPED = ['hidden', 'checkbox', 'radio', 'submit', 'button', 'file', 'image', 'reset'];

export function formsOf(html: string, address: string): readonly PageForm[] {
  return elementsOf(parse(html))
    .filter(({ tagName }) => tagName === 'form')
    .map((form) => {
      const inputs = elementsOf(form).filter(({ tagName }) => ['input', 'select', 'textarea'].includes(tagName));
      const fields: Record<string, string> = {};
      const texts: string[] = [];
      for (const input of inputs) {
        const name = of(input, 'name');
        if (name === null) continue;
        const type = of(input, 'type') ?? 'text';
        if (input.tagName !== 'select' && !(input.tagName === 'input' && NOT_TYPED.includes(type))) texts.push(name);
        if (['checkbox', 'radio'].includes(type) && of(input, 'checked') === null) continue;
        if (!['submit', 'button', 'file', 'image', 'reset'].includes(type)) fields[name] = sentBy(input);
      }
      return {
        action: of(form, 'action') ?? address,
        method: of(form, 'method') === 'post' ? 'post' : 'get',
        fields,
        texts,
      };
    });
}

export function linksOf(html: string): readonly string[] {
  return elementsOf(parse(html)).flatMap((element) => (element.tagName === 'a' ? (of(element, 'href') ?? []) : []));
}

function sentBy(input: Element): string {
  if (input.tagName === 'textarea') return textIn(input);
  if (input.tagName !== 'select') return of(input, 'value') ?? (of(input, 'type') === 'checkbox' ? 'on' : '');
  const options = elementsOf(input).filter(({ tagName }) => tagName === 'option');
  const chosen = options.find((option) => of(option, 'selected') !== null) ?? options[0];
  return chosen === undefined ? '' : (of(chosen, 'value') ?? textIn(chosen));
}

function textIn(element: Element): string {
  return element.childNodes.map((node) => ('value' in node ? node.value : '')).join('');
}

function of(element: Element, name: string): string | null {
  return element.attrs.find((attribute) => attribute.name === name)?.value ?? null;
}
