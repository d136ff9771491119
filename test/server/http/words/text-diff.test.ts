import { expect } from 'chai';
import fc from 'fast-check';
import { type DiffLine, textDiff } from '../../../../server/http/words/text-diff.ts';

const written = (lines: readonly DiffLine[]) =>
  lines.map(({ kind, number, text }) => `${{ added: '+', removed: '-', same: ' ' }[kind]}${number} ${text}`);

describe('the comparison of two texts', () => {
  it('shows what went and what came, numbered, with three lines around it', () => {
    const before = 'a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\n';
    const { stretches, whole } = textDiff(before, before.replace('b\n', 'B\nBB\n').replace('l\n', ''));
    expect(stretches.map(written)).to.deep.equal([
      [' 1 a', '-2 b', '+2 B', '+3 BB', ' 4 c', ' 5 d', ' 6 e'],
      [' 10 i', ' 11 j', ' 12 k', '-12 l'],
    ]);
    expect(whole).to.equal(false);
  });

  it('has nothing to show of equal texts, and no remark about a missing line end', () => {
    expect(textDiff('a\n', 'a\n')).to.deep.equal({ stretches: [], whole: false, cut: 0 });
    expect(textDiff('a\nb', 'a\nc').stretches.map(written)).to.deep.equal([[' 1 a', '-2 b', '+2 c']]);
  });

  it('shows the begin of a text that is another altogether, and does not search for long', () => {
    const lines = (word: string) => Array.from({ length: 20_000 }, (_, at) => `${word} ${at}\n`).join('');
    const { stretches, whole, cut } = textDiff(lines('old'), lines('new'));
    expect({ whole, cut, stretches: stretches.length }).to.deep.equal({ whole: true, cut: 38_000, stretches: 1 });
    expect(stretches[0]).to.have.length(2_000);
    expect(written(stretches[0]?.slice(999, 1_001) ?? [])).to.deep.equal(['-1000 old 999', '+1 new 0']);
  });

  it('shows what leads from the one to the other, whatever they are', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 })
      .map((lines) => `${lines.join('\n')}\n`);
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = before.split('\n');
        let shift = 0;
        for (const line of textDiff(before, after).stretches.flat()) {
          if (line.kind === 'removed') expect(lines.splice(line.number - 1 + shift--, 1)).to.deep.equal([line.text]);
          if (line.kind === 'added') {
            lines.splice(line.number - 1, 0, line.text);
            shift++;
          }
        }
        expect(lines.join('\n')).to.equal(after);
      }),
    );
  });
});
