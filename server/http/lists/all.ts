/** Every list there is. */

import { isLimited, type Organisations } from '../../../plugin/organisations/standing.ts';
import { limitedServices } from '../organisations/limited-services.ts';
import type { Services } from '../services.ts';
import { accountList } from './account-list.ts';
import { auditList } from './audit-list.ts';
import { badgeList } from './badge-list.ts';
import { belongingList } from './belonging-list.ts';
import { comparisonList } from './comparison-list.ts';
import { credentialList } from './credential-list.ts';
import { deadLetterList } from './dead-letter-list.ts';
import { effectList } from './effect-list.ts';
import { eventList } from './event-list.ts';
import { issuedBadgeList } from './issued-badge-list.ts';
import { jobList } from './job-list.ts';
import { learnerList } from './learner-list.ts';
import type { AnyList } from './list.ts';
import { mailList } from './mail-list.ts';
import { assetList, configurationList, typeList } from './making-lists.ts';
import { openBadgeTemplateList } from './open-badge-template-list.ts';
import { progressList } from './progress-list.ts';
import { providerAccountList } from './provider-account-list.ts';
import { runList } from './run-list.ts';
import { templateList } from './template-list.ts';
import { tokenList } from './token-list.ts';

/** Those of whoever is limited to these organisations, with what belongs to these now. */
export async function listsFor(services: Services, organisations: Organisations): Promise<readonly AnyList[]> {
  return allLists(isLimited(organisations) ? await limitedServices(services, organisations) : services);
}

export function allLists(services: Services): readonly AnyList[] {
  return [
    badgeList(services),
    progressList(services),
    learnerList(services),
    issuedBadgeList(services),
    effectList(services),
    eventList(services),
    deadLetterList(services),
    credentialList(services),
    mailList(services),
    runList(services),
    configurationList(services),
    typeList(services),
    assetList(services),
    providerAccountList(services),
    templateList(services),
    openBadgeTemplateList(services),
    comparisonList(services),
    jobList(services),
    auditList(services),
    belongingList(services),
    accountList(services),
    tokenList(services),
  ];
}
