/** One client's connection: requests come in, are run in their order, and are answered. */

import type { Socket } from 'node:net';
import type { StoreContext } from './commands/context.ts';
import { encodeError, runCommand } from './commands/dispatch.ts';
import { CommandError } from './errors.ts';
import { Framing, formatReply, NO_SEQUENCES, parseRequest, type Request, WireError } from './wire.ts';

/** @param report told about what should never happen; without any content of documents */
export function serveConnection(
  socket: Socket,
  store: StoreContext,
  connectionId: number,
  report: (message: string, error: unknown) => void,
): void {
  const framing = new Framing();
  let replyId = 0;
  let last: Promise<void> = Promise.resolve();
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    try {
      for (const message of framing.push(chunk)) last = last.then(() => answer(message)).catch(giveUp);
    } catch (error) {
      giveUp(error);
    }
  });

  async function answer(message: Buffer): Promise<void> {
    if (socket.destroyed) return;
    const { request, reply } = await process(message);
    replyId += 1;
    if (request.wantsReply && !socket.destroyed) socket.write(formatReply(request, reply, replyId));
  }

  async function process(message: Buffer) {
    const request = parse(message);
    if (request instanceof CommandError) {
      const failed = {
        requestId: message.readInt32LE(4),
        legacy: false,
        command: new Map(),
        sequences: NO_SEQUENCES,
        wantsReply: true,
      };
      return { request: failed, reply: encodeError(request) };
    }
    return { request, reply: await runSafely(request) };
  }

  async function runSafely(request: Request): Promise<Buffer> {
    try {
      return await runCommand(store, request, connectionId);
    } catch (error) {
      report('a command of the embedded store failed in a way that was not foreseen', error);
      return encodeError(new CommandError(1, 'the embedded store failed to carry out the command; its log says more'));
    }
  }

  function giveUp(error: unknown): void {
    if (!(error instanceof WireError)) report('a connection of the embedded store broke', error);
    socket.destroy();
  }
}

function parse(message: Buffer) {
  try {
    return parseRequest(message);
  } catch (error) {
    if (error instanceof CommandError) return error;
    throw error instanceof RangeError ? new WireError('a message that ends too early') : error;
  }
}
