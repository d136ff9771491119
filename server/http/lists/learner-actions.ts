/** What is done to many learners: counting their events anew, and forgetting them. */

import { toReason } from '../../../plugin/badges/reason.ts';
import { InputError } from '../../../plugin/errors.ts';
import type { Learner } from '../../../plugin/ports/learner-store.ts';
import { msg, words } from '../../../plugin/words.ts';
import { createAudit } from '../audit/audit.ts';
import { namesLearner } from '../pages/retire.ts';
import type { Services } from '../services.ts';
import type { BulkAction } from './list.ts';

export type LearnerServices = Pick<Services, 'learners' | 'progress' | 'retirements' | 'recount' | 'access' | 'clock'>;

export function learnerActions(services: LearnerServices): readonly BulkAction<Learner>[] {
  return [recounting(services), retiring(services)];
}

function recounting({ recount }: LearnerServices): BulkAction<Learner> {
  return {
    name: 'recount',
    label: msg('Count their events anew'),
    audited: 'learners.recounted',
    // Somebody may have thousands of events.
    atOnce: 10,
    consequence: msg(
      'All events that are kept of each are counted again, for every active badge and by its rules of today. What comes out differently is put right: badges may be given, and taken back.',
    ),
    run: async (learner) => ((await recount(learner)) ? msg('changed') : msg('unchanged')),
  };
}

/** Each is a job of its own, as from the page of the learner. */
function retiring(services: LearnerServices): BulkAction<Learner> {
  const audit = createAudit(services);
  return {
    name: 'retire',
    label: msg('Retire'),
    access: 'administer',
    isFinal: true,
    isGrave: true,
    needsReason: true,
    audited: 'learners.retired',
    consequence: msg(
      'Everything that tells who they are is removed here, for good: names, addresses and usernames, in events, progress, credentials and files. From now on nothing about them is stored. A job of its own does it for each. The reason is kept; write it without their names.',
    ),
    choice: {
      label: msg('Their badges at providers'),
      choices: [
        { value: 'leave', word: words('Stay there') },
        { value: 'revoke', word: words('Are taken back') },
      ],
    },
    async run(learner, { actor, reason, choice }) {
      if (namesLearner(learner, reason))
        throw new InputError('reason', msg('the reason is kept, and names one of the learners; write it without'));
      const badgesThere = choice === 'revoke' ? 'revoke' : 'leave';
      const { id, username } = learner;
      const job = await services.retirements.request({ username, badgesThere, by: actor, reason: toReason(reason) });
      if (job === null) return msg('left alone');
      await audit(actor, 'learner.retired', `learner:${id}`, { job: job.id, badges: badgesThere });
      return msg('retirement begun');
    },
  };
}
