import { expect } from 'chai';
import sinon from 'sinon';
import { silentLogger } from '../../plugin/ports/runtime.ts';
import { Lifecycle } from '../../server/lifecycle.ts';

describe('Lifecycle', () => {
  it('closes in the opposite order of opening, one after the other', async () => {
    const lifecycle = new Lifecycle(silentLogger);
    const closed: string[] = [];
    lifecycle.onStop('store', () => void closed.push('store'));
    lifecycle.onStop('server', async () => {
      await new Promise((resolve) => setImmediate(resolve));
      closed.push('server');
    });
    await lifecycle.stop();
    expect(closed).to.deep.equal(['server', 'store']);
  });

  it('closes the rest when one part fails, and logs which', async () => {
    const error = sinon.spy();
    const lifecycle = new Lifecycle({ ...silentLogger, error });
    const store = sinon.spy();
    lifecycle.onStop('store', store);
    lifecycle.onStop('server', () => Promise.reject(new Error('stuck')));
    await lifecycle.stop();
    expect(store.calledOnce).to.equal(true);
    expect(error.firstCall.args).to.deep.equal(['closing failed', { part: 'server', error: 'stuck' }]);
  });

  it('closes once, however often it is asked', async () => {
    const lifecycle = new Lifecycle(silentLogger);
    const store = sinon.spy();
    lifecycle.onStop('store', store);
    await Promise.all([lifecycle.stop(), lifecycle.stop()]);
    expect(store.calledOnce).to.equal(true);
  });
});
