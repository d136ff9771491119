/** The rules in force, as this process knows them, and who follows their changes. */

import { createRuleFollower, type RuleFollower } from '../../plugin/badges/replay/follow-rules.ts';
import { createRuleBook, type RuleBook } from '../../plugin/badges/rule-book.ts';
import { createRuleReader, type RuleReader } from '../../plugin/badges/rule-reader.ts';
import type { Jobs } from '../../plugin/jobs/request-job.ts';
import type { FindTorn } from '../../plugin/organisations/torn-names.ts';
import { createFindTorn } from '../organisations/references.ts';
import type { Foundation } from './foundation.ts';

export interface Rules {
  readonly ruleBook: RuleBook;
  readonly read: RuleReader;
  /** Asks for the replays that a change of rules calls for. */
  readonly follower: RuleFollower;
  readonly findTorn: FindTorn;
}

/** How often a process looks whether the rules changed elsewhere. */
const RULES_POLL_MS = 2_000;

/** The rules of the database are in force when it resolves. @throws StoreError */
export async function composeRules(foundation: Foundation, jobs: Jobs): Promise<Rules> {
  const { stores, environment, clock, logger, repeat } = foundation;
  const read = createRuleReader(environment);
  const follower = createRuleFollower({ jobs, read, clock, alone: stores.alone });
  const findTorn = createFindTorn({ belongings: stores.belongings, providerStore: stores.providers });
  const ruleBook = createRuleBook({ store: stores.badges, environment, clock, logger, follower, findTorn });
  await ruleBook.refresh();
  repeat('rules poll', RULES_POLL_MS, () => ruleBook.refresh(), 'looking for changed rules failed');
  return { ruleBook, read, follower, findTorn };
}
