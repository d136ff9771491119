/** What is done to many of what credentials are made of: deleting what nothing uses, and switching schedules. */

import { assetUse } from '../../../plugin/credentials/asset-use.ts';
import { assetKey } from '../../../plugin/credentials/assets.ts';
import { ConflictError } from '../../../plugin/errors.ts';
import type { Asset, CredentialConfiguration, CredentialType } from '../../../plugin/ports/credential-store.ts';
import { counts, msg, words } from '../../../plugin/words.ts';
import { setSchedule } from '../../scheduler/set-schedule.ts';
import type { Services } from '../services.ts';
import type { BulkAction } from './list.ts';

const LEFT_ALONE = msg('left alone');

type AssetServices = Pick<Services, 'credentials' | 'extensions' | 'files'>;

export function deletingAssets({ credentials, extensions, files }: AssetServices): BulkAction<Asset> {
  const usesOf = async (slug: string): Promise<number> => {
    const [types, configurations] = await Promise.all([credentials.types(), credentials.configurations()]);
    const uses = assetUse(slug, extensions, { types, configurations });
    return uses.types.length + uses.configurations.length;
  };
  return {
    name: 'delete',
    label: msg('Delete the unused'),
    isFinal: true,
    audited: 'assets.deleted',
    consequence: msg(
      'The files of those that no type and no configuration uses are deleted, and cannot be brought back. Those in use are left alone.',
    ),
    async foresee({ slug }) {
      const uses = await usesOf(slug);
      return uses === 0
        ? { word: words('would be deleted'), note: null }
        : { word: words('would be left alone'), note: counts(uses, 'used in {count} place', 'used in {count} places') };
    },
    async run(asset) {
      if ((await usesOf(asset.slug)) > 0) return LEFT_ALONE;
      // Replaced, or deleted by somebody else meanwhile.
      if (!(await credentials.deleteAsset(asset.slug, asset.updatedAt))) return LEFT_ALONE;
      await files.delete(assetKey(asset));
      return msg('deleted');
    },
  };
}

type TypeServices = Pick<Services, 'credentials'>;

export function deletingTypes({ credentials }: TypeServices): BulkAction<CredentialType> {
  const usesOf = async (id: string): Promise<number> =>
    (await credentials.configurations()).filter(({ credentialTypeId }) => credentialTypeId === id).length;
  return {
    name: 'delete',
    label: msg('Delete the unused'),
    isFinal: true,
    audited: 'credential-types.deleted',
    consequence: msg(
      'Those that no configuration uses are deleted, and cannot be brought back. Those in use are left alone; credentials made before stand.',
    ),
    async foresee({ id }) {
      const uses = await usesOf(id);
      return uses === 0
        ? { word: words('would be deleted'), note: null }
        : {
            word: words('would be left alone'),
            note: counts(uses, '{count} configuration uses it', '{count} configurations use it'),
          };
    },
    async run({ id, updatedAt }) {
      if ((await usesOf(id)) > 0) return LEFT_ALONE;
      return (await credentials.deleteType(id, updatedAt)) ? msg('deleted') : LEFT_ALONE;
    },
  };
}

type ConfigurationServices = Pick<Services, 'credentials' | 'clock'>;

export function switchingSchedules(
  { credentials, clock }: ConfigurationServices,
  enabled: boolean,
): BulkAction<CredentialConfiguration> {
  return {
    name: enabled ? 'enable-schedule' : 'disable-schedule',
    label: enabled ? msg('Enable schedules') : msg('Disable schedules'),
    audited: enabled ? 'schedules.enabled' : 'schedules.disabled',
    consequence: enabled
      ? msg(
          'Each that has a schedule runs by itself from its next time on. Those without one, and those that run already, are left alone.',
        )
      : msg(
          'None of them runs by itself any more, until its schedule is enabled again; the button still does. Those without a schedule are left alone.',
        ),
    async run({ id }) {
      const stored = await credentials.schedule(id);
      if (stored === null || stored.enabled === enabled) return LEFT_ALONE;
      const schedule = setSchedule(id, { ...stored, enabled }, stored, clock.now());
      if (await credentials.replaceSchedule(schedule, stored)) return enabled ? msg('enabled') : msg('disabled');
      throw new ConflictError('stale', msg('somebody has changed the schedule meanwhile; look at it and try again'));
    },
  };
}

export function deletingConfigurations({ credentials }: ConfigurationServices): BulkAction<CredentialConfiguration> {
  const wasUsed = async (configurationId: string): Promise<boolean> => {
    const given = await credentials.credentials({ configurationId, limit: 1 });
    return given.items.length > 0 || (await credentials.runs({ configurationId, limit: 1 })).length > 0;
  };
  return {
    name: 'delete',
    label: msg('Delete the unused'),
    isFinal: true,
    audited: 'configurations.deleted',
    access: 'edit',
    consequence: msg(
      'Those that never ran and gave no credential are deleted with their schedules, and cannot be brought back. Others are left alone: each can be deleted on its own page, which shows what it means.',
    ),
    foresee: async ({ id }) =>
      (await wasUsed(id))
        ? { word: words('would be left alone'), note: words('it has run, or has given credentials') }
        : { word: words('would be deleted'), note: null },
    async run({ id, updatedAt }) {
      if (await wasUsed(id)) return LEFT_ALONE;
      return (await credentials.deleteConfiguration(id, updatedAt)) ? msg('deleted') : LEFT_ALONE;
    },
  };
}
