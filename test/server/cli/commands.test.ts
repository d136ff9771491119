import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { Command } from 'commander';
import { allCommands, createProgram } from '../../../server/cli/program.ts';
import { idleShell, runLaurel } from '../../support/command.ts';

const EXAMPLE = 'examples/rules/04-one-course.rules';
const EVENTS = 'examples/events/demo.jsonl';

/** Commands over rule files that need no server, as they are called with rules on standard input. */
const OVER_RULES: Readonly<Record<string, readonly string[]>> = {
  check: ['-'],
  fmt: ['-'],
  test: ['-'],
  simulate: ['-', '--events', EVENTS],
  explain: ['-', '--events', EVENTS, '--learner', 'ada'],
  diff: ['-', EXAMPLE],
};

const program = await createProgram(idleShell());

describe('every command', () => {
  const nameOf = (command: Command): string =>
    command.parent === null ? '' : `${nameOf(command.parent)} ${command.name()}`.trim();
  const commands = allCommands(program);

  for (const command of commands) {
    const name = nameOf(command);
    const words = name.split(' ');
    const required = command.options.flatMap(({ mandatory, long }) => (mandatory && long ? [long, 'x'] : []));

    it(`laurel ${name} explains itself`, async () => {
      const { code, stdout, stderr } = await runLaurel([...words, '--help']);
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
      expect(stdout).to.contain(`Usage: laurel ${name}`);
      expect(command.description()).not.to.equal('');
      if (command.commands.length === 0) expect(stdout.match(/^Exit code:$/gm), stdout).to.have.length(1);
    });

    it(`laurel ${name} refuses an option that it does not have`, async () => {
      const { code, stdout, stderr } = await runLaurel([...words, ...required, '--no-such-option']);
      expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' });
      expect(stderr).to.contain("error: unknown option '--no-such-option'");
      expect(stderr).to.contain('(add --help for the options)');
    });
  }

  it('over rule files says that - is standard input', () => {
    const overRules = commands.filter((command) => nameOf(command).startsWith('rules '));
    const withFiles = overRules.filter(({ registeredArguments }) =>
      registeredArguments.some((one) => one.name() === 'file'),
    );
    expect(withFiles.length).to.be.greaterThan(4);
    for (const { registeredArguments } of withFiles) {
      expect(registeredArguments.map(({ description }) => description).join('; ')).to.contain('- is standard input');
    }
  });

  for (const [name, args] of Object.entries(OVER_RULES)) {
    it(`laurel rules ${name} gives examples, exit codes and the form of --json, and has no colour in it`, async () => {
      const { stdout } = await runLaurel(['rules', name, '--help']);
      expect(stdout).to.match(/\nExamples:\n {2}\S/);
      expect(stdout).to.match(/\nExit code:\n {2}0 /);
      expect(stdout).to.contain('With --json:\n');
      expect(stdout).to.contain('standard input');
      const input = readFileSync(EXAMPLE, 'utf8');
      const json = await runLaurel(['rules', name, ...args, '--json'], { input, env: { FORCE_COLOR: '1' } });
      expect({ code: json.code, stderr: json.stderr }).to.deep.equal({ code: 0, stderr: '' });
      expect(json.stdout).not.to.contain('\u001b');
      for (const line of json.stdout.trimEnd().split('\n')) expect(() => JSON.parse(line) as unknown).not.to.throw();
    });

    it(`laurel rules ${name} reads rules from standard input, which can be read once`, async () => {
      const input = readFileSync(EXAMPLE, 'utf8');
      const { code, stderr } = await runLaurel(['rules', name, ...args], { input });
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
      const twice = name === 'diff' ? ['-', '-'] : ['-', ...args];
      expect(await runLaurel(['rules', name, ...twice], { input })).to.deep.equal({
        code: 2,
        stdout: '',
        stderr: 'laurel: standard input can be read only once; name a file in place of one -\n',
      });
    });
  }
});
