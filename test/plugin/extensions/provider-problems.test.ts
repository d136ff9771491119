import { expect } from 'chai';
import { providerProblems } from '../../../plugin/extensions/provider-problems.ts';
import { MemoryProvider } from '../../../providers/index.ts';
import { HallProvider } from '../../support/account-world.ts';

describe('the problems of a provider', () => {
  it('are none of one that is what it says it is', () => {
    expect(providerProblems(new MemoryProvider())).to.deep.equal([]);
    expect(providerProblems(new HallProvider())).to.deep.equal([]);
  });

  it('are told one by one', () => {
    for (const nothing of [null, undefined, 'memory', 1])
      expect(providerProblems(nothing)).to.deep.equal(['it is no object with name, title, capabilities and methods']);
    expect(providerProblems({ name: 'My Board', title: ' ' })).to.deep.equal([
      'its name must be a word of small letters, digits and hyphens, as it stands after `template` in a rule',
      'its title must be a text, as people write the name',
      'the method template is missing',
      'the method award is missing',
      'the method revoke is missing',
      'its capabilities are missing: an object that says what it can do',
    ]);
  });

  const declared = (changes: object, methods: object = {}) => {
    const provider = new HallProvider();
    return providerProblems(
      Object.assign(Object.create(provider), { capabilities: { ...provider.capabilities, ...changes }, ...methods }),
    );
  };

  it('are methods that are not declared, and declarations without a method', () => {
    expect(declared({ findsIssued: false, webhooks: true, synchronises: true })).to.deep.equal([
      'its capabilities declare what the method listTemplates does, but there is none',
      'it has the method findIssued, but its capabilities do not declare it',
      'its capabilities declare what the method readWebhook does, but there is none',
    ]);
    expect(declared({ accounts: null })).to.deep.equal([
      'it has the method checkAccount, but its capabilities do not declare it',
      'it has the method rotateSecret, but its capabilities do not declare it',
    ]);
    expect(declared({ listsIssued: 'yes', revocation: 'burn' })).to.deep.equal([
      'capabilities.listsIssued must be true or false',
      'capabilities.revocation must be one of revoke, expire, delete, none',
    ]);
  });

  it('are what a form for accounts lacks', () => {
    const { accounts } = new HallProvider().capabilities;
    expect(declared({ accounts: undefined })[0]).to.equal(
      'capabilities.accounts must be null or say what the form for an account asks for',
    );
    expect(declared({ accounts: { ...accounts, noun: '', hosts: [], externalId: {}, secret: null } })).to.deep.equal([
      'capabilities.accounts.noun must be a word',
      'capabilities.accounts.hosts must name at least one host',
      'capabilities.accounts.externalId must be null, or have label, help and pattern',
      'capabilities.accounts.secret must have label and help',
    ]);
    expect(declared({ accounts: { ...accounts, hosts: [{ name: 'x', title: 'X', url: 'x' }] } })).to.deep.equal([
      'every one of capabilities.accounts.hosts needs a name of small letters, a title and an address',
    ]);
  });
});
