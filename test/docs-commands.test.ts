import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { projectPath } from '../server/paths.ts';
import { runInProcess } from './support/in-process.ts';

interface Example {
  readonly line: string;
  readonly code: number;
  /** What the page shows of it; null: nothing. */
  readonly output: string | null;
}

/** Commands of `sh` blocks; a `text` block right after one is the output of its last command. */
function examplesOf(page: string): Example[] {
  const blocks = [...page.matchAll(/```sh\n([\s\S]*?)```(?:\n\n```text\n([\s\S]*?)```)?/g)];
  return blocks.flatMap(([, commands = '', output]) => {
    const lines = commands.trim().split('\n');
    return lines.map((line, index) => ({
      line: line.replace(/ # exits \d+$/, ''),
      code: Number(/ # exits (\d+)$/.exec(line)?.[1] ?? 0),
      output: index === lines.length - 1 ? (output ?? null) : null,
    }));
  });
}

describe('docs/how-to/work-with-rule-files.md', () => {
  const page = readFileSync(projectPath('docs', 'how-to', 'work-with-rule-files.md'), 'utf8');
  const examples = examplesOf(page);

  it('shows every command over rule files', () => {
    const shown = new Set(examples.map(({ line }) => line.split(' ')[3]));
    expect([...shown]).to.have.members(['check', 'fmt', 'test', 'simulate', 'explain', 'diff']);
  });

  for (const { line, code, output } of examples) {
    it(`${line} does what the page says`, async () => {
      const [npx, laurel, ...args] = line.split(' ');
      expect([npx, laurel]).to.deep.equal(['npx', 'laurel']);
      const result = await runInProcess(args);
      expect({ code: result.code, stderr: result.stderr }).to.deep.equal({ code, stderr: '' });
      if (output !== null) expect(result.stdout).to.equal(output);
    });
  }
});
