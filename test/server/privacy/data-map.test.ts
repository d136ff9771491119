import { expect } from 'chai';
import { dataMap } from '../../../server/privacy/data-map.ts';

describe('the data map', () => {
  it('tells of each collection once: "activity" and "installation" stood there twice', () => {
    const names = dataMap.map(({ collection }) => collection);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).to.deep.equal([]);
  });
});
