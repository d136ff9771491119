import { expect } from 'chai';
import { syntaxRules } from '../../dsl/index.ts';
import { ebnf, grammarDiagrams } from '../../server/docs/grammar.ts';

describe('the grammar as data', () => {
  const rules = new Map(syntaxRules().map((rule) => [rule.name, ebnf(rule)]));

  it('begins with the file, and has every rule that others name', () => {
    expect([...rules.keys()][0]).to.equal('file');
    const words = new Set(
      [...rules.values()].flatMap((text) => text.replace(/"[^"]*"/g, '').match(/[a-z][a-z-]*/g) ?? []),
    );
    for (const token of ['name', 'string', 'number', 'date']) words.delete(token);
    expect([...words].filter((word) => !rules.has(word))).to.deep.equal([]);
  });

  it('says what the parser reads', () => {
    expect(rules.get('badge')).to.equal('badge ::= "badge" string "{" badge-clause* "}"');
    expect(rules.get('count')).to.equal(
      'count ::= "count" number ("distinct" path)? ("within" number ("minutes" | "hours" | "days" | "weeks"))?',
    );
    expect(rules.get('operand')).to.equal('operand ::= "not"* ("(" or-expression ")" | path comparison?)');
    expect(rules.get('list')).to.equal('list ::= "[" (literal ("," literal)*)? "]"');
  });

  it('is drawn rule by rule, without a script and with nothing from elsewhere', () => {
    const diagrams = grammarDiagrams();
    expect([...diagrams.keys()]).to.deep.equal([...rules.keys()].map((name) => `docs/reference/grammar/${name}.svg`));
    for (const svg of diagrams.values()) {
      expect(svg).to.match(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="/);
      expect(svg).to.not.match(/<script|href|class="railroad/);
    }
  });
});
