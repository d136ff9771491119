import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { generatedFiles } from '../../../server/docs/tables.ts';
import { projectPath } from '../../../server/paths.ts';

describe('the generated documentation', () => {
  for (const [name, content] of generatedFiles((file) => readFileSync(projectPath(file), 'utf8'))) {
    it(`${name} says what the tables say (npm run generate)`, () => {
      expect(existsSync(projectPath(name)), `${name} exists`).to.equal(true);
      expect(readFileSync(projectPath(name), 'utf8')).to.equal(content);
    });
  }
});
