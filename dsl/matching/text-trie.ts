/** Finding, of many texts, all those that a text starts or ends with: one step per branch, however many there are. */

import { splitsPair } from '../text-match.ts';

interface Node<Item> {
  /** What leads here from the parent, in the direction of walking; '' at the root only. */
  label: string;
  items: Item[] | null;
  /** By the first code unit of their labels. */
  children: Map<number, Node<Item>> | null;
}

export class TextTrie<Item> {
  readonly #fromEnd: boolean;
  readonly #root: Node<Item> = { label: '', items: null, children: null };
  #size = 0;

  /** @param from where the texts that are kept have to be in the texts that are asked about */
  constructor(from: 'start' | 'end') {
    this.#fromEnd = from === 'end';
  }

  /** How many different texts are kept. */
  get size(): number {
    return this.#size;
  }

  /** The items kept under exactly this text. Others may be added and removed in place, but not the last: see `delete`. */
  get(text: string): Item[] | undefined {
    return this.#wayTo(this.#turned(text))?.at(-1)?.items ?? undefined;
  }

  /** Keeps `items` under a text that has none yet. */
  set(text: string, items: Item[]): void {
    this.#size++;
    let node = this.#root;
    let rest = this.#turned(text);
    while (rest !== '') {
      const unit = rest.charCodeAt(0);
      node.children ??= new Map();
      const next = node.children.get(unit);
      if (next === undefined) {
        node.children.set(unit, { label: rest, items, children: null });
        return;
      }
      const common = lengthOfCommonStart(rest, next.label);
      if (common < next.label.length) {
        const fork: Node<Item> = { label: next.label.slice(0, common), items: null, children: new Map() };
        next.label = next.label.slice(common);
        fork.children?.set(next.label.charCodeAt(0), next);
        node.children.set(unit, fork);
        node = fork;
      } else node = next;
      rest = rest.slice(common);
    }
    node.items = items;
  }

  delete(text: string): void {
    const way = this.#wayTo(this.#turned(text));
    const node = way?.at(-1);
    if (!way || !node?.items) return;
    this.#size--;
    node.items = null;
    const parent = way.at(-2);
    if (!parent) return;
    if (node.children === null || node.children.size === 0) {
      parent.children?.delete(node.label.charCodeAt(0));
      if (way.length > 2) join(parent);
    } else join(node);
  }

  /** Calls `found` for the items of each kept text that the text starts, or ends, with. */
  find<Into>(text: string, found: (items: Item[], into: Into) => void, into: Into): void {
    const fromEnd = this.#fromEnd;
    const { length } = text;
    let node = this.#root;
    for (let done = 0; ; ) {
      if (node.items !== null && !splitsPair(text, fromEnd ? length - done : done)) found(node.items, into);
      if (node.children === null || done === length) return;
      const next = node.children.get(text.charCodeAt(fromEnd ? length - 1 - done : done));
      if (next === undefined) return;
      const { label } = next;
      if (done + label.length > length) return;
      for (let i = 1; i < label.length; i++) {
        if (text.charCodeAt(fromEnd ? length - 1 - done - i : done + i) !== label.charCodeAt(i)) return;
      }
      done += label.length;
      node = next;
    }
  }

  /** @returns the nodes from the root to that of the text; undefined where there is none */
  #wayTo(turned: string): Node<Item>[] | undefined {
    let node = this.#root;
    const way = [node];
    for (let done = 0; done < turned.length; ) {
      const next = node.children?.get(turned.charCodeAt(done));
      if (!next || !turned.startsWith(next.label, done)) return undefined;
      done += next.label.length;
      node = next;
      way.push(node);
    }
    return way;
  }

  /** By code units, not code points: a text and its halves are walked the same way. */
  #turned(text: string): string {
    return this.#fromEnd ? text.split('').reverse().join('') : text;
  }
}

function lengthOfCommonStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a.charCodeAt(length) === b.charCodeAt(length)) length++;
  return length;
}

/** A node that keeps nothing and leads to one other becomes that other. */
function join<Item>(node: Node<Item>): void {
  if (node.items !== null || node.children?.size !== 1) return;
  const [only] = node.children.values();
  if (!only) return;
  node.label += only.label;
  node.items = only.items;
  node.children = only.children;
}
