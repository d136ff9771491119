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

  it('goes on from what an earlier one recorded, which names nobody', async () => {
    const lines: string[] = [];
    const first = new MemoryProvider({ record: (line) => lines.push(line) });
    await first.award(request);
    await first.revoke({ uuid: 'u-1' });
    expect(lines).to.deep.equal([
      '{"action":"award","uuid":"u-1","templateId":"demo","learnerId":"l1","awardedAt":"2026-03-01T00:00:00.000000000Z"}',
      '{"action":"revoke","uuid":"u-1"}',
    ]);
    const second = new MemoryProvider({ lines, record: (line) => lines.push(line) });
    expect(await second.award(request)).to.deep.equal({ externalId: 'memory-u-1', state: 'revoked', url: null });
    expect(lines).to.have.length(2);
  });

  it('does not count what it could not record', async () => {
    const provider = new MemoryProvider({
      record: () => {
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
