import { expect } from 'chai';
import fc from 'fast-check';
import {
  contextBeginnings,
  isLimited,
  isOrganisation,
  mayRefer,
  organisationOfContext,
  readOrganisations,
  standingOf,
} from '../../../plugin/organisations/standing.ts';

const name = fc.constantFrom('Acme', 'AcmeX', 'acme', 'Lab', 'Łódź_U', 'a.b~c-d');
const owner = fc.option(name, { nil: null });
const limit = fc.uniqueArray(name, { minLength: 1, maxLength: 4 });

describe('organisations', () => {
  it('give every thing exactly one standing: own to whom it belongs, shared when it is nobody’s, else foreign', () => {
    fc.assert(
      fc.property(limit, owner, (organisations, whose) => {
        const expected = whose === null ? 'shared' : organisations.some((one) => one === whose) ? 'own' : 'foreign';
        expect(standingOf(organisations, whose)).to.equal(expected);
      }),
    );
  });

  it('lose nothing by a wider limit, and gain nothing by a narrower one', () => {
    fc.assert(
      fc.property(limit, name, owner, (organisations, more, whose) => {
        const [narrow, wide] = [standingOf(organisations, whose), standingOf([...organisations, more], whose)];
        if (narrow !== 'foreign') expect(wide).to.equal(narrow);
        if (wide === 'foreign') expect(narrow).to.equal('foreign');
      }),
    );
  });

  it('let a thing name its own and the shared, so that whoever sees one thing sees all that it names', () => {
    fc.assert(
      fc.property(limit, owner, owner, (organisations, from, to) => {
        if (mayRefer(from, to) && standingOf(organisations, from) !== 'foreign')
          expect(standingOf(organisations, to)).not.to.equal('foreign');
        expect(mayRefer(from, from)).to.equal(true);
        expect(mayRefer(null, to)).to.equal(to === null);
      }),
    );
  });

  it('are told by the key of a course, a custom course or a path, and by nothing else', () => {
    for (const key of ['course-v1:Acme+CS1+2026', 'ccx-v1:Acme+CS1+2026+ccx@3', 'path-v1:Acme+P1+r+g'])
      expect(organisationOfContext(key), key).to.equal('Acme');
    for (const key of ['', 'Acme', 'course-v1:Acme', 'course-v1:+CS1+2026', 'block-v1:Acme+CS1+2026+type@html+block@1'])
      expect(organisationOfContext(key), key).to.equal(null);
  });

  it('are found by the beginnings of keys exactly where the keys tell them', () => {
    const key = fc.tuple(fc.constantFrom('course-v1', 'ccx-v1', 'path-v1'), name).map(([form, org]) => {
      return `${form}:${org}+CS1+2026${{ 'course-v1': '', 'ccx-v1': '+ccx@1', 'path-v1': '+all' }[form]}`;
    });
    fc.assert(
      fc.property(key, name, (contextKey, organisation) => {
        const begins = contextBeginnings(organisation).some((beginning) => contextKey.startsWith(beginning));
        expect(begins).to.equal(organisationOfContext(contextKey) === organisation);
      }),
    );
  });

  it('are read from one field, each once and in order, with what is none', () => {
    expect(readOrganisations(' Lab, Acme;Lab\n')).to.deep.equal({ names: ['Acme', 'Lab'], wrong: [] });
    expect(readOrganisations('Acme a+b x/y')).to.deep.equal({ names: ['Acme'], wrong: ['a+b', 'x/y'] });
    expect(readOrganisations(' ')).to.deep.equal({ names: [], wrong: [] });
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { names, wrong } = readOrganisations(text);
        for (const one of names) expect(isOrganisation(one)).to.equal(true);
        for (const one of wrong) expect(isOrganisation(one)).to.equal(false);
      }),
    );
    expect(isLimited([])).to.equal(false);
    expect(isLimited(['Acme'])).to.equal(true);
  });
});
