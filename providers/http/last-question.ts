/** A process may stand still between any two instructions, for as long as it takes another to do its work. What must not be done by two is
 *  therefore asked about at the last moment: when the connection stands, in the same turn in which the first byte is handed over. */

import { type ClientRequest, type IncomingMessage, type RequestOptions, request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import type { Socket } from 'node:net';

export const TAKEN_OVER = 'ELAUREL_TAKEN_OVER';

interface Transport {
  request(options: RequestOptions, answered: (reply: IncomingMessage) => void): ClientRequest;
}

/** @returns what axios sends requests with */
export function askingFirst(mayStill: () => boolean): Transport {
  return {
    request(options, answered) {
      const request = (options.protocol === 'https:' ? requestSecure : requestPlain)(options, answered);
      holdBack(request, mayStill);
      return request;
    },
  };
}

/** Nothing leaves a request before its first write or its end: both wait until it has a connection. */
function holdBack(request: ClientRequest, mayStill: () => boolean): void {
  const held: (() => void)[] = [];
  const { write, end } = request;
  let isOpen = false;
  request.write = ((...args: Parameters<typeof write>) => {
    if (isOpen) return write.apply(request, args);
    held.push(() => write.apply(request, args));
    return true;
  }) as typeof write;
  request.end = ((...args: Parameters<typeof end>) => {
    if (isOpen) return end.apply(request, args);
    held.push(() => end.apply(request, args));
    return request;
  }) as typeof end;
  request.once('socket', (socket) =>
    whenConnected(socket, () => {
      if (!mayStill()) {
        request.destroy(Object.assign(new Error('taken over'), { code: TAKEN_OVER }));
        return;
      }
      isOpen = true;
      for (const send of held) send();
    }),
  );
}

function whenConnected(socket: Socket, then: () => void): void {
  // Not in the types, though documented by its use: true until both sides have agreed on keys.
  const isShakingHands = (socket as { secureConnecting?: boolean }).secureConnecting === true;
  if (isShakingHands) socket.once('secureConnect', then);
  else if (socket.connecting) socket.once('connect', then);
  else then();
}
