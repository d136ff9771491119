import { expect } from 'chai';
import { type BadgeBlock, Comments, parse, printFile } from '../../dsl/index.ts';

const text = `# Of the file.

# Of the badge.
badge "b" { # header
  # Set apart.

  # Of the first.
  requirement first { # first header
    on a.b.v1 # beside
    # last words
  } # after the first

  # Of the second.
  requirement second {
    on a.b.v1
  }
}
`;
const { file } = parse(text);
const block = file.blocks[0] as BadgeBlock;

describe('comments of a block', () => {
  it('are those inside, above and behind it, without one that an empty line sets apart', () => {
    const [first] = block.requirements;
    const comments = first ? new Comments(file).of(first).map((comment) => comment.text) : [];
    expect(comments).to.have.members([' Of the first.', ' first header', ' beside', ' last words', ' after the first']);
  });

  it('stay where they are when a clause is added that was never written', () => {
    const [first, second] = block.requirements;
    if (!first || !second) throw new Error('the text has two requirements');
    const span = { start: 0, end: 0 };
    const added = { ...first, description: { kind: 'text' as const, value: 'New.', span } };
    const after = { ...block, name: { kind: 'text' as const, value: 'N', span }, requirements: [added, second] };
    expect(printFile({ ...file, blocks: [after] })).to.equal(
      text
        .replace('  # Set apart.', '  name "N"\n\n  # Set apart.')
        .replace('first header\n', 'first header\n    description "New."\n'),
    );
  });
});
