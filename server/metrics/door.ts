/** A door of its own for those who watch: metrics and health, on an address that is not the public one. */

import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Readiness } from '../health.ts';
import type { Lifecycle } from '../lifecycle.ts';
import { bind } from '../listen.ts';
import type { ScrapedMeters } from './meters.ts';

export interface DoorParts {
  /** `host:port`, as `LAUREL_METRICS_ADDRESS`. */
  readonly address: string;
  readonly meters: Pick<ScrapedMeters, 'exposition'>;
  readonly readiness: () => Promise<Readiness>;
  readonly lifecycle: Lifecycle;
}

/** @returns the port bound @throws StoreError `store.port-in-use`; ConfigurationError as `listen` */
export async function openMetricsDoor({ address, meters, readiness, lifecycle }: DoorParts): Promise<number> {
  const { hostname, port } = new URL(`http://${address}`);
  const answers: Readonly<Record<string, (response: ServerResponse) => Promise<unknown>>> = {
    '/metrics': async (response) => {
      const { type, text } = await meters.exposition();
      response.writeHead(200, { 'content-type': type }).end(text);
    },
    '/healthz': async (response) => json(response, 200, { status: 'ok' }),
    '/readyz': async (response) => {
      const ready = await readiness();
      json(response, ready.status === 'down' ? 503 : 200, ready);
    },
  };
  const server: Server = createServer({ requestTimeout: 30_000, headersTimeout: 15_000 }, (request, response) => {
    const answer = request.method === 'GET' ? answers[request.url?.split('?')[0] ?? ''] : undefined;
    if (!answer) {
      json(response, 404, { error: 'GET /metrics, /healthz or /readyz' });
      return;
    }
    answer(response).catch(() =>
      response.headersSent ? response.destroy() : json(response, 500, { error: 'failed' }),
    );
  });
  await bind(server, {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port),
    names: { host: 'LAUREL_METRICS_ADDRESS', port: 'LAUREL_METRICS_ADDRESS' },
  });
  lifecycle.onStop('metrics', () => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return (server.address() as AddressInfo).port;
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(`${JSON.stringify(body)}\n`);
}
