import { expect } from 'chai';
import { diagnosticCodes, loadRules } from '../../../dsl/index.ts';
import { diagnosticExamples, exampleEnvironment } from '../../../server/docs/diagnostic-examples.ts';

describe('the examples of diagnostics', () => {
  const codesOf = (text: string): string[] => [
    ...new Set(loadRules(text, exampleEnvironment).diagnostics.map(({ code }) => code)),
  ];

  for (const { code } of diagnosticCodes) {
    it(`${code}: the wrong text gets this diagnostic and no other, the right one none`, () => {
      const { wrong, right } = diagnosticExamples[code];
      // Too many problems are many of another kind.
      expect(codesOf(wrong).filter((found) => code !== 'limit.diagnostics' || found === code)).to.deep.equal([code]);
      expect(codesOf(right)).to.deep.equal([]);
    });
  }
});
