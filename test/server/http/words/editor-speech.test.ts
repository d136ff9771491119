import { expect } from 'chai';
import { editorCounts, editorPhrases, editorTexts } from '../../../../plugin/badges/editor-texts.ts';
import { editorSpeech } from '../../../../server/http/words/editor-speech.ts';
import { openTexts } from '../../../../server/i18n/texts.ts';

const texts = openTexts({ defaultLanguage: 'en', timeZone: 'UTC', folder: null });

describe('what the rule editor says', () => {
  it('is in English what the editor says by itself', () => {
    const speech = editorSpeech(texts.in('en'));
    expect(speech.texts).to.deep.equal(editorTexts);
    expect(speech.counts.errors).to.deep.equal({ one: '{count} error', other: '{count} errors' });
    expect(Object.entries(speech.phrases)).to.deep.equal(editorPhrases.map((phrase) => [phrase, phrase]));
  });

  for (const { language } of texts.languages)
    it(`has in ${language} a text for every count, and leaves the count to the editor`, () => {
      const { counts } = editorSpeech(texts.in(language));
      const rules = new Intl.PluralRules(language);
      expect(Object.keys(counts)).to.deep.equal(Object.keys(editorCounts));
      for (const forms of Object.values(counts))
        for (let count = 0; count < 200; count++) expect(forms[rules.select(count)], `${count}`).to.be.a('string');
      expect(counts.errors[rules.select(5)]).to.include('{count}');
    });
});
