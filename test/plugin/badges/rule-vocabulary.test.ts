import { expect } from 'chai';
import { loadRules } from '../../../dsl/index.ts';
import { readVocabulary, writeVocabulary } from '../../../plugin/badges/rule-vocabulary.ts';
import { eventCatalogue } from '../../../plugin/events/catalogue.ts';
import { ruleEnvironment } from '../../../plugin/events/environment.ts';
import { knownValues } from '../../../plugin/events/known-values.ts';
import { environment } from '../../support/dsl-harness.ts';

const travel = (...parts: Parameters<typeof writeVocabulary>) =>
  readVocabulary(JSON.parse(JSON.stringify(writeVocabulary(...parts))));

describe('the vocabulary of a page', () => {
  it('brings everything that rules may speak about to the browser, in the same order', () => {
    const real = ruleEnvironment({ enabledEventTypes: null, providers: ['memory', 'credly'] });
    const read = travel(real, new Map(), {}).environment;
    expect([...read.eventTypes.keys()]).to.deep.equal([...eventCatalogue.keys()]);
    for (const type of eventCatalogue.values()) {
      const expected = type.learner === null ? { ...type, fields: [] } : type;
      expect(read.eventTypes.get(type.name)).to.deep.equal(expected);
    }
    expect(read.enabledEventTypes).to.deep.equal(real.enabledEventTypes);
    expect([...read.providers]).to.deep.equal(['memory', 'credly']);
    expect(travel({ ...real, enabledEventTypes: null }, new Map(), {}).environment.enabledEventTypes).to.equal(null);
  });

  it('leaves out what a type without a learner holds: no rule gets so far as to ask', () => {
    const text = 'badge "b" { requirement r { on org.example.nobody.v1 where id = "a" } }';
    const read = travel(environment, new Map([['elsewhere', []]]), {}).environment;
    expect(loadRules(text, read).diagnostics).to.deep.equal(loadRules(text, environment).diagnostics);
  });

  it('knows the stored badges in the order of the server, whatever they are called', () => {
    const upstreams = new Map([
      ['10', ['9']],
      ['9', []],
      ['__proto__', ['constructor']],
    ]);
    const read = travel(environment, upstreams, {});
    expect([...(read.environment.knownBadges ?? [])]).to.deep.equal(['10', '9', '__proto__']);
    expect(read.upstreams('__proto__')).to.deep.equal(['constructor']);
    expect(read.upstreams('toString')).to.deep.equal([]);
  });

  it('knows values only of texts that the catalogue has', () => {
    for (const [name, paths] of Object.entries(knownValues)) {
      const fields = eventCatalogue.get(name)?.fields ?? [];
      for (const path of Object.keys(paths)) {
        const type = fields.find((field) => field.name === path)?.type;
        expect(type, `${name} ${path}`).to.deep.equal({ kind: 'string', format: null });
      }
    }
    const read = travel(environment, new Map(), knownValues);
    const values = read.knownValues.get('org.openedx.learning.idv_attempt.denied.v1')?.get('status');
    expect(values).to.deep.equal(['created', 'pending', 'approved', 'denied']);
  });
});
