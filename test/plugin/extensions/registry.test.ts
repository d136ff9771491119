import { expect } from 'chai';
import { ExtensionRegistry } from '../../../plugin/extensions/registry.ts';
import { fakeGeneration, fakeRetrieval } from '../../support/credential-world.ts';

describe('the extension registry', () => {
  it('finds functions by name', () => {
    const registry = new ExtensionRegistry().addRetrieval(fakeRetrieval).addGeneration(fakeGeneration()).freeze();
    expect(registry.retrieval('everybody')).to.equal(fakeRetrieval);
    expect(registry.generation('text').name).to.equal('text');
    expect(registry.retrievals()).to.deep.equal([fakeRetrieval]);
    expect(registry.generations()).to.have.length(1);
  });

  it('keeps retrieval and generation functions apart', () => {
    const registry = new ExtensionRegistry().addRetrieval({ ...fakeRetrieval, name: 'text' });
    expect(() => registry.addGeneration(fakeGeneration())).not.to.throw();
  });

  it('refuses a second function of the same name', () => {
    const registry = new ExtensionRegistry().addRetrieval(fakeRetrieval);
    expect(() => registry.addRetrieval({ ...fakeRetrieval })).to.throw(
      'there are two retrieval functions named "everybody": give one of them another name',
    );
  });

  it('refuses names that are not lower-case words', () => {
    expect(() => new ExtensionRegistry().addRetrieval({ ...fakeRetrieval, name: 'Every Body' })).to.throw(
      'the retrieval function "Every Body" needs a name of lower-case letters, digits and hyphens',
    );
  });

  it('takes nothing more once it is frozen', () => {
    const registry = new ExtensionRegistry().freeze();
    expect(() => registry.addGeneration(fakeGeneration())).to.throw(
      'the generation function "text" came too late: register it before the server starts',
    );
  });

  it('says which function a misspelt name may mean', () => {
    const registry = new ExtensionRegistry().addRetrieval(fakeRetrieval);
    expect(() => registry.retrieval('everybdy')).to.throw(
      'there is no retrieval function "everybdy"; did you mean "everybody"?',
    );
    expect(() => registry.retrieval('zz')).to.throw('there is no retrieval function "zz"; there are everybody');
  });
});
