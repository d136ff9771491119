/** Rule files cut into what is stored: for each badge its block and the tests about it, in canonical form. */

import { type BadgeBlock, type Comment, parse, printFile, type RuleFile, type TestBlock } from '../../dsl/index.ts';

export interface BadgeSource {
  readonly id: string;
  /** Printed anew it stays as it is. */
  readonly source: string;
}

type Block = BadgeBlock | TestBlock;

/** Nothing gets lost: a comment stays with the block it stands in, behind or above.
 *  @param file without errors */
export function sourcesOf(file: RuleFile): readonly BadgeSource[] {
  const parts = new Map<string, { readonly blocks: Block[]; readonly comments: Comment[] }>();
  const partOf = (block: Block) => {
    const id = block.kind === 'badge' ? block.id.value : (block.badge?.value ?? '');
    let part = parts.get(id);
    if (part === undefined) {
      part = { blocks: [], comments: [] };
      parts.set(id, part);
    }
    return part;
  };
  for (const block of file.blocks) partOf(block).blocks.push(block);
  let at = 0;
  for (const comment of file.comments) {
    while (at < file.blocks.length - 1 && isPast(file.blocks, at, comment)) at++;
    const owner = file.blocks[at];
    if (owner !== undefined) partOf(owner).comments.push(comment);
  }
  return file.blocks.flatMap((block) => {
    if (block.kind !== 'badge') return [];
    const { blocks, comments } = partOf(block);
    return [{ id: block.id.value, source: canonical({ ...file, blocks, comments }) }];
  });
}

/** A comment at the end of a block's last line still belongs to that block. */
function isPast(blocks: readonly Block[], at: number, comment: Comment): boolean {
  const { end } = (blocks[at] as Block).span;
  const { start } = (blocks[at + 1] as Block).span;
  return end <= comment.span.start && (comment.ownLine || start <= comment.span.start);
}

/** Comments below the last block move above it: sources that stand one after the other in a file would otherwise
 *  exchange them. */
function canonical(part: RuleFile): string {
  const printed = printFile(part);
  const { file } = parse(printed);
  const last = file.blocks.at(-1);
  const trailing = file.comments.filter(({ ownLine, span }) => ownLine && last && span.start >= last.span.end);
  if (last === undefined || trailing.length === 0) return printed;
  // In what was printed there is a line end between blocks.
  const above = { start: last.span.start - 1, end: last.span.start - 1 };
  const comments = file.comments.map((comment) => (trailing.includes(comment) ? { ...comment, span: above } : comment));
  return printFile(parse(printFile({ ...file, comments })).file);
}
