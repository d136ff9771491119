/** Saving badges and what comes of them, for accounts that are limited to some organisations. */

import type { Diagnostic, RuleFile } from '../../../dsl/index.ts';
import { badgeIdIn, foreignNames, templateIn, unofferedTemplate } from '../../../plugin/organisations/foreign-names.ts';
import { mayRefer, type Owner } from '../../../plugin/organisations/standing.ts';
import { readTemplateText } from '../../../plugin/providers/template-text.ts';
import { OPEN_BADGES } from '../../../providers/index.ts';
import type { Services } from '../services.ts';
import { isShared, NOTHING, type Reach } from './reach.ts';

type RuleWork = Pick<
  Services,
  | 'saveBadge'
  | 'checkBadge'
  | 'badgeUpstreams'
  | 'restoreBadge'
  | 'removeBadge'
  | 'retryEffect'
  | 'giveUpEffect'
  | 'foreseeRules'
>;

export function limitRuleWork(services: Services, reach: Reach): RuleWork {
  const { badges, providers, providerStore, environment, badgeUpstreams } = services;

  /** Whose a badge with this id is or would be: what is new, and what is not theirs to change, counts as of the first organisation. */
  function ownerOf(id: string): Owner {
    const owner = reach.sees('badge', id) ? reach.ownerOf({ kind: 'badge', id }) : null;
    return owner ?? reach.organisations[0] ?? null;
  }

  function namesIn(text: string): ReturnType<typeof foreignNames> {
    const upstreams = badgeUpstreams();
    const owner = ownerOf(badgeIdIn(text));
    return foreignNames(text, {
      environment,
      badges: new Set([...upstreams.keys()].filter((id) => mayRefer(owner, reach.ownerOf({ kind: 'badge', id })))),
      upstreams: (id) => upstreams.get(id) ?? [],
      mayTake: (id) => reach.sees('badge', id),
    });
  }

  async function offers(owner: Owner, provider: string, text: string): Promise<boolean> {
    const at = providers.get(provider);
    const keepsTemplates = at && (at.capabilities.accounts !== null || at.capabilities.createsTemplates);
    // Of other providers nobody knows which templates there are.
    if (!keepsTemplates) return true;
    const accounts = await providerStore.accounts(provider);
    const { account, templateId } = readTemplateText(text, accounts);
    const held = (await providerStore.templatesById(provider, templateId)).filter(
      ({ accountId }) => account === null || account.id === accountId,
    );
    // Where several accounts have it, whichever of them is taken must do.
    return (
      held.length > 0 &&
      held.every(({ accountId }) => {
        const holder =
          provider === OPEN_BADGES
            ? reach.ownerOf({ kind: 'open-badge-template', id: templateId })
            : reach.ownerOf({ kind: 'provider-account', id: accountId });
        return mayRefer(owner, holder);
      })
    );
  }

  async function templateProblem(text: string, file: RuleFile, id: string): Promise<readonly Diagnostic[]> {
    const template = templateIn(file);
    if (template === null || (await offers(ownerOf(id), template.provider, template.text))) return [];
    return [unofferedTemplate(text, file, () => false)].flatMap((problem) => problem ?? []);
  }

  /** @returns what of the text is foreign, or nothing */
  async function foreignIn(text: string): Promise<readonly Diagnostic[]> {
    const { errors, file, badge } = namesIn(text);
    return badge === null ? errors : templateProblem(text, file, badge.id);
  }

  return {
    badgeUpstreams: () =>
      new Map(
        [...badgeUpstreams()].flatMap(([id, upstreams]) =>
          reach.sees('badge', id) ? [[id, upstreams.filter((one) => reach.sees('badge', one))] as const] : [],
        ),
      ),

    checkBadge(text) {
      const { errors } = namesIn(text);
      return errors.length > 0 ? errors : services.checkBadge(text);
    },

    async saveBadge(text, options) {
      const diagnostics = await foreignIn(text);
      if (diagnostics.length > 0) return { ok: false, diagnostics };
      const id = badgeIdIn(text);
      const isKnown = (await badges.history(id)).length > 0;
      if (isKnown && !reach.owns('badge', id)) throw isShared();
      // What does not pass the check is not saved, and has no owner.
      const errors = services.checkBadge(text).filter(({ severity }) => severity === 'error');
      if (errors.length > 0) return { ok: false, diagnostics: errors };
      if (!isKnown) await reach.claim('badge', id);
      return services.saveBadge(text, options);
    },

    async restoreBadge(id, version, options) {
      const own = reach.ownId('badge', id);
      const wanted = (await badges.history(own)).find((one) => one.version === version);
      const diagnostics = wanted === undefined ? [] : await foreignIn(wanted.source);
      return diagnostics.length > 0 ? { ok: false, diagnostics } : services.restoreBadge(own, version, options);
    },

    // Of shared badges nobody limited hears how many people there are.
    foreseeRules: async (drafts) => {
      for (const id of drafts.map(badgeIdIn))
        if (!reach.owns('badge', id) && (await badges.history(id)).length > 0) return null;
      return services.foreseeRules(drafts);
    },

    removeBadge: async (id, options) => services.removeBadge(reach.ownId('badge', id), options),

    // Of shared badges nobody's progress is seen, so that there are no effects of theirs either.
    retryEffect: (learnerId, badgeId, effectId) =>
      services.retryEffect(learnerId, reach.owns('badge', badgeId) ? badgeId : NOTHING, effectId),
    giveUpEffect: (learnerId, badgeId, effectId) =>
      services.giveUpEffect(learnerId, reach.owns('badge', badgeId) ? badgeId : NOTHING, effectId),
  };
}
