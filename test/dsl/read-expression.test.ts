import { expect } from 'chai';
import { printCondition, readExpression } from '../../dsl/index.ts';

describe('reading an expression by itself', () => {
  it('gives its tree', () => {
    const { expression, hasComments, diagnostics } = readExpression('a = 1\n  and b');
    expect(expression && printCondition(expression)).to.equal('a = 1 and b');
    expect([hasComments, diagnostics]).to.deep.equal([false, []]);
  });

  it('gives no tree but places for what is not one whole expression', () => {
    for (const text of ['', 'a =', 'a } requirement b {', 'a = 1 b', `a = "${'x'.repeat(9_000)}"`]) {
      const { expression, diagnostics } = readExpression(text);
      expect(expression, text).to.equal(null);
      expect(diagnostics[0]?.severity, text).to.equal('error');
    }
  });

  it('says that there are comments, which the tree does not hold', () => {
    expect(readExpression('a # why').hasComments).to.equal(true);
    expect(readExpression('a = "# text"').hasComments).to.equal(false);
  });

  it('looks for no comments in what is too long to be read', () => {
    const { expression, hasComments, diagnostics } = readExpression(`a # ${'x'.repeat(9_000)}`);
    expect([expression, hasComments]).to.deep.equal([null, false]);
    expect(diagnostics.map(({ message }) => message)).to.deep.equal(['this expression is longer than 8192 bytes']);
  });
});
