import type { LookupAddress, LookupOptions } from 'node:dns';
import { expect } from 'chai';
import {
  createGuardedAgents,
  isInternalHost,
  type Resolve,
  whyNotCalled,
} from '../../../providers/http/guarded-agents.ts';

describe('guarded connections', () => {
  type Lookup = (name: string, options: LookupOptions, done: (...answer: unknown[]) => void) => void;

  /** What a connection to the name would be made to. */
  function look(resolve: Resolve, options: LookupOptions, scheme: 'httpAgent' | 'httpsAgent' = 'httpsAgent') {
    const agent = createGuardedAgents(resolve)[scheme] as unknown as { readonly options: { readonly lookup: Lookup } };
    return new Promise<unknown[]>((resolved) =>
      agent.options.lookup('badges.example', options, (...answer) => resolved(answer)),
    );
  }

  const answering =
    (...answers: readonly (readonly string[])[]): Resolve =>
    (_name, _options, done) => {
      const [addresses = []] = answers.length > 1 ? (answers as string[][]).splice(0, 1) : answers;
      done(
        null,
        addresses.map((address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    };

  it('go to public addresses only, whichever way they are asked for', async () => {
    const mixed = answering(['10.0.0.1', '8.8.8.8', '::1', '2606:4700::1111']);
    for (const scheme of ['httpAgent', 'httpsAgent'] as const) {
      expect(await look(mixed, { all: true }, scheme)).to.deep.equal([
        null,
        [
          { address: '8.8.8.8', family: 4 },
          { address: '2606:4700::1111', family: 6 },
        ],
      ]);
      expect(await look(mixed, {}, scheme)).to.deep.equal([null, '8.8.8.8', 4]);
    }
  });

  it('are refused where a name leads to private addresses alone, or to none', async () => {
    for (const addresses of [['127.0.0.1', '::ffff:169.254.169.254'], []]) {
      const [error] = await look(answering(addresses), { all: true });
      expect(error).to.include({ code: 'NOT_PUBLIC', message: 'badges.example leads to a private network' });
    }
  });

  it('look at every answer anew: a name that changes its mind gains nothing', async () => {
    const rebinding = answering(['8.8.8.8'], ['127.0.0.1']);
    expect((await look(rebinding, {}))[1]).to.equal('8.8.8.8');
    expect((await look(rebinding, {}))[0]).to.include({ code: 'NOT_PUBLIC' });
  });

  it('hand on what the resolver says is wrong', async () => {
    const failure = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
    const [error] = await look((_name, _options, done) => done(failure, []), {});
    expect(error).to.equal(failure);
  });

  it('know the hosts of the operator by name, or by name and port', () => {
    const isInternal = (address: string, ...hosts: string[]) => isInternalHost(new URL(address), hosts);
    expect(isInternal('http://Badges.internal/x', 'badges.INTERNAL')).to.equal(true);
    expect(isInternal('http://badges.internal:8080', 'badges.internal')).to.equal(true);
    expect(isInternal('http://badges.internal:8080', 'badges.internal:8080')).to.equal(true);
    expect(isInternal('https://badges.internal', 'badges.internal:443')).to.equal(true);
    expect(isInternal('http://badges.internal', 'badges.internal:443')).to.equal(false);
    expect(isInternal('http://evil-badges.internal', 'badges.internal')).to.equal(false);
    expect(isInternal('http://badges.internal.evil.example', 'badges.internal')).to.equal(false);
    expect(isInternal('http://[::1]:80', '[::1]')).to.equal(true);
  });

  it('say why an address is not called', () => {
    expect(whyNotCalled(new URL('https://badges.example'), [])).to.equal(null);
    expect(whyNotCalled(new URL('https://8.8.8.8'), [])).to.equal(null);
    expect(whyNotCalled(new URL('https://[64:ff9b::a9fe:a9fe]'), [])).to.equal('it is an address of a private network');
    expect(whyNotCalled(new URL('file:///etc/passwd'), ['localhost', ''])).to.equal('it is neither https nor http');
    expect(whyNotCalled(new URL('http://127.0.0.1'), ['127.0.0.1'])).to.equal(null);
  });
});
