/** The services as somebody has them who is limited to some organisations. One row for each: what is passed on as it is knows no
 *  organisations; a new service is not there for them before it has an answer here. */

import type { Organisations } from '../../../plugin/organisations/standing.ts';
import type { Services } from '../services.ts';
import { closed, refuse } from './closed.ts';
import { limitBadges, limitProgress } from './limited-badges.ts';
import { limitCredentials, limitCredentialWork } from './limited-credentials.ts';
import { limitAccess, limitEvents, limitJobs, limitLearners } from './limited-people.ts';
import { limitAccounts, limitIssuer, limitProviders } from './limited-providers.ts';
import { noRecords } from './limited-records.ts';
import { limitRuleWork } from './limited-rule-work.ts';
import { createReach, type Reach } from './reach.ts';

export function limitServices(services: Services, reach: Reach): Required<Omit<Services, 'answered'>> {
  const progress = limitProgress(services.progress, reach);
  const credentials = limitCredentials(services.credentials, reach);
  const { jobStore, jobs } = limitJobs(services, reach);
  return {
    ...limitRuleWork(services, reach),
    ...limitCredentialWork(services, credentials),
    badges: limitBadges(services.badges, reach),
    progress,
    credentials,
    learners: limitLearners(services.learners, { progress, credentials }),
    events: limitEvents(services.events, reach),
    providerStore: limitProviders(services.providerStore, reach),
    issuerStore: limitIssuer(services.issuerStore, reach),
    accounts: limitAccounts(services.accounts, reach),
    access: limitAccess(services.access, reach, credentials),
    jobStore,
    jobs,
    carryOut: async (jobId) => ((await jobStore.get(jobId)) === null ? null : services.carryOut(jobId)),
    // Only those of events that are seen are looked for, and what failed to be read tells no course.
    deadLetters: closed<Services['deadLetters']>({ records: noRecords(services.deadLetters.records) }),
    // A learner's page asks for them; who was retired from all organisations is for nobody limited to know.
    retirements: closed<Services['retirements']>({ of: async () => [] }),

    // Pages say whose a thing is.
    belongings: closed<Services['belongings']>({
      all: async () => (await services.belongings.all()).filter(({ kind, id }) => reach.owns(kind, id)),
    }),

    settings: services.settings,
    clock: services.clock,
    logger: services.logger,
    tracer: services.tracer,
    texts: services.texts,
    environment: services.environment,
    hiddenKeyPaths: services.hiddenKeyPaths,
    providers: services.providers,
    extensions: services.extensions,
    openBadges: services.openBadges,
    // Of templates that are seen.
    templateImages: services.templateImages,
    // Pages look for what they are about before they look for its files, which lie under names that nobody guesses.
    files: services.files,
    foreseeRules: services.foreseeRules,
    rateLimits: services.rateLimits,
    keptAnswers: services.keptAnswers,
    sessions: services.sessions,
    lanes: services.lanes,
    isReceiving: services.isReceiving,
    lms: services.lms,
    lmsTokens: services.lmsTokens,
    lmsSignIn: services.lmsSignIn,
    health: services.health,
    decodeCloudEvent: services.decodeCloudEvent,
    notices: services.notices,
    activity: services.activity,

    // What counts again are the badges of everybody.
    recount: refuse,
    planRules: refuse,
    applyRules: refuse,
    exportRules: refuse,
    installation: closed(),
    comparisonNotes: closed(),
    replays: closed(),
    accountSessions: closed(),
    importRecords: refuse,
    processEvent: refuse,
    systemState: refuse,
  };
}

/** With what belongs to the organisations now. */
export async function limitedServices(services: Services, organisations: Organisations): Promise<Services> {
  const reach = createReach(organisations, services.belongings);
  await reach.refresh();
  return limitServices(services, reach);
}
