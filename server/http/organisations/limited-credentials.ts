/** Credentials as accounts have them that are limited to some organisations: configurations, runs and credentials of their courses;
 *  types and assets of their own, and shared ones to look at and use. */

import { InputError } from '../../../plugin/errors.ts';
import { contextBeginnings, mayRefer, organisationOfContext } from '../../../plugin/organisations/standing.ts';
import type { BelongingKind } from '../../../plugin/ports/belongings.ts';
import type { ChangeResult, Credential, CredentialStore } from '../../../plugin/ports/credential-store.ts';
import type { Condition } from '../../../plugin/ports/records.ts';
import { words } from '../../../plugin/words.ts';
import type { Services } from '../services.ts';
import { refuse } from './closed.ts';
import { limitPage, limitRecords } from './limited-records.ts';
import { isShared, NOTHING, type Reach } from './reach.ts';

const TYPE: BelongingKind = 'credential-type';
const ASSET: BelongingKind = 'asset';

interface WithContext {
  readonly contextKey: string;
}

export function limitCredentials(store: CredentialStore, reach: Reach): CredentialStore {
  const isOwn = (one: WithContext | null): boolean => one !== null && reach.ownsContext(one.contextKey);
  const ifOwn = <One extends WithContext>(one: One | null): One | null => (isOwn(one) ? one : null);
  const ownConfigurations = async () => (await store.configurations()).filter(isOwn);
  const configuration = async (id: string) => ifOwn(await store.configuration(id));
  const owns = async (configurationId: string): Promise<boolean> => (await configuration(configurationId)) !== null;
  const seen = <One>(kind: BelongingKind, id: string, one: One | null): One | null =>
    reach.sees(kind, id) ? one : null;

  const ofContexts = (): readonly Condition[] => [
    {
      anyOf: reach.organisations
        .flatMap(contextBeginnings)
        .map((startsWith) => ({ field: 'context', startsWith }) as const),
    },
  ];
  const credentialRecords = limitRecords(store.credentialRecords, ofContexts, {
    name: 'context',
    has: reach.ownsContext,
  });

  /** Makes or changes what carries its owner itself. */
  async function own(
    kind: BelongingKind,
    id: string,
    there: unknown,
    change: () => Promise<ChangeResult>,
  ): Promise<ChangeResult> {
    // What is foreign is as taken as it would be for anybody who comes second.
    if (!reach.sees(kind, id)) return 'duplicate';
    if (there !== null && !reach.owns(kind, id)) throw isShared();
    if (there !== null) return change();
    await reach.claim(kind, id);
    return change();
  }

  async function ownsDesign(objectId: string): Promise<boolean> {
    return reach.owns(TYPE, objectId) || (await owns(objectId));
  }

  return {
    credentialRecords,
    /** Of configurations that are gone nobody knows any more whose they were. */
    runRecords: limitRecords(
      store.runRecords,
      async () => [{ field: 'configuration', in: (await ownConfigurations()).map(({ id }) => id) }],
      { name: 'configuration', has: () => false },
    ),

    asset: async (slug) => seen(ASSET, slug, await store.asset(slug)),
    assets: async () => (await store.assets()).filter(({ slug }) => reach.sees(ASSET, slug)),
    changeAsset: async (asset, expected) =>
      own(ASSET, asset.slug, await store.asset(asset.slug), () => store.changeAsset(asset, expected)),
    deleteAsset: async (slug, expected) => store.deleteAsset(reach.ownId(ASSET, slug), expected),

    type: async (id) => seen(TYPE, id, await store.type(id)),
    types: async () => (await store.types()).filter(({ id }) => reach.sees(TYPE, id)),
    changeType: async (type, expected) =>
      own(TYPE, type.id, await store.type(type.id), () => store.changeType(type, expected)),
    deleteType: async (id, expected) => store.deleteType(reach.ownId(TYPE, id), expected),

    configuration,
    configurations: ownConfigurations,
    async changeConfiguration(wanted, expected) {
      assertOwnContext(wanted, reach);
      const { contextKey, credentialTypeId: typeId } = wanted;
      if (!reach.sees(TYPE, typeId)) return 'stale';
      if (!mayRefer(organisationOfContext(contextKey), reach.ownerOf({ kind: TYPE, id: typeId })))
        throw crosses(contextKey, (await store.type(typeId))?.name ?? typeId);
      const stored = await store.configuration(wanted.id);
      if (stored !== null && !isOwn(stored)) return 'stale';
      return store.changeConfiguration(wanted, expected);
    },
    deleteConfiguration: async (id, expected) => store.deleteConfiguration((await owns(id)) ? id : NOTHING, expected),

    async addVersion(version) {
      const { objectId, snapshot } = version;
      const { contextKey } = snapshot;
      if (typeof contextKey === 'string') {
        assertOwnContext({ contextKey }, reach);
        return store.addVersion(version);
      }
      const there = await store.type(objectId);
      if (there !== null && reach.standing(TYPE, objectId) === 'shared') throw isShared();
      return reach.sees(TYPE, objectId) && store.addVersion(version);
    },
    versions: async (objectId) =>
      reach.sees(TYPE, objectId) && ((await store.type(objectId)) !== null || (await ownsDesign(objectId)))
        ? store.versions(objectId)
        : [],

    schedule: async (id) => ((await owns(id)) ? store.schedule(id) : null),
    async schedules() {
      const ids = new Set((await ownConfigurations()).map(({ id }) => id));
      return (await store.schedules()).filter(({ configurationId }) => ids.has(configurationId));
    },
    replaceSchedule: async (schedule, former) =>
      (await owns(schedule.configurationId)) && store.replaceSchedule(schedule, former),
    removeSchedule: async (id) => (await owns(id)) && store.removeSchedule(id),

    async run(id) {
      const run = await store.run(id);
      return run !== null && (await owns(run.configurationId)) ? run : null;
    },
    async runs(query) {
      if (query.configurationId === undefined) return refuse();
      return (await owns(query.configurationId)) ? store.runs(query) : [];
    },

    credential: async (id) => ifOwn(await store.credential(id)),
    credentialByVerifyId: async (id) => ifOwn(await store.credentialByVerifyId(id)),
    liveCredential: async (id, username) => ifOwn(await store.liveCredential(id, username)),
    liveCredentials: async (id, usernames) => (await store.liveCredentials(id, usernames)).filter(isOwn),
    placeHolder: async (id, username) => ifOwn(await store.placeHolder(id, username)),
    placeHolders: async (id, usernames) => (await store.placeHolders(id, usernames)).filter(isOwn),
    credentials: (query) => limitPage((page) => store.credentials(page), query, isOwn),
    async countCredentials(filter) {
      if (filter.configurationId === undefined) return refuse();
      return (await owns(filter.configurationId)) ? store.countCredentials(filter) : 0;
    },

    saveAsset: refuse,
    saveType: refuse,
    saveConfiguration: refuse,
    saveSchedule: refuse,
    dueSchedules: refuse,
    advanceSchedule: refuse,
    createRun: refuse,
    abandonedRuns: refuse,
    takeOverRun: refuse,
    updateRun: refuse,
    cancelRun: refuse,
    reopenRun: refuse,
    createCredential: refuse,
    updateCredential: refuse,
    credentialCounts: refuse,
    abandonedReissues: refuse,
    dueMails: refuse,
    mailCounts: refuse,
  };
}

