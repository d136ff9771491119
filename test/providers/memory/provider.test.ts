import { expect } from 'chai';
import { ProviderError } from '../../../plugin/errors.ts';
import { MemoryProvider } from '../../../providers/memory/provider.ts';
import { badgeProviderContract } from '../../contracts/badge-provider.ts';
import { day } from '../../support/rule-values.ts';

badgeProviderContract('the memory provider', async () => {
  const provider = new MemoryProvider();
  return {
    provider,
    templateId: 'demo',
    countIssued: async () => provider.entries.filter(({ action }) => action === 'award').length,
  };
});

describe('the memory provider', () => {
  const request = {
    uuid: 'u-1',
    templateId: 'demo',
    badgeName: 'Demo',
    awardedAt: day(1),
    recipient: { learnerId: 'l1', username: 'ada', name: 'Ada', email: 'ada@example.com' },
    provenance: null,
  };

  /** As every process opens it. */
  function journalOn(file: string[]) {
    let read = 0;
    return {
      read() {
        const added = file.slice(read);
        read = file.length;
        return added;
      },
      append: (line: string) => void file.push(line),
    };
  }

  it('goes on from what an earlier one recorded, which names nobody', async () => {
    const lines: string[] = [];
    const first = new MemoryProvider(journalOn(lines));
    await first.award(request);
    await first.revoke({ uuid: 'u-1' });
    expect(lines).to.deep.equal([
      '{"action":"award","uuid":"u-1","templateId":"demo","learnerId":"l1","awardedAt":"2026-03-01T00:00:00.000000000Z"}',
      '{"action":"revoke","uuid":"u-1"}',
    ]);
    const second = new MemoryProvider(journalOn(lines));
    expect(await second.award(request)).to.deep.equal({ externalId: 'memory-u-1', state: 'revoked', url: null });
    expect(lines).to.have.length(2);
  });

  it('knows what another process does meanwhile, and does it no second time', async () => {
    const lines: string[] = [];
    const [one, other] = [new MemoryProvider(journalOn(lines)), new MemoryProvider(journalOn(lines))];
    await one.award(request);
    expect((await other.findIssued(request))?.state).to.equal('issued');
    await other.award(request);
    await other.revoke({ uuid: 'u-1' });
    expect((await one.revoke({ uuid: 'u-1' })).state).to.equal('revoked');
    expect(lines).to.have.length(2);
    expect(one.entries).to.deep.equal(other.entries);
  });

  it('does not count what it could not record', async () => {
    const provider = new MemoryProvider({
      read: () => [],
      append: () => {
        throw new Error('disk full');
      },
    });
    await provider.award(request).then(
      () => expect.fail('it should have failed'),
      (error: Error) => expect(error.message).to.equal('disk full'),
    );
    expect(provider.entries).to.deep.equal([]);
  });

  it('fails on demand, before the call takes effect or after', async () => {
    const provider = new MemoryProvider();
    const error = new ProviderError('unavailable', 'the provider is away');
    provider.failNext(error);
    expect(await provider.award(request).catch((e: unknown) => e)).to.equal(error);
    expect(provider.entries).to.have.length(0);
    provider.failNext(error, 'after');
    expect(await provider.award(request).catch((e: unknown) => e)).to.equal(error);
    expect(provider.entries).to.have.length(1);
  });

  it('refuses to take back what it never issued', async () => {
    const refusal = await new MemoryProvider().revoke({ uuid: 'other' }).catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(ProviderError);
    expect(refusal).to.have.property(
      'message',
      'the memory provider never issued this badge, so it cannot be taken back',
    );
  });
});
