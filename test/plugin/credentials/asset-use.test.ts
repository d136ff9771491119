import { expect } from 'chai';
import { assetUse } from '../../../plugin/credentials/asset-use.ts';
import { ExtensionRegistry } from '../../../plugin/extensions/registry.ts';
import { aConfiguration, aType } from '../../contracts/credential-store.ts';
import { fakeGeneration, fakeRetrieval } from '../../support/credential-world.ts';

const registry = new ExtensionRegistry()
  .addRetrieval(fakeRetrieval)
  .addGeneration({
    ...fakeGeneration(),
    assetsOf: ({ greeting }) => [{ slug: String(greeting), kind: 'pdf-template' }],
  })
  .freeze();

const functions = { retrievalFunction: 'everybody', generationFunction: 'text' };

describe('the use of an asset', () => {
  const used = (slug: string, type = {}, configuration = {}) => {
    const stored = {
      types: [aType({ ...functions, options: {}, ...type })],
      configurations: [aConfiguration(configuration)],
    };
    const { types, configurations } = assetUse(slug, registry, stored);
    return [types.length, configurations.length];
  };

  it('is by types, and by the configurations of which it is in force', () => {
    expect(used('seal')).to.deep.equal([0, 0]);
    expect(used('seal', { options: { greeting: 'seal' } })).to.deep.equal([1, 1]);
    expect(used('seal', {}, { options: { greeting: 'seal' } })).to.deep.equal([0, 1]);
    expect(used('seal', { options: { greeting: 'seal' } }, { options: { greeting: 'other' } })).to.deep.equal([1, 0]);
  });

  it('is assumed where the options cannot be read and hold the slug', () => {
    const unknown = { generationFunction: 'not-installed', options: { pictures: ['seal'] } };
    expect(used('seal', unknown)).to.deep.equal([1, 1]);
    expect(used('other', unknown)).to.deep.equal([0, 0]);
  });
});