function crosses(from: string, to: string): InputError {
  return new InputError(
    'organisation-reference',
    words('{from} names {to}: that must belong to the same organisation, or be shared by all', { from, to }),
  );
}

/** @throws InputError `input.foreign-context` */
function assertOwnContext({ contextKey }: WithContext, { ownsContext, organisations }: Reach): void {
  if (ownsContext(contextKey)) return;
  const values = { key: contextKey, organisations: organisations.join(', ') };
  throw new InputError(
    'foreign-context',
    words('{key} is of another organisation than yours: {organisations}', values),
  );
}

type CredentialWork = Pick<Services, 'credentialLife' | 'mails' | 'runControl' | 'generateNow' | 'eligibility'>;

/** What happens to credentials, which is asked for by the id of what is there. */
export function limitCredentialWork(services: Services, credentials: CredentialStore): CredentialWork {
  const { credentialLife, mails, runControl, eligibility } = services;
  const credentialId = async (id: string): Promise<string> => (await credentials.credential(id))?.id ?? NOTHING;
  const runId = async (id: string): Promise<string> => (await credentials.run(id))?.id ?? NOTHING;
  const configurationId = async (id: string): Promise<string> => (await credentials.configuration(id))?.id ?? NOTHING;
  return {
    credentialLife: {
      reissue: async (id, actor) => credentialLife.reissue(await credentialId(id), actor),
      invalidate: async (id, reason) => credentialLife.invalidate(await credentialId(id), reason),
      allow: async (id) => credentialLife.allow(await credentialId(id)),
      async retry(credential, run) {
        const own: Credential | null = await credentials.credential(credential.id);
        return own === null ? refuse() : credentialLife.retry(own, run);
      },
      downloadUrl: (credential) => credentialLife.downloadUrl(credential),
    },
    mails: {
      areSent: mails.areSent,
      write: async (credential) => ((await credentials.credential(credential.id)) ? mails.write(credential) : refuse()),
      retry: async (id) => mails.retry(await credentialId(id)),
      giveUp: async (id) => mails.giveUp(await credentialId(id)),
    },
    runControl: {
      cancel: async (id) => runControl.cancel(await runId(id)),
      resume: async (id) => runControl.resume(await runId(id)),
      retryFailed: async (id) => runControl.retryFailed(await configurationId(id)),
    },
    generateNow: async (id, actor) => services.generateNow(await configurationId(id), actor),
    async *eligibility(id, question) {
      yield* eligibility(await configurationId(id), question);
    },
  };
}
