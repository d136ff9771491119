/** What is sent to Credly to issue a badge. */

import type { AwardRequest } from '../../plugin/ports/badge-provider.ts';
import type { Provenance, ProvenRequirement } from '../../plugin/ports/progress-store.ts';
import type { CREDLY_LOCALES } from '../names.ts';
import { splitName } from './names.ts';

export interface AwardOptions {
  /** Of the mail that Credly sends; null: Credly's own choice, English. */
  readonly locale: (typeof CREDLY_LOCALES)[number] | null;
  /** Whether what the award rests on is shown with the badge, for everybody. */
  readonly evidence: boolean;
  /** Whether Credly keeps from writing to the learner. */
  readonly suppressEmail: boolean;
}

/** As much as Credly shows. */
const LONGEST_EVIDENCE = 350;
const MOST_EVIDENCE = 10;

export function awardBody(
  { recipient, awardedAt, provenance }: AwardRequest,
  templateId: string,
  { locale, evidence, suppressEmail }: AwardOptions,
) {
  const { first, last } = splitName(recipient.name);
  return {
    recipient_email: recipient.email,
    issued_to_first_name: first,
    issued_to_last_name: last,
    badge_template_id: templateId,
    issued_at: `${awardedAt.slice(0, 10)} ${awardedAt.slice(11, 19)} +0000`,
    issuer_earner_id: recipient.learnerId,
    suppress_badge_notification_email: suppressEmail,
    ...(locale === null ? {} : { locale }),
    ...(evidence && provenance ? { evidence: evidenceOf(provenance) } : {}),
  };
}

/** Everybody can read it: which requirements were met, and when; no ids of events, no values, no conditions. */
function evidenceOf({ requirements }: Provenance) {
  return requirements.slice(0, MOST_EVIDENCE).map((requirement) => ({
    type: 'PlainTextEvidence',
    title: requirement.requirement.slice(0, LONGEST_EVIDENCE),
    description: describe(requirement).slice(0, LONGEST_EVIDENCE),
  }));
}

function describe({ on, events, more }: ProvenRequirement): string {
  const days = [...new Set(events.map(({ at }) => at.slice(0, 10)))].sort();
  const count = events.length + more;
  const from = days[0];
  if (from === undefined) return on;
  const to = days.at(-1) as string;
  return `${on}: ${count === 1 ? 'once' : `${count} times`}, ${from === to && more === 0 ? `on ${from}` : `from ${from} on`}`;
}
