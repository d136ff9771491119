import { createServer } from 'node:net';
import { expect } from 'chai';
import { runLaurel } from '../../support/command.ts';
import { watchForRemains } from '../../support/remains.ts';

const EXAMPLE = 'examples/rules/04-one-course.rules';

describe('a command inside a process that goes on', () => {
  it('has nothing but what it was given, so that several can run at the same time', async () => {
    const check = ['rules', 'check', '-'];
    const [one, other, settings] = await Promise.all([
      runLaurel(check, { input: 'badge "one" {', env: { FORCE_COLOR: '1' } }),
      runLaurel(check, { input: 'badge "other" {' }),
      runLaurel(['settings'], { env: { PORT: '4711' } }),
    ]);
    expect(one.stdout).to.contain('\u001b[').and.not.to.contain('other');
    expect(other.stdout).to.contain('other').and.not.to.contain('\u001b[');
    expect([one.code, other.code, settings.code]).to.deep.equal([1, 1, 0]);
    expect(settings.stdout).to.contain('PORT=4711  # environment\n').and.not.to.contain(process.env.PATH);
  });

  it('runs in a folder of its own while no other runs', async () => {
    const before = process.cwd();
    expect((await runLaurel(['rules', 'check', 'demo.jsonl'], { cwd: 'examples/events' })).code).to.equal(1);
    expect(process.cwd()).to.equal(before);
    const elsewhere = runLaurel(['rules', 'check', EXAMPLE], { cwd: before });
    const refused = await runLaurel(['rules', 'check', EXAMPLE]).catch((error: Error) => error.message);
    await elsewhere;
    expect(refused).to.equal('a command runs in another folder: wait for its end');
  });
});

describe('what a piece of work leaves behind', function () {
  this.timeout(20_000);
  const complaintOf = (work: () => Promise<unknown>): Promise<string> =>
    watchForRemains('the work', work).then(
      () => '',
      (error: Error) => error.message,
    );

  it('is nothing where all of it is closed', async () => {
    const closing = async (): Promise<void> => {
      clearTimeout(setTimeout(() => {}, 60_000));
      setTimeout(() => {}, 60_000).unref();
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      await new Promise((resolve) => server.close(resolve));
    };
    expect(await complaintOf(closing)).to.equal('');
  });

  it('is found: a timer, and a server, with the line that made it', async () => {
    const left: (() => void)[] = [];
    const timer = await complaintOf(async () => {
      const waiting = setTimeout(() => {}, 60_000);
      left.push(() => clearTimeout(waiting));
    });
    const listening = await complaintOf(async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      left.push(() => server.close());
    });
    for (const end of left) end();
    expect(timer)
      .to.match(/^the work left behind an open Error: Timeout\n/)
      .and.to.contain('in-process.test.ts');
    expect(listening).to.match(/^the work left behind an open Error: TCPSERVERWRAP\n/);
  });

  it('is found: what all of the process shares', async () => {
    const listener = (): void => {};
    const complaint = await complaintOf(async () => {
      process.exitCode = 3;
      process.env.LAUREL_LEFT_BEHIND = 'yes';
      process.on('SIGUSR2', listener);
    });
    process.exitCode = undefined;
    delete process.env.LAUREL_LEFT_BEHIND;
    process.off('SIGUSR2', listener);
    expect(complaint).to.contain('the exit code changed: undefined became 3');
    expect(complaint).to.contain('the environment changed: ');
    expect(complaint).to.contain('listeners of the process changed: ');
  });
});
