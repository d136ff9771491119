import { expect } from 'chai';
import { InputError, NotFoundError } from '../../../plugin/errors.ts';
import type { BadgeProvider, WebhookResult } from '../../../plugin/ports/badge-provider.ts';
import { MemoryProgressStore } from '../../../plugin/ports/memory-progress-store.ts';
import { MemoryProviderStore } from '../../../plugin/ports/memory-provider-store.ts';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { createNoticeDesk } from '../../../plugin/providers/receive-notice.ts';
import { storedTemplate } from '../../support/credly-world.ts';
import { anAccount } from '../../support/provider-accounts.ts';

const template = {
  ...{ id: 't1', name: 'Data Analysis', description: '', imageUrl: null, dashboardUrl: null, details: {} },
  state: 'archived',
} as const;

async function world() {
  const store = new MemoryProviderStore();
  await store.saveAccount(anAccount('university'));
  await store.saveTemplate(storedTemplate({ accountId: 'id-university' }));
  let result: WebhookResult | Error = { outcome: 'template-changed', accountId: 'id-university', template };
  let asked = 0;
  const provider = {
    name: 'credly',
    capabilities: { webhooks: true },
    async readWebhook() {
      asked += 1;
      if (result instanceof Error) throw result;
      return result;
    },
  } as unknown as BadgeProvider;
  const mute = { name: 'mute', capabilities: { webhooks: false } } as unknown as BadgeProvider;
  const parts = {
    store,
    progress: new MemoryProgressStore(),
    providers: new Map([provider, mute].map((one) => [one.name, one])),
    clock: { now: () => new Date('2026-11-20T08:00:00Z') },
    logger: silentLogger,
  };
  return {
    desk: createNoticeDesk({ ...parts, key: 'k' }),
    otherDesk: createNoticeDesk({ ...parts, key: 'another' }),
    asked: () => asked,
    answers: (next: WebhookResult | Error) => {
      result = next;
    },
    state: async () => (await store.template('credly', 'id-university', 't1'))?.state,
  };
}

describe('the desk for notices', () => {
  it('asks once about what is sent several times, and again about what it could not follow', async () => {
    const { desk, asked, answers, state } = await world();
    answers(new InputError('webhook', 'this is no notice'));
    let told: unknown;
    await desk.receive('credly', { id: 'E1' }, null).catch((error: unknown) => {
      told = error;
    });
    expect(told).to.be.instanceOf(InputError);
    answers({ outcome: 'ignored', accountId: 'id-university' });
    expect(await desk.receive('credly', { id: 'E1' }, null)).to.equal('ignored');
    answers({ outcome: 'template-changed', accountId: 'id-university', template });
    expect(await desk.receive('credly', { id: 'E1' }, null)).to.equal('template-changed');
    expect(await state()).to.equal('archived');
    expect(await desk.receive('credly', { id: 'e1' }, null)).to.equal('repeated');
    expect(asked()).to.equal(3);
    expect(await desk.receive('credly', {}, null)).to.equal('template-changed');
    expect(await desk.receive('credly', {}, null)).to.equal('template-changed');
  });

  it('forgets the oldest of many', async () => {
    const { desk, asked } = await world();
    for (let number = 0; number <= 1_000; number++) await desk.receive('credly', { id: `e${number}` }, null);
    expect(await desk.receive('credly', { id: 'e1000' }, null)).to.equal('repeated');
    expect(await desk.receive('credly', { id: 'e0' }, null)).to.equal('template-changed');
    expect(asked()).to.equal(1_002);
  });

  it('has addresses that follow from the key alone, and opens no other', async () => {
    const { desk, otherDesk, asked } = await world();
    const account = { id: 'id-university', provider: 'credly' };
    const secret = desk.pathOf(account)?.split('/').at(-1) as string;
    expect(await desk.receive('credly', {}, secret)).to.equal('template-changed');
    expect(otherDesk.pathOf(account)).to.not.equal(desk.pathOf(account));
    expect(desk.pathOf({ id: 'x', provider: 'mute' })).to.equal(null);
    const before = asked();
    for (const [provider, guess] of [
      ['credly', otherDesk.pathOf(account)?.split('/').at(-1) as string],
      ['credly', ''],
      ['mute', null],
      ['none', null],
    ] as const) {
      let told: unknown;
      await desk.receive(provider, {}, guess).catch((error: unknown) => {
        told = error;
      });
      expect(told).to.be.instanceOf(NotFoundError);
    }
    expect(asked()).to.equal(before);
  });
});
