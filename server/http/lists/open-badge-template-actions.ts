/** What is done to many templates that Laurel issues itself: another state, and deleting what was never used. */

import { ConflictError } from '../../../plugin/errors.ts';
import type { BadgeTemplate } from '../../../plugin/ports/provider-store.ts';
import { badgesUsing } from '../../../plugin/providers/template-use.ts';
import { counts, msg, type Words, words } from '../../../plugin/words.ts';
import { createAudit } from '../audit/audit.ts';
import { fieldChanges } from '../audit/field-changes.ts';
import type { Services } from '../services.ts';
import type { BulkAction } from './list.ts';

const LEFT_ALONE = msg('left alone');

export type OpenBadgeTemplateServices = Pick<Services, 'providerStore' | 'issuerStore' | 'badges' | 'access' | 'clock'>;

export function openBadgeTemplateActions(services: OpenBadgeTemplateServices): readonly BulkAction<BadgeTemplate>[] {
  return [
    {
      ...putting(services, 'active', msg('activated')),
      ...{ name: 'activate', label: msg('Activate'), audited: 'open-badge-templates.activated' },
      consequence: msg('Each can be issued from now on. Those that can be already are left alone.'),
    },
    {
      ...putting(services, 'archived', msg('archived')),
      ...{ name: 'archive', label: msg('Archive'), audited: 'open-badge-templates.archived' },
      consequence: msg(
        'None of them is issued any more: what a badge awards with one fails, and waits for somebody to retry it. Badges issued before stand.',
      ),
    },
    deleting(services),
  ];
}

/** Each is written down at the template too, as its form does it. */
function putting(
  services: OpenBadgeTemplateServices,
  state: BadgeTemplate['state'],
  word: string,
): Pick<BulkAction<BadgeTemplate>, 'run'> {
  const audit = createAudit(services);
  return {
    async run(template, { actor }) {
      if (template.state === state) return LEFT_ALONE;
      const next = { ...template, state, updatedAt: services.clock.now() };
      if (!(await services.providerStore.saveTemplate(next))) throw changedMeanwhile();
      await audit(actor, 'open-badge-template.changed', `open-badge-template:${template.templateId}`, {
        ...fieldChanges({ state: template.state }, { state }),
      });
      return word;
    },
  };
}

function deleting(services: OpenBadgeTemplateServices): BulkAction<BadgeTemplate> {
  const { providerStore, issuerStore, badges } = services;
  const audit = createAudit(services);

  /** Why it stays; null: nothing needs it. */
  async function needOf(template: BadgeTemplate): Promise<Words | null> {
    if (template.state === 'active') return words('it is active');
    const { templateId } = template;
    const issued = (await issuerStore.badgeCounts([templateId])).get(templateId) ?? 0;
    if (issued > 0) return counts(issued, '{count} badge was issued with it', '{count} badges were issued with it');
    const using = badgesUsing(template, await badges.list(), await providerStore.accounts()).length;
    return using === 0
      ? null
      : counts(using, 'the rules of {count} badge name it', 'the rules of {count} badges name it');
  }

  return {
    name: 'delete',
    label: msg('Delete the unused'),
    isFinal: true,
    audited: 'open-badge-templates.deleted',
    consequence: msg(
      'Those that are not active, were never issued and are named by no rule are deleted, and cannot be brought back. Others are left alone.',
    ),
    async foresee(template) {
      const need = await needOf(template);
      return { word: need === null ? words('would be deleted') : words('would be left alone'), note: need };
    },
    async run(template, { actor }) {
      if ((await needOf(template)) !== null) return LEFT_ALONE;
      if (!(await providerStore.removeTemplate(template))) throw changedMeanwhile();
      const { templateId, name } = template;
      await audit(actor, 'open-badge-template.deleted', `open-badge-template:${templateId}`, { name });
      return msg('deleted');
    },
  };
}

function changedMeanwhile(): ConflictError {
  return new ConflictError('stale', msg('somebody has changed the template meanwhile; look at it and try again'));
}
