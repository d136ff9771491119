/** Where comments go when a file is printed anew: each stays with what it stood beside. */

import type { BadgeBlock, Comment, PenaltyBlock, RequirementBlock, RuleFile, Span, TestBlock } from './ast.ts';

interface Anchor {
  readonly span: Span;
}

interface Beside {
  readonly before: Comment[];
  /** On the line where it ends. */
  after: Comment | null;
}

interface Inside {
  /** On the line of the opening brace. */
  header: Comment | null;
  /** Below the header, where it holds more than one. */
  readonly first: Comment[];
  readonly end: Comment[];
}

type Container = RuleFile | BadgeBlock | RequirementBlock | PenaltyBlock | TestBlock;

/** The comments of one file by the node they belong to. */
export class Comments {
  readonly #beside = new Map<Anchor, Beside>();
  readonly #inside = new Map<Container, Inside>();

  readonly #all: readonly Comment[];

  constructor(file: RuleFile) {
    this.#all = file.comments;
    for (const comment of file.comments) this.#place(comment, file);
  }

  /** Lines above a node. */
  before(node: Anchor): readonly Comment[] {
    return this.#beside.get(node)?.before ?? [];
  }

  /** ` # ...` at the end of its last line, or ''. */
  after(node: Anchor): string {
    return suffix(this.#beside.get(node)?.after ?? null);
  }

  /** What goes when a block goes: everything inside, and what stands above it or at its end; not a comment above that an
   *  empty line sets apart. */
  of(block: Container): readonly Comment[] {
    const { before, after } = this.#beside.get(block) ?? { before: [], after: null };
    return [...before.filter(({ detached }) => !detached), ...(after === null ? [] : [after]), ...this.#within(block)];
  }

  #within({ span }: Container): readonly Comment[] {
    return this.#all.filter((comment) => span.start <= comment.span.start && comment.span.end <= span.end);
  }

  header(container: Container): string {
    return suffix(this.#inside.get(container)?.header ?? null);
  }

  /** Lines right after the header. */
  first(container: Container): readonly Comment[] {
    return this.#inside.get(container)?.first ?? [];
  }

  /** Lines before the closing brace, or the end of the file. */
  end(container: Container): readonly Comment[] {
    return this.#inside.get(container)?.end ?? [];
  }

  #place(comment: Comment, container: Container): void {
    const anchors = anchorsOf(container);
    const around = anchors.find(({ span }) => span.start <= comment.span.start && comment.span.end <= span.end);
    if (around !== undefined && isContainer(around)) this.#place(comment, around);
    else if (around !== undefined) this.#of(around).before.push(comment);
    else if (comment.ownLine) this.#placeLine(comment, container, anchors);
    else this.#placeEnd(comment, container, anchors);
  }

  #placeLine(comment: Comment, container: Container, anchors: readonly Anchor[]): void {
    const next = anchors.find(({ span }) => span.start >= comment.span.end);
    if (next === undefined) this.#in(container).end.push(comment);
    else this.#of(next).before.push(comment);
  }

  #placeEnd(comment: Comment, container: Container, anchors: readonly Anchor[]): void {
    const previous = anchors.findLast(({ span }) => span.end <= comment.span.start);
    if (previous !== undefined) {
      const beside = this.#of(previous);
      if (beside.after === null) beside.after = comment;
      else beside.before.push(comment);
      return;
    }
    const inside = this.#in(container);
    if (container.kind === 'rule-file') this.#placeLine(comment, container, anchors);
    else if (inside.header === null) inside.header = comment;
    else inside.first.push(comment);
  }

  #of(anchor: Anchor): Beside {
    let beside = this.#beside.get(anchor);
    if (beside === undefined) {
      beside = { before: [], after: null };
      this.#beside.set(anchor, beside);
    }
    return beside;
  }

  #in(container: Container): Inside {
    let inside = this.#inside.get(container);
    if (inside === undefined) {
      inside = { header: null, first: [], end: [] };
      this.#inside.set(container, inside);
    }
    return inside;
  }
}

function suffix(comment: Comment | null): string {
  return comment === null ? '' : ` ${printComment(comment)}`;
}

export function printComment({ text }: Comment): string {
  return `#${text}`;
}

function isContainer(node: Anchor): node is Container {
  const { kind } = node as Anchor & { readonly kind?: string };
  return kind === 'badge' || kind === 'requirement' || kind === 'penalty' || kind === 'test';
}

/** What a comment may stand beside, in the order of the text. */
function anchorsOf(container: Container): readonly Anchor[] {
  return (
    nodesOf(container)
      // What was never written has no place that a comment could stand beside.
      .filter((node): node is Anchor => node !== null && node.span.end > 0)
      .sort((a, b) => a.span.start - b.span.start)
  );
}

function nodesOf(container: Container): readonly (Anchor | null)[] {
  switch (container.kind) {
    case 'rule-file':
      return container.blocks;
    case 'badge': {
      const { name, template, active, evaluate, repeatable, onRegress, reAward, requirements, penalties } = container;
      return [name, template, active, evaluate, repeatable, onRegress, reAward, ...requirements, ...penalties];
    }
    case 'requirement': {
      const { description, on, where, count, after, from, until } = container;
      return [description, on, where, count, after, from, until];
    }
    case 'penalty':
      return [container.description, container.on, container.where, ...container.resets];
    case 'test':
      return [container.badge, ...container.steps];
  }
}
