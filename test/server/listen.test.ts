import { expect } from 'chai';
import { silentLogger } from '../../plugin/ports/runtime.ts';
import { Lifecycle } from '../../server/lifecycle.ts';
import { listen } from '../../server/listen.ts';
import { rejection } from '../contracts/credential-store.ts';

describe('listen', () => {
  let lifecycle: Lifecycle;
  beforeEach(() => {
    lifecycle = new Lifecycle(silentLogger);
  });
  afterEach(() => lifecycle.stop());

  const open = (port: number, host = '127.0.0.1') => listen({ port, host, lifecycle });

  it('asks for patience until there is an application, then hands over to it', async () => {
    const { port, serve } = await open(0);
    const address = `http://127.0.0.1:${port}/`;
    const early = await fetch(address);
    expect([early.status, early.headers.get('retry-after')]).to.deep.equal([503, '1']);
    serve((_, response) => void response.end('here'));
    expect(await (await fetch(address)).text()).to.equal('here');
  });

  it('names a port that is in use', async () => {
    const { port } = await open(0);
    const error = await rejection(open(port));
    expect([error.code, error.message]).to.deep.equal([
      'store.port-in-use',
      `port ${port} is in use by another program; stop it, or set PORT to a free one`,
    ]);
  });

  it('names an address that this machine does not have', async () => {
    const error = await rejection(open(0, '192.0.2.1'));
    expect(error.message).to.equal(
      'the configuration has problems:\n  - LAUREL_HOST 192.0.2.1 is not an address of this machine',
    );
  });

  it('lets a request in progress finish at a stop', async () => {
    const { port, serve } = await open(0);
    let finish = (): void => {};
    const arrived = new Promise<void>((resolve) => {
      serve((_, response) => {
        finish = () => void response.end('done');
        resolve();
      });
    });
    const answer = fetch(`http://127.0.0.1:${port}/`);
    await arrived;
    const stopped = lifecycle.stop();
    finish();
    expect(await (await answer).text()).to.equal('done');
    await stopped;
    const later = await fetch(`http://127.0.0.1:${port}/`).catch(() => 'refused');
    expect(later).to.equal('refused');
  });

  it('ends connections after their answer once it sends people elsewhere, those in progress too', async () => {
    const { port, serve, sendElsewhere } = await open(0);
    const finish: (() => void)[] = [];
    serve((_, response) => void finish.push(() => response.end('done')));
    const connection = async (answer: Promise<Response>) => (await answer).headers.get('connection');
    const ask = async () => {
      const answer = fetch(`http://127.0.0.1:${port}/`);
      const before = finish.length;
      while (finish.length === before) await new Promise((resolve) => setTimeout(resolve, 2));
      return { answer };
    };
    const usual = await ask();
    finish[0]?.();
    expect(await connection(usual.answer)).to.equal('keep-alive');
    const underWay = await ask();
    sendElsewhere();
    finish[1]?.();
    expect(await connection(underWay.answer)).to.equal('close');
    const late = await ask();
    finish[2]?.();
    expect(await connection(late.answer)).to.equal('close');
  });
});
