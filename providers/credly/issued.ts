/** Finding badges that Credly issued already: what protects from issuing twice, since it takes no key of ours. */

import type { AwardRequest } from '../../plugin/ports/badge-provider.ts';
import { type CredlyApi, canFilterBy } from './api.ts';
import { badgeSchema, type CredlyBadge, read } from './replies.ts';

/** More badges of one template than this has no learner. */
const MOST_PAGES = 20;
const STANDING = 'pending,accepted';

/** The badge that this very request has made, by learner and award date. @throws ProviderError */
export async function findSame(api: CredlyApi, request: AwardRequest, templateId: string): Promise<CredlyBadge | null> {
  const standing = await standingBadges(api, templateId, { issuer_earner_id: request.recipient.learnerId });
  return standing.find((badge) => isOfThisAward(badge, request)) ?? null;
}

/** Any badge of the template that stands in the way of another one. @throws ProviderError */
export async function findAny(api: CredlyApi, request: AwardRequest, templateId: string): Promise<CredlyBadge | null> {
  const { learnerId, email } = request.recipient;
  const own = await standingBadges(api, templateId, { issuer_earner_id: learnerId });
  const same = own.find((badge) => isOfThisAward(badge, request)) ?? own.at(-1);
  if (same) return same;
  // It may have been issued by hand, when nobody gave it our id.
  return (await standingBadges(api, templateId, { recipient_email: email })).at(-1) ?? null;
}

/** Neither declined nor revoked nor replaced. Every one is looked at: a filter that is not understood there filters nothing. */
async function standingBadges(
  api: CredlyApi,
  templateId: string,
  whose: { readonly issuer_earner_id: string } | { readonly recipient_email: string },
): Promise<readonly CredlyBadge[]> {
  const [[key, value] = ['', '']] = Object.entries(whose);
  const filter = { badge_template_id: templateId, state: STANDING, ...(canFilterBy(value) && { [key]: value }) };
  const found: CredlyBadge[] = [];
  for await (const listed of api.list({ path: 'badges', filter, mostPages: MOST_PAGES, mustBeComplete: false })) {
    const badge = read(badgeSchema, listed, 'an issued badge');
    const theirs = key === 'recipient_email' ? badge.recipient_email : badge.issuer_earner_id;
    const isTheirs = theirs?.toLowerCase() === value.toLowerCase() && badge.badge_template.id === templateId;
    const stands = (badge.state === 'pending' || badge.state === 'accepted') && !badge.replacement_badge_id;
    if (isTheirs && stands) found.push(badge);
  }
  return found;
}

/** Where badges may be earned several times, the award date tells them apart: to the second, or by the day where only
 *  that was kept. */
function isOfThisAward({ issued_at }: CredlyBadge, { awardedAt }: AwardRequest): boolean {
  if (!issued_at) return false;
  const text = issued_at.toISOString();
  return text.slice(0, 19) === awardedAt.slice(0, 19) || text === `${awardedAt.slice(0, 10)}T00:00:00.000Z`;
}
