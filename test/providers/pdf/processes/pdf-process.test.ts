import { fork } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { type Made, PdfProcess, type Work } from '../../../../providers/pdf/processes/pdf-process.ts';
import { projectPath } from '../../../../server/paths.ts';
import { childProcesses, nextChildProcess, untilEnded } from '../../../support/child-processes.ts';
import { fontsFolder } from '../../../support/pdf.ts';

describe('a process that makes PDF credentials', function () {
  // run from its sources it compiles them first
  this.timeout(240_000);
  const started: PdfProcess[] = [];
  afterEach(() => Promise.all(started.splice(0).map((one) => one.end(new Error('the test has ended')))));

  interface Lost {
    readonly error: Error;
    readonly unended: readonly Work[];
  }

  /** One that was started, and what becomes of it. */
  async function aProcess() {
    const known = await childProcesses();
    let ready = () => {};
    let lose: (lost: Lost) => void = () => {};
    const isReady = new Promise<void>((resolve) => {
      ready = resolve;
    });
    const lost = new Promise<Lost>((resolve) => {
      lose = resolve;
    });
    const one = new PdfProcess(fontsFolder, 50_000, {
      changed: ready,
      lost: (error, unended) => lose({ error, unended }),
    });
    started.push(one);
    return { one, isReady, lost, pid: await nextChildProcess(known) };
  }

  /** Work, and how it ended. */
  function aWork(isSecondTry = false) {
    let settle: (outcome: Made | Error) => void = () => {};
    const ended = new Promise<Made | Error>((resolve) => {
      settle = resolve;
    });
    const task = { kind: 'facts' as const, bytes: Buffer.from('GIF89a') };
    const work: Work = { task, resolve: settle, reject: settle, isSecondTry };
    return { work, ended };
  }

  it('leaves what it was at when somebody killed it to be tried once more, with all that it had not begun', async () => {
    const { one, isReady, lost, pid } = await aProcess();
    await isReady;
    const { work } = aWork();
    one.take(work);
    one.send();
    process.kill(pid, 'SIGKILL');
    expect((await lost).unended).to.deep.equal([work]);
    expect(work.isSecondTry).to.equal(true);
  });

  it('gives up what it was at when it is killed a second time', async () => {
    const { one, isReady, lost, pid } = await aProcess();
    await isReady;
    const { work, ended } = aWork(true);
    one.take(work);
    one.send();
    process.kill(pid, 'SIGKILL');
    expect((await lost).unended).to.deep.equal([]);
    expect(await ended).to.include({
      code: 'input.template',
      message: 'the document cannot be made: its process ended with SIGKILL; simplify the template and its images',
    });
  });

  it('says what is missing where it cannot even be started', async () => {
    const { lost, pid } = await aProcess();
    process.kill(pid, 'SIGKILL');
    expect((await lost).error).to.include({
      code: 'store.pdf-process',
      message:
        'no process that makes PDF documents could be started (SIGKILL); see that the machine has memory and processes left, and try again',
    });
  });

  it('is not told the secrets of the environment, and goes on when a signal meets the whole group of processes, because a server that ends in order needs it until then', async () => {
    process.env.SECRET_OF_A_TEST = 'find me';
    const { one, pid, isReady } = await aProcess();
    delete process.env.SECRET_OF_A_TEST;
    await isReady;
    expect(await readFile(`/proc/${pid}/environ`, 'latin1')).not.to.include('find me');
    expect(await readFile(`/proc/${pid}/comm`, 'latin1')).to.equal('laurel-pdf\n');
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(pid, signal);
    const { work, ended } = aWork();
    one.take(work);
    one.send();
    expect(await ended).to.have.property('kind', 'failed');
    await one.end(new Error('stopping'));
    expect(await childProcesses()).not.to.include(pid);
  });

  it('ends with a server that was killed', async () => {
    const server = fork(projectPath('test', 'support', 'pdf-server.ts'), { execArgv: ['--import', 'tsx/esm'] });
    const pid = await nextChildProcess([], server.pid);
    await new Promise((resolve) => server.once('message', resolve));
    server.kill('SIGKILL');
    await untilEnded(pid);
  });
});
