import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { errorsPage } from '../../../server/docs/errors-page.ts';
import { consequences } from '../../../server/error-map.ts';
import { projectPath } from '../../../server/paths.ts';

describe('the page of errors', () => {
  const page = errorsPage();

  it('has a section for every kind, and says what it leads to', () => {
    expect([...page.matchAll(/^## (\S+)$/gm)].map((match) => match[1])).to.have.length(consequences.length + 1);
    expect(page).to.include('HTTP 503, exit code 69; a message of RabbitMQ: retry.');
  });

  it('knows every code that a test asks for', () => {
    const texts = readdirSync(projectPath('test'), { recursive: true, encoding: 'utf8' })
      .filter((name) => /^(server|plugin|contracts).*\.ts$/.test(name))
      .map((name) => readFileSync(join(projectPath('test'), name), 'utf8'));
    const asked = texts.flatMap((text) =>
      [...text.matchAll(/'((?:input|not-found|conflict|store)\.[a-z][a-z-]+)'/g)].map((match) => match[1] ?? ''),
    );
    expect(asked.length).to.be.greaterThan(30);
    const missing = [...new Set(asked)].filter(
      (code) => !code.startsWith('store.lmdb') && !page.includes(`\`${code}\``),
    );
    expect(missing).to.deep.equal([]);
  });

  it('shows what a message fills in as a gap, also where texts are in texts', () => {
    expect(page).to.include('| `input.badges-there` | --badges … is not known; write leave or revoke |');
    expect(page).to.not.match(/\$\{|===/);
  });
});
