import { expect } from 'chai';
import fc from 'fast-check';
import { TextTrie } from '../../../dsl/matching/text-trie.ts';
import { endsWith, startsWith } from '../../../dsl/text-match.ts';

const texts = fc.string({ unit: fc.constantFrom('a', 'b', '\ud83d', '\ude00'), maxLength: 6 });

function found(trie: TextTrie<string>, text: string): string[] {
  const all: string[] = [];
  trie.find(text, (items, into) => into.push(...items), all);
  return all.sort();
}

describe('TextTrie', () => {
  for (const from of ['start', 'end'] as const) {
    const holds = from === 'start' ? startsWith : endsWith;

    it(`finds the kept texts that a text has at its ${from}, also after some were deleted`, () => {
      fc.assert(
        fc.property(fc.uniqueArray(texts), fc.array(texts), fc.array(texts), (kept, deleted, asked) => {
          const trie = new TextTrie<string>(from);
          for (const text of kept) trie.set(text, [text]);
          for (const text of deleted) trie.delete(text);
          const left = kept.filter((text) => !deleted.includes(text));
          expect(trie.size).to.equal(left.length);
          for (const text of kept) expect(trie.get(text)?.length ?? 0).to.equal(left.includes(text) ? 1 : 0);
          for (const text of [...asked, ...kept])
            expect(found(trie, text)).to.deep.equal(left.filter((part) => holds(text, part)).sort());
        }),
        { numRuns: 2_000 },
      );
    });
  }

  it('keeps a text of many characters without calling itself for each', () => {
    const trie = new TextTrie<string>('end');
    for (let length = 1; length <= 8_000; length++) trie.set('x'.repeat(length), [`${length}`]);
    expect(found(trie, 'x'.repeat(8_000))).to.have.length(8_000);
  });
});
