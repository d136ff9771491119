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
  const waiting: Buffer[] = [];
  let isBusy = false;
  let isServing = false;
  let replyId = 0;
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    try {
      waiting.push(...framing.push(chunk));
    } catch (error) {
      giveUp(error);
    }
    serve();
  });

  /** One after the other; most are answered at once, writes when they are on disk. */
  function serve(): void {
    if (isServing) return;
    isServing = true;
    while (!isBusy && waiting.length > 0 && !socket.destroyed) {
      isBusy = true;
      try {
        run(waiting.shift() as Buffer);
      } catch (error) {
        giveUp(error);
      }
    }
    isServing = false;
  }

  function run(message: Buffer): void {
    const request = parse(message);
    if (request instanceof CommandError) {
      answer(malformed(message), encodeError(request));
      return;
    }
    try {
      runCommand(store, request, connectionId, (reply) => answer(request, reply));
    } catch (error) {
      report('a command of the embedded store failed in a way that was not foreseen', error);
      const failure = new CommandError(1, 'the embedded store failed to carry out the command; its log says more');
      answer(request, encodeError(failure));
    }
  }

  function answer(request: Request, reply: Buffer): void {
    replyId += 1;
    if (request.wantsReply && !socket.destroyed) socket.write(formatReply(request, reply, replyId));
    isBusy = false;
    serve();
  }

  function giveUp(error: unknown): void {
    if (!(error instanceof WireError)) report('a connection of the embedded store broke', error);
    socket.destroy();
  }
}

function malformed(message: Buffer): Request {
  const command = new Map();
  return { requestId: message.readInt32LE(4), legacy: false, command, sequences: NO_SEQUENCES, wantsReply: true };
}

function parse(message: Buffer) {
  try {
    return parseRequest(message);
  } catch (error) {
    if (error instanceof CommandError) return error;
    throw error instanceof RangeError ? new WireError('a message that ends too early') : error;
  }
}
