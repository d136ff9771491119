/** Why an expectation of a test was not met. */

import { explainEvent } from './explain-event.ts';
import type { LearnerExplanation, RequirementAccount } from './explain-learner.ts';
import type { Badge, RuleEvent, TestExpectation } from './model.ts';

/** @returns sentences without full stops that name events by id
 *  @param explained with every near miss */
export function whyNotMet(
  expectation: TestExpectation,
  badge: Badge,
  explained: LearnerExplanation,
  events: readonly RuleEvent[],
): readonly string[] {
  const { requirements, awards, notes } = explained;
  const awardLines = awards.map(({ ordinal, text }) => `award ${ordinal}: ${text}`);
  switch (expectation.kind) {
    case 'fulfilled':
      return requirements.filter(({ requirement }) => requirement === expectation.requirement).flatMap(accountLines);
    case 'progress':
      return requirements.map(
        ({ requirement, group, text }) => `requirement ${requirement} of group ${group}: ${text}`,
      );
    case 'revoked':
      return [...awardLines, ...notes, ...penaltyLines(badge, explained, events), ...unfulfilled(requirements)];
    case 'awarded': {
      if (expectation.negated || expectation.times !== null) {
        const fulfilled = requirements.filter(({ state }) => state === 'fulfilled');
        const missing = expectation.negated ? [] : unfulfilled(requirements);
        return [...awardLines, ...notes, ...fulfilled.flatMap(accountLines), ...missing];
      }
      return [...awardLines, ...notes, ...unfulfilled(requirements)];
    }
  }
}

/** Of every group that is not fulfilled. */
function unfulfilled(requirements: readonly RequirementAccount[]): readonly string[] {
  const done = new Set(requirements.flatMap(({ state, group }) => (state === 'fulfilled' ? [group] : [])));
  return requirements.filter(({ group }) => !done.has(group)).flatMap(accountLines);
}

function accountLines({ requirement, text, contributions, nearest }: RequirementAccount): readonly string[] {
  return [
    `requirement ${requirement}: ${text}`,
    ...contributions.map((one) => `event ${one.eventId} (${one.at}) ${one.text}`),
    ...nearest.map((one) => `event ${one.eventId} (${one.at}) ${one.text}`),
  ];
}

function penaltyLines(
  { penalties }: Badge,
  { penalties: accounts }: LearnerExplanation,
  events: readonly RuleEvent[],
): readonly string[] {
  if (penalties.length === 0) return ['the badge has no penalty: nothing takes it back'];
  return penalties.flatMap((penalty, index) => {
    const met = accounts[index]?.events ?? [];
    if (met.length > 0)
      return [`penalty ${penalty.id} was met by event ${met.map(({ eventId }) => eventId).join(', ')}`];
    const tried = events
      .map((event) => explainEvent(penalty, event))
      .filter(({ reason }) => reason !== 'other-trigger')
      .map((one) => `event ${one.eventId} (${one.at}) ${one.text}`);
    return [`penalty ${penalty.id} was met by no event`, ...tried];
  });
}
