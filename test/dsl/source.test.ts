import { expect } from 'chai';
import { SourceText } from '../../dsl/source.ts';

describe('SourceText', () => {
  it('counts lines whatever ends them, and columns in UTF-16 code units', () => {
    const source = new SourceText('a\nb\r\nc\rd😀e');
    const at = (offset: number): string => `${source.positionOf(offset).line}:${source.positionOf(offset).column}`;
    expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11].map(at)).to.deep.equal([
      '1:1',
      '1:2',
      '2:1',
      '2:2',
      '2:3',
      '3:1',
      '3:2',
      '4:1',
      '4:2',
      '4:4',
      '4:5',
    ]);
    expect([1, 2, 3, 4, 5].map((number) => source.line(number))).to.deep.equal(['a', 'b', 'c', 'd😀e', '']);
  });

  it('has one empty line where there is no text', () => {
    const source = new SourceText('');
    expect(source.positionOf(0)).to.deep.equal({ line: 1, column: 1 });
    expect(source.line(1)).to.equal('');
  });
});
