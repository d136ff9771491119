import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { childProcesses, nextChildProcess, untilEnded } from '../../../support/child-processes.ts';

describe('a child process', function () {
  this.timeout(60_000);
  let parent: ChildProcess;
  let pid: number | undefined;
  afterEach(() => {
    parent.kill('SIGKILL');
    try {
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
    } catch {
      // it has ended, as it should
    }
  });

  it('ends with a parent that was killed, whatever it was at, and not by a signal before', async () => {
    const child = fileURLToPath(new URL('../../../support/endless-child.ts', import.meta.url));
    const script = `require('node:child_process').fork(${JSON.stringify(child)}, [], { execArgv: ['--import', 'tsx/esm'] })
      .once('message', () => process.stdout.write('endless'));`;
    parent = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    pid = await nextChildProcess([], parent.pid);
    await new Promise((resolve) => parent.stdout?.once('data', resolve));
    process.kill(pid, 'SIGTERM');
    await setTimeout(100);
    expect(await childProcesses(parent.pid)).to.deep.equal([pid]);
    parent.kill('SIGKILL');
    await untilEnded(pid);
  });
});
