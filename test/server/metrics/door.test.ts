import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { composeMetrics } from '../../../server/composition/metrics.ts';
import type { HealthReport } from '../../../server/http/services.ts';
import { Lifecycle } from '../../../server/lifecycle.ts';
import { openMetricsDoor } from '../../../server/metrics/door.ts';
import { noMeters } from '../../../server/metrics/meters.ts';

describe('the door for those who watch', () => {
  let lifecycle: Lifecycle;
  beforeEach(() => {
    lifecycle = new Lifecycle(silentLogger);
  });
  afterEach(() => lifecycle.stop());

  const open = async (status: HealthReport['status'] = 'ok', text = 'laurel_store_up 1\n') => {
    const port = await openMetricsDoor({
      address: '127.0.0.1:0',
      meters: { exposition: async () => ({ type: 'text/plain; version=0.0.4', text }) },
      readiness: async () => ({ status, checks: {} }),
      lifecycle,
    });
    return `http://127.0.0.1:${port}`;
  };

  it('answers metrics and health, and nothing else', async () => {
    const at = await open();
    const metrics = await fetch(`${at}/metrics`);
    expect(metrics.headers.get('content-type')).to.equal('text/plain; version=0.0.4');
    expect(await metrics.text()).to.equal('laurel_store_up 1\n');
    expect((await fetch(`${at}/healthz`)).status).to.equal(200);
    expect(await (await fetch(`${at}/readyz`)).json()).to.deep.equal({ status: 'ok', checks: {} });
    expect((await fetch(`${at}/system`)).status).to.equal(404);
    expect((await fetch(`${at}/metrics`, { method: 'POST' })).status).to.equal(404);
    expect((await fetch(`${at}/constructor`)).status).to.equal(404);
  });

  it('says 503 while the process cannot work', async () => {
    const at = await open('down');
    expect((await fetch(`${at}/readyz`)).status).to.equal(503);
    expect((await fetch(`${at}/healthz`)).status).to.equal(200);
  });

  it('names its setting when the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const settings = { metricsAddress: `127.0.0.1:${port}` };
    const health = async () => ({ status: 'ok' as const, checks: {} });
    const failure = await composeMetrics({ settings, roles: ['web'], lifecycle, health }).catch(
      (error: Error) => error,
    );
    expect(failure).to.have.property(
      'message',
      `port ${port} is in use by another program; stop it, or set LAUREL_METRICS_ADDRESS to a free one`,
    );
    other.close();
  });

  it('is shut unless asked for, and for commands', async () => {
    const health = async () => ({ status: 'ok' as const, checks: {} });
    const off = await composeMetrics({ settings: { metricsAddress: null }, roles: ['web'], lifecycle, health });
    const command = await composeMetrics({ settings: { metricsAddress: '127.0.0.1:0' }, roles: [], lifecycle, health });
    expect([off.meters, command.meters]).to.deep.equal([noMeters, noMeters]);
  });
});
