/** What every badge provider promises. */

import { expect } from 'chai';
import { ProviderError } from '../../plugin/errors.ts';
import { providerProblems } from '../../plugin/extensions/provider-problems.ts';
import type { AwardRequest, BadgeProvider, OpenAccount } from '../../plugin/ports/badge-provider.ts';
import { day } from '../support/rule-values.ts';

/** @param countIssued how many badges the provider has issued to the learner of the requests, taken back or not */
export function badgeProviderContract(
  name: string,
  make: () => Promise<{
    readonly provider: BadgeProvider;
    countIssued(): Promise<number>;
    readonly templateId: string;
    /** Of a provider with accounts: one that works, and has the template. */
    readonly account?: OpenAccount;
  }>,
): void {
  describe(`${name} as a badge provider`, () => {
    let provider: BadgeProvider;
    let countIssued: () => Promise<number>;
    let request: AwardRequest;
    let account: OpenAccount | undefined;
    beforeEach(async () => {
      const made = await make();
      provider = made.provider;
      account = made.account;
      countIssued = () => made.countIssued();
      request = {
        uuid: '7d9f1c0a-2f43-4a57-9d3e-0a1f0c1f5a11',
        templateId: made.templateId,
        badgeName: 'Demo',
        awardedAt: day(1),
        recipient: { learnerId: 'l1', username: 'ada', name: 'Ada', email: 'ada@example.com' },
        provenance: null,
      };
    });

    it('issues a badge and says what it is called there', async () => {
      const issued = await provider.award(request);
      expect(issued.externalId).to.be.a('string').and.not.equal('');
      expect(issued.state).to.be.a('string').and.not.equal('');
      expect(await countIssued()).to.equal(1);
    });

    it('issues no second badge under the same uuid', async () => {
      const first = await provider.award(request);
      expect((await provider.award(request)).externalId).to.equal(first.externalId);
      expect(await countIssued()).to.equal(1);
    });

    it('finds what it issued, and nothing else', async () => {
      if (!provider.capabilities.findsIssued) {
        expect(provider.findIssued).to.equal(undefined);
        return;
      }
      expect(await provider.findIssued?.(request)).to.equal(null);
      const issued = await provider.award(request);
      expect((await provider.findIssued?.(request))?.externalId).to.equal(issued.externalId);
    });

    it('takes a badge back, as often as it is asked', async () => {
      const { externalId } = await provider.award(request);
      const first = await provider.revoke({
        uuid: request.uuid,
        templateId: request.templateId,
        externalId,
        reason: 'test',
      });
      expect(
        await provider.revoke({ uuid: request.uuid, templateId: request.templateId, externalId, reason: 'test' }),
      ).to.deep.equal(first);
      expect(first.externalId).to.equal(externalId);
    });

    it('has exactly the methods that its capabilities declare', () => {
      expect(providerProblems(provider)).to.deep.equal([]);
    });

    it('takes a badge back with the state that it has there from then on', async () => {
      const { externalId } = await provider.award(request);
      const { uuid, templateId } = request;
      const taken = await provider.revoke({ uuid, templateId, externalId, reason: 'test' });
      const state = await provider.issuedState?.({ uuid, templateId, externalId });
      if (state) expect(state.state).to.equal(taken.state);
    });

    it('does not take one badge for another', async () => {
      const first = await provider.award(request);
      const { recipient } = request;
      const other = {
        ...request,
        uuid: '9b1f6d2e-5c0a-4e0c-8f6e-2a4c1d3b5e77',
        recipient: { ...recipient, learnerId: 'l2', username: 'grace', email: 'grace@example.com' },
      };
      expect((await provider.award(other)).externalId).not.to.equal(first.externalId);
    });

    it('knows no template that is none', async () => {
      const none = 'no-such-template-5d2c';
      expect(await provider.template(none)).to.equal(null);
      if (provider.capabilities.accounts === null) return;
      const error = await provider.award({ ...request, templateId: none }).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(ProviderError).with.property('code', 'provider.refused');
      expect(await countIssued()).to.equal(0);
    });

    it('issues for the account that the text names', async () => {
      if (account === undefined) return;
      const issued = await provider.award({ ...request, templateId: `${account.slug}/${request.templateId}` });
      expect((await provider.award(request)).externalId).to.equal(issued.externalId);
      expect(await countIssued()).to.equal(1);
    });

    it('proves an account that works, and no other', async () => {
      if (account === undefined) return;
      const facts = await provider.checkAccount?.(account);
      expect(facts?.name).to.be.a('string').and.not.equal('');
      const error = await provider.checkAccount?.({ ...account, secret: 'wrong' }).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(ProviderError);
      expect((error as Error).message).not.to.contain('wrong');
    });

    it('lists the templates of an account, each once and by the id that a rule writes', async () => {
      if (account === undefined || !provider.listTemplates) return;
      const ids: string[] = [];
      for await (const template of provider.listTemplates(account)) ids.push(template.id);
      expect(new Set(ids).size).to.equal(ids.length);
      expect(ids).to.include(request.templateId);
    });

    it('lists what it issued, with our uuid where it keeps it', async () => {
      if (account === undefined || !provider.listIssued) return;
      const { externalId } = await provider.award(request);
      const listed = [];
      for await (const badge of provider.listIssued(account)) listed.push(badge);
      const found = listed.filter((badge) => badge.externalId === externalId);
      expect(found).to.have.length(1);
      expect(found[0]).to.include({ stands: true, templateId: request.templateId });
      expect(found[0]?.uuid).to.be.oneOf([request.uuid, null]);
    });
  });
}
