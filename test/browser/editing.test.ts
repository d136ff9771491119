import { CompletionContext } from '@codemirror/autocomplete';
import { EditorState } from '@codemirror/state';
import { expect } from 'chai';
import fc from 'fast-check';
import { completionSource } from '../../browser/completion.ts';
import { difference } from '../../browser/difference.ts';
import { keysInWords } from '../../browser/keys.ts';
import { treeOf } from '../../browser/language.ts';
import { summary } from '../../browser/summary.ts';
import { loadRules } from '../../dsl/index.ts';
import { readVocabulary, writeVocabulary } from '../../plugin/badges/rule-vocabulary.ts';
import { environment } from '../support/dsl-harness.ts';

const upstreams = new Map([['elsewhere', []]]);
const vocabulary = readVocabulary(JSON.parse(JSON.stringify(writeVocabulary(environment, upstreams, {}))));

describe('the editor', () => {
  it('colours what the lexer says', () => {
    const text = 'badge "b" { # c';
    const found: string[] = [];
    treeOf(text).iterate({ enter: ({ name, from, to }) => void found.push(`${name} ${text.slice(from, to)}`) });
    expect(found).to.deep.equal([`rules ${text}`, 'keyword badge', 'string "b"', 'bracket {', 'comment # c']);
  });

  describe('completes', () => {
    const source = completionSource({ kind: 'badge', id: null }, () => vocabulary);
    const ask = (text: string, explicit: boolean) =>
      source(new CompletionContext(EditorState.create({ doc: text }), text.length, explicit));

    it('a word that has been begun', () => {
      const found = ask('badge "b" {\n  tem', false);
      expect(found?.from).to.equal(14);
      expect(found?.options.find(({ label }) => label === 'template')).to.include({
        type: 'keyword',
        detail: 'template provider "id"',
        info: 'Which badge template of which provider is issued.',
        boost: 0,
      });
    });

    it('nothing unasked where no word has been begun, or the word is complete', () => {
      expect(ask('badge "b" { ', false)).to.equal(null);
      expect(ask('badge "b" { ', true)?.options).to.have.length(9);
      expect(ask('badge "b" { active true', false)).to.equal(null);
      expect(ask('badge "b" { active true', true)?.options.map(({ label }) => label)).to.deep.equal(['true', 'false']);
      expect(ask('badge "b" { requirement my', false)).to.equal(null);
    });

    it('nothing while what can be named is not known', () => {
      const early = completionSource({ kind: 'file' }, () => null);
      expect(early(new CompletionContext(EditorState.create({ doc: 'ba' }), 2, true))).to.equal(null);
    });
  });

  it('sums up what is wrong in one sentence', () => {
    const found = (text: string) => summary(loadRules(text, environment).diagnostics);
    expect(found('')).to.equal('No problems.');
    expect(found('badge "b" { requirement r { on org.example.off.v1 } }')).to.equal(
      '1 warning at line 1, column 32: the settings do not enable "org.example.off.v1", so its events never arrive.',
    );
    expect(found('badge "b" { requirement r { on org.example.off.v1 after q } penalty p { resets z } }')).to.equal(
      '3 errors, 1 warning; the first at line 1, column 32: the settings do not enable "org.example.off.v1", so its events never arrive.',
    );
  });

  it('changes the one stretch in which two texts differ', () => {
    expect(difference('same', 'same')).to.equal(null);
    expect(difference('a  = 1', 'a = 1')).to.deep.equal({ from: 2, to: 3, insert: '' });
    const texts = fc.string({ unit: fc.constantFrom('a', 'b', ' '), maxLength: 8 });
    fc.assert(
      fc.property(texts, texts, (before, after) => {
        const change = difference(before, after);
        const changed = change ? before.slice(0, change.from) + change.insert + before.slice(change.to) : before;
        expect(changed).to.equal(after);
      }),
    );
  });

  it('tells its keys', () => {
    expect(keysInWords).to.equal(
      'Ctrl-Space completes, F2 explains the word at the cursor, F8 goes to the next problem, ' +
        'Ctrl-. makes the change that the problem proposes, Shift-Alt-F formats, Ctrl-] indents, Ctrl-[ outdents, ' +
        'Ctrl-F searches, Tab leaves the editor.',
    );
  });
});
