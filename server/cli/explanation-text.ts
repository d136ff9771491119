/** An explanation as text that can be pasted into an answer to the learner. */

import type { LearnerExplanation, RequirementAccount } from '../../dsl/index.ts';

export function explanationText(learner: string, explanation: LearnerExplanation): readonly string[] {
  const { badge, status, awards, notes, requirements, penalties } = explanation;
  return [
    `badge ${badge}, learner ${learner}: ${STATUS[status]}${standing(explanation)}`,
    ...awards.map(({ ordinal, text }) => `  ${awards.length > 1 ? `award ${ordinal}: ` : ''}${text}`),
    ...notes.map((note) => `  ${note}`),
    ...requirements.flatMap(requirementText),
    ...penalties.flatMap(({ penalty, resets, events }) =>
      events.length === 0
        ? []
        : [
            '',
            `  penalty ${penalty}, which resets ${resets.join(', ')}: met`,
            ...events.map(({ eventId, at }) => `    event ${eventId} at ${at}`),
          ],
    ),
  ];
}

const STATUS: Readonly<Record<LearnerExplanation['status'], string>> = {
  none: 'nothing counts yet',
  'in-progress': 'not awarded yet',
  awarded: 'awarded',
  revoked: 'taken back',
};

function standing({ requirements }: LearnerExplanation): string {
  const groups = new Set(requirements.map(({ group }) => group));
  const done = new Set(requirements.flatMap(({ state, group }) => (state === 'fulfilled' ? [group] : [])));
  return `; ${done.size} of ${groups.size} ${groups.size === 1 ? 'group' : 'groups'} fulfilled`;
}

function requirementText(account: RequirementAccount): readonly string[] {
  const { requirement, group, description, text, contributions, nearest, others } = account;
  return [
    '',
    `  requirement ${requirement}${group === requirement ? '' : ` of group ${group}`}: ${text}`,
    ...(description === null ? [] : [`    (${description})`]),
    ...contributions.map((one) => `    ${eventName(one)} ${one.text}`),
    ...nearest.map((one) => `    event ${one.eventId} at ${one.at} ${one.text}`),
    ...(others > 0 ? [`    ${others} more ${others === 1 ? 'event' : 'events'} of this type did not match`] : []),
  ];
}

function eventName({ badge, eventId, at }: RequirementAccount['contributions'][number]): string {
  const event = `event ${eventId} at ${at}`;
  return badge === null ? event : `the award of badge ${badge} with ${event}`;
}
