/** Finds what a piece of work leaves in the process when it has ended: open handles that would keep a process alive, and changes
 *  of what all of the process shares. */

import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import { setTimeout as pause } from 'node:timers/promises';

interface Handle {
  /** Tells where it was made; turned into text only for who is told. */
  readonly made: Error;
  /** What Node made; a timer that has ended says so itself, and may still count as one to wait for. */
  readonly resource: { hasRef?(): boolean; readonly _destroyed?: boolean };
}

/** Those that a process waits for. Promises and the like come and go by the thousand. */
const KINDS: ReadonlySet<string> = new Set([
  ...['Timeout', 'TCPWRAP', 'TCPSERVERWRAP', 'PIPEWRAP', 'PIPESERVERWRAP', 'UDPWRAP', 'PROCESSWRAP'],
  ...['WORKER', 'FSEVENTWRAP', 'SIGNALWRAP'],
]);
const PATIENCE_MS = 2_000;

/** @param name of the work, for the message
 *  @throws when something is left a while after it has ended */
export async function watchForRemains<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  const within = new AsyncLocalStorage<boolean>();
  let handles: Handle[] = [];
  const open = (): Handle[] => handles.filter(({ resource }) => !resource._destroyed && resource.hasRef?.());
  const hook = createHook({
    init(_id, type, _trigger, resource: object) {
      if (!KINDS.has(type) || !within.getStore()) return;
      handles.push({ made: new Error(type), resource });
      if (handles.length % 1_000 === 0) handles = open();
    },
  });
  const before = sharedState();
  hook.enable();
  try {
    const result = await within.run(true, work);
    const until = Date.now() + PATIENCE_MS;
    while (open().length > 0 && Date.now() < until) await pause(5);
    const left = [...open().map(({ made }) => `an open ${made.stack}`), ...differences(before, sharedState())];
    if (left.length > 0) throw new Error(`${name} left behind ${left.join('\nand ')}`);
    return result;
  } finally {
    hook.disable();
    // Else every promise of the process goes on paying for it.
    within.disable();
  }
}

/** What a process has once. */
function sharedState(): Readonly<Record<string, string>> {
  // What libraries want at the exit they say when they are loaded, whoever asked for them first.
  const events = process.eventNames().filter((event) => event !== 'exit');
  const listeners = events.map((event) => [String(event), process.listenerCount(event)]);
  return {
    'the exit code': String(process.exitCode),
    'the folder': process.cwd(),
    'the environment': JSON.stringify(process.env),
    'listeners of the process': JSON.stringify(Object.fromEntries(listeners.sort())),
  };
}

function differences(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): string[] {
  return Object.keys(before)
    .filter((what) => before[what] !== after[what])
    .map((what) => `${what} changed: ${before[what]} became ${after[what]}`);
}
