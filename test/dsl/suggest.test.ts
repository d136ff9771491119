import { expect } from 'chai';
import { suggest } from '../../dsl/index.ts';

describe('suggest', () => {
  it('finds the nearest of the known words', () => {
    expect(suggest('descripton', ['name', 'description', 'active'])).to.equal('description');
    expect(suggest('is_pasisng', ['is_passing', 'is_late'])).to.equal('is_passing');
    expect(suggest('NAME', ['name'])).to.equal('name');
  });

  it('is silent when nothing is near', () => {
    expect(suggest('zebra', ['name', 'description'])).to.equal(null);
    expect(suggest('x', ['r'])).to.equal(null);
    expect(suggest('', ['a'])).to.equal(null);
    expect(suggest('x'.repeat(1000), ['x'.repeat(999)])).to.equal(null);
  });

  it('takes the first of equally near ones and the nearer of two', () => {
    expect(suggest('case', ['cast', 'cash'])).to.equal('cast');
    expect(suggest('passed', ['posted', 'passer'])).to.equal('passer');
  });

  it('gives up when the effort that searches share is used up', () => {
    const effort = { left: 200 };
    const search = () => suggest('descripton', ['prescriptive', 'description'], effort);
    expect(search()).to.equal('description');
    for (let i = 0; i < 20; i++) search();
    expect(search()).to.equal(null);
  });

  it('counts slips in the middle of what is equal at both ends', () => {
    expect(suggest('org.example.pased.v1', ['org.example.passing.v1', 'org.example.passed.v1'])).to.equal(
      'org.example.passed.v1',
    );
    expect(suggest('abab', ['aabb'])).to.equal('aabb');
  });
});
