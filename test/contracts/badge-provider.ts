/** What every badge provider promises. */

import { expect } from 'chai';
import type { AwardRequest, BadgeProvider } from '../../plugin/ports/badge-provider.ts';
import { day } from '../support/rule-values.ts';

/** @param countIssued how many badges the provider has issued to the learner of the requests, taken back or not */
export function badgeProviderContract(
  name: string,
  make: () => Promise<{
    readonly provider: BadgeProvider;
    countIssued(): Promise<number>;
    readonly templateId: string;
  }>,
): void {
  describe(`${name} as a badge provider`, () => {
    let provider: BadgeProvider;
    let countIssued: () => Promise<number>;
    let request: AwardRequest;
    beforeEach(async () => {
      const made = await make();
      provider = made.provider;
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

    it('offers a list of templates exactly when it says so', () => {
      expect(provider.listTemplates !== undefined).to.equal(provider.capabilities.synchronises);
    });
  });
}
