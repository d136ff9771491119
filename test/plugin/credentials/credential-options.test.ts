import { expect } from 'chai';
import { checkTypeOptions, joinSchemas, planCredentials } from '../../../plugin/credentials/credential-options.ts';
import { ExtensionRegistry } from '../../../plugin/extensions/registry.ts';
import { aConfiguration, aType } from '../../contracts/credential-store.ts';
import { fakeGeneration, fakeRetrieval } from '../../support/credential-world.ts';

describe('the options of a configuration', () => {
  const required = { name: 'template', type: 'text', default: null, required: true, doc: 'Which template.' } as const;
  const generation = { ...fakeGeneration(), options: [...fakeGeneration().options, required] };
  const registry = new ExtensionRegistry().addRetrieval(fakeRetrieval).addGeneration(generation).freeze();
  const type = (options = {}) => aType({ retrievalFunction: 'everybody', generationFunction: 'text', options });

  it('lie over those of the type, with the defaults of both functions below', () => {
    const plan = planCredentials(
      registry,
      type({ template: 'a', note: 'type' }),
      aConfiguration({ options: { note: 'own' } }),
    );
    const { valid_for: _, send_mail: __, ...own } = plan.options;
    expect(own).to.deep.equal({ note: 'own', greeting: 'for', template: 'a' });
    expect(plan.retrieval).to.equal(fakeRetrieval);
    expect(plan.generation).to.equal(generation);
  });

  it('L6: are refused when neither function knows them', () => {
    const wrong = aConfiguration({ options: { template: 'a', greetin: 'x' } });
    expect(() => planCredentials(registry, type(), wrong)).to.throw(
      'the options cannot be used: there is no option "greetin"; did you mean "greeting"?',
    );
    expect(() => checkTypeOptions(registry, type({ greetin: 'x' }))).to.throw('did you mean "greeting"?');
  });

  it('may give what the type leaves open', () => {
    expect(() => checkTypeOptions(registry, type())).not.to.throw();
    expect(() => planCredentials(registry, type(), aConfiguration())).to.throw(
      'the options cannot be used: "template" is required: Which template.',
    );
  });

  it('belong to a context and to functions that exist', () => {
    expect(() => planCredentials(registry, type(), aConfiguration({ contextKey: 'nonsense' }))).to.throw(
      /^the context key is not one of /,
    );
    expect(() => planCredentials(registry, aType(), aConfiguration())).to.throw(
      'there is no retrieval function "course-completions"; there are everybody',
    );
  });

  it('cannot mean two things: functions that share a name are not joined', () => {
    const rival = { ...fakeGeneration(), options: fakeRetrieval.options };
    expect(() => joinSchemas(fakeRetrieval, rival)).to.throw(
      'the functions "everybody" and "text" both have an option "note" and cannot be used together',
    );
  });
});
