/** The use cases that change rules, with an audit entry per badge that changed. */

import type { RuleChanges } from '../../../plugin/badges/rule-changes.ts';
import type { BadgeVersion } from '../../../plugin/ports/badge-store.ts';
import type { Audit } from '../audit/audit.ts';
import type { RuleServices } from '../services.ts';

/** Entries written side by side. */
const AT_ONCE = 100;

export function auditedRules(rules: RuleChanges, audit: Audit): RuleServices {
  return {
    planRules: rules.plan,
    exportRules: rules.export,

    async applyRules(files, options) {
      const result = await rules.apply(files, options);
      if (result.outcome !== 'applied') return result;
      const { plan, versions } = result;
      const entry = ({ id, version, hash, removed, reason }: BadgeVersion): Promise<void> =>
        audit(options.actor, removed ? 'badge.removed' : 'badge.saved', `badge:${id}`, {
          ...{ version, hash, reason, plan: plan.hash },
        });
      for (let at = 0; at < versions.length; at += AT_ONCE) {
        await Promise.all(versions.slice(at, at + AT_ONCE).map(entry));
      }
      return result;
    },

    async restoreBadge(id, version, options) {
      const result = await rules.restore(id, version, options);
      if (!result.ok) return result;
      const { version: saved, hash, reason } = result.badge;
      await audit(options.actor, 'badge.restored', `badge:${id}`, { version: saved, from: version, hash, reason });
      return result;
    },

    async removeBadge(id, options) {
      const removal = await rules.remove(id, options);
      const { version, hash, reason } = removal;
      await audit(options.actor, 'badge.removed', `badge:${id}`, { version, hash, reason });
      return removal;
    },
  };
}
