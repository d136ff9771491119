/** The HTTP socket: bound first, so that a port in use is known before anything else begins. */

import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigurationError, StoreError } from '../plugin/errors.ts';
import type { Lifecycle } from './lifecycle.ts';

export interface Listening {
  /** The one bound: chosen by the system when 0 was asked for. */
  readonly port: number;
  serve(app: RequestListener): void;
  /** From now on every connection ends after its answer, so that whoever kept it goes elsewhere; new ones are taken. */
  sendElsewhere(): void;
}

/** For how long somebody may take to say what they want: a slow one holds a connection and nothing else. */
export interface Patience {
  readonly headersMs: number;
  /** Headers and body. */
  readonly requestMs: number;
  /** Without a byte in either direction, e.g. because an answer is not read. */
  readonly idleMs: number;
  /** How often it is looked at. */
  readonly checkMs: number;
}

const PATIENCE: Patience = { headersMs: 15_000, requestMs: 60_000, idleMs: 300_000, checkMs: 5_000 };
/** How long requests in progress may take at a stop. */
const GRACE_MS = 10_000;

/** @throws StoreError `store.port-in-use`; ConfigurationError for an address this machine does not have */
export async function listen({
  port,
  host,
  lifecycle,
  patience: { headersMs, requestMs, idleMs, checkMs } = PATIENCE,
}: {
  readonly port: number;
  readonly host: string;
  readonly lifecycle: Lifecycle;
  readonly patience?: Patience;
}): Promise<Listening> {
  let app: RequestListener = (_, response) => void response.writeHead(503, { 'retry-after': '1' }).end('starting\n');
  const inProgress = new Set<ServerResponse>();
  let leaving = false;
  const server = createServer(
    { requestTimeout: requestMs, headersTimeout: headersMs, connectionsCheckingInterval: checkMs },
    (request, response) => {
      if (leaving) response.setHeader('Connection', 'close');
      inProgress.add(response);
      response.once('close', () => inProgress.delete(response));
      app(request, response);
    },
  );
  server.setTimeout(idleMs);
  const sendElsewhere = (): void => {
    leaving = true;
    for (const response of inProgress) if (!response.headersSent) response.setHeader('Connection', 'close');
  };
  await bind(server, { port, host, names: { port: 'PORT', host: 'LAUREL_HOST' } });
  lifecycle.onStop('HTTP', () => {
    sendElsewhere();
    return close(server);
  });
  return {
    port: (server.address() as AddressInfo).port,
    serve(handler) {
      app = handler;
    },
    sendElsewhere,
  };
}

export interface Binding {
  readonly port: number;
  readonly host: string;
  /** The settings that they come from. */
  readonly names: { readonly port: string; readonly host: string };
}

/** @throws as `listen` */
export function bind(server: Server, binding: Binding): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explained(error, binding)));
    server.listen(binding.port, binding.host, resolve);
  });
}

function explained(error: NodeJS.ErrnoException, { port, host, names }: Binding): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new StoreError(
        'port-in-use',
        `port ${port} is in use by another program; stop it, or set ${names.port} to a free one`,
        {
          cause: error,
        },
      );
    case 'EACCES':
      return new ConfigurationError([`${names.port} ${port} needs privileges; choose one from 1024 on`], {
        cause: error,
      });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new ConfigurationError([`${names.host} ${host} is not an address of this machine`], { cause: error });
    default:
      return error;
  }
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const force = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await closed;
  clearTimeout(force);
}
