/** The thread the store runs in: a scan does not hold up the web pages. Talks to `open.ts` by messages. */

import { parentPort, workerData } from 'node:worker_threads';
import { HeldError } from './hold.ts';
import { FormatError } from './journal.ts';
import { type RunningServer, type ServerOptions, startServer } from './server.ts';

/** What the thread is started with. */
export type WorkerOptions = Omit<ServerOptions, 'report' | 'tell' | 'onBroken'>;

export type WorkerMessage =
  | { readonly kind: 'ready'; readonly uri: string }
  | { readonly kind: 'held'; readonly pid: number; readonly since: Date }
  | { readonly kind: 'format'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'report'; readonly message: string; readonly reason: string }
  | { readonly kind: 'told'; readonly level: 'info' | 'warn'; readonly message: string }
  | { readonly kind: 'broken'; readonly reason: string }
  | { readonly kind: 'closed' };

/** Bodies are made one by one and are on disk in a moment: a block for many costs less than one for each. */
Buffer.poolSize = 64 * 1024;

function tell(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

/** The first line of an error without its stack: no document content gets into it. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

async function start(): Promise<RunningServer | null> {
  try {
    const server = await startServer({
      ...(workerData as WorkerOptions),
      report: (message, error) => tell({ kind: 'report', message, reason: reasonOf(error) }),
      tell: (level, message) => tell({ kind: 'told', level, message }),
      onBroken: (reason) => tell({ kind: 'broken', reason: reasonOf(reason) }),
    });
    tell({ kind: 'ready', uri: server.uri });
    return server;
  } catch (error) {
    if (error instanceof HeldError) tell({ kind: 'held', pid: error.holder.pid, since: error.holder.since });
    else if (error instanceof FormatError) tell({ kind: 'format', message: error.message });
    else tell({ kind: 'failed', message: reasonOf(error) });
    return null;
  }
}

void start().then((server) => {
  if (server === null) return parentPort?.close();
  parentPort?.once('message', async () => {
    await server.close();
    tell({ kind: 'closed' });
    parentPort?.close();
  });
});
