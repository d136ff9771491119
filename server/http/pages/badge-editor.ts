/** Writing rules: a new badge, a changed one, a switch; and what happens when two people do it at once. */

import type { Request, RequestHandler, Response } from 'express';
import { type Diagnostic, parse } from '../../../dsl/index.ts';
import { renamedBadge, switchedSource } from '../../../plugin/badges/badge-text.ts';
import { toReason } from '../../../plugin/badges/reason.ts';
import { ConflictError, InputError } from '../../../plugin/errors.ts';
import type { BadgeDefinition } from '../../../plugin/ports/badge-store.ts';
import { msg, type Words, words } from '../../../plugin/words.ts';
import { createAudit } from '../audit/audit.ts';
import { afterSave } from '../forms/after-save.ts';
import { type FieldError, pathText, textField, wholeNumberField, withPlainLineEnds } from '../forms/forms.ts';
import { renderPage } from '../page.ts';
import { actorOf } from '../people/identity.ts';
import { get, post, type Route } from '../routes.ts';
import { badgePath, badgesCrumb, findBadge } from '../rules/badge-links.ts';
import { createBadgePreview } from '../rules/badge-preview.ts';
import type { Services } from '../services.ts';
import { bothChanges, textDiff } from '../words/text-diff.ts';
import { badgeExampleRoutes, exampleDraft } from './badge-examples.ts';
import { badgeFormRoutes, textSentAsForm } from './badge-form.ts';
import { inForceError } from './in-force.ts';
import { jobPath } from './jobs.ts';
import { reasonError } from './reason-field.ts';
import { ruleLines, shown } from './rule-text.ts';
import { createTrial, trialFields } from './rule-trial.ts';
import { starterText } from './starter-text.ts';

/** What the editor is open on. */
interface Draft {
  readonly text: string;
  /** The version the author started from; 0: a new badge. */
  readonly version: number;
  /** null: a new badge. */
  readonly badge: Pick<BadgeDefinition, 'id' | 'name' | 'active'> | null;
  /** Why, as far as it was typed. */
  readonly reason?: string;
}

export function badgeEditorRoutes(services: Services): readonly Route[] {
  const audit = createAudit(services);
  const tryOut = createTrial(services);
  const effect = createBadgePreview(services);

  const show = (
    req: Request,
    res: Response,
    draft: Draft,
    result: CheckResult | null,
    status = 200,
    trial: object | null = null,
  ): Promise<void> => {
    const { badge } = draft;
    const name = badge && (badge.name ?? badge.id);
    const frame = {
      title: name === null ? words('New badge') : words('Edit {thing}', { thing: name }),
      section: 'badges',
      breadcrumbs: badge && name !== null ? [badgesCrumb, { text: name, href: badgePath(badge.id) }] : [badgesCrumb],
      errors: result?.errors ?? [],
      editsRules: true,
    } as const;
    return renderPage(
      req,
      res,
      'badge-edit',
      frame,
      {
        action: badge ? `${badgePath(badge.id)}/edit` : '/badges/new',
        formAction: `${badge ? badgePath(badge.id) : '/badges/new'}/form`,
        cancelHref: badge ? badgePath(badge.id) : '/badges',
        text: draft.text,
        version: draft.version,
        reason: draft.reason ?? '',
        badgeId: badge?.id ?? '',
        eventTypes: [...(services.environment.enabledEventTypes ?? services.environment.eventTypes.keys())].sort(),
        checked: result !== null,
        trial,
        ...trialFields(req),
        lines: result && result.diagnostics.length > 0 ? ruleLines(draft.text, result.diagnostics) : [],
        diagnostics: result?.diagnostics.map(shown) ?? [],
      },
      status,
    );
  };

  const save = async (req: Request, res: Response, draft: Draft): Promise<void> => {
    if (textField(req, 'intent') === 'open') return show(req, res, draft, null);
    const renamed = draft.badge && renamedBadge(draft.text, parse(draft.text).file, draft.badge.id);
    if (renamed) return show(req, res, draft, checkResult([renamed]), 422);
    const wrong = reasonError(draft.reason);
    if (wrong) return show(req, res, draft, { diagnostics: [], errors: [wrong] }, 422);
    const intent = textField(req, 'intent');
    if (intent === 'check' || intent === 'preview') {
      const result = checkResult(services.checkBadge(draft.text));
      if (intent === 'preview' && result.errors.length === 0) return preview(req, res, draft);
      return show(req, res, draft, result, result.errors.length > 0 ? 422 : 200);
    }
    if (textField(req, 'intent') === 'try') return showTrial(req, res, draft);
    const inForce = inForceError(res, draft.text, { field: 'rules', isActive: draft.badge?.active === true });
    if (inForce) return show(req, res, draft, { diagnostics: [], errors: [inForce] }, 422);
    const refused = await store(req, res, draft);
    if (refused) return show(req, res, draft, checkResult(refused), 422);
  };

  const showTrial = async (req: Request, res: Response, draft: Draft): Promise<void> => {
    const trial = await tryOut(req, draft.text);
    if (trial.kind === 'tried') return show(req, res, draft, null, 200, trial.view);
    const wrong = trial.kind === 'refused' ? { diagnostics: [], errors: [trial.error] } : null;
    return show(req, res, draft, wrong ?? checkResult(services.checkBadge(draft.text)), 422);
  };

  /** @param draft without errors */
  const preview = async (_req: Request, res: Response, draft: Draft): Promise<void> => {
    res.redirect(303, jobPath((await effect.request(draft, actorOf(res).name)).id));
  };

  /** Shows what saving takes away, unless that is nothing or was shown. @returns whether it has answered */
  const asks = async (req: Request, res: Response, draft: Draft): Promise<boolean> => {
    if (services.checkBadge(draft.text).some(({ severity }) => severity === 'error')) return false;
    const job = await effect.toConfirm(draft, textField(req, 'confirmed'), actorOf(res).name);
    if (job !== null) res.redirect(303, jobPath(job.id));
    return job !== null;
  };

  /** Saves and answers. @returns what stands in the way, and then nothing is answered */
  const store = async (req: Request, res: Response, draft: Draft): Promise<readonly Diagnostic[] | null> => {
    const actor = actorOf(res).name;
    if (await asks(req, res, draft)) return null;
    let saved: Awaited<ReturnType<Services['saveBadge']>>;
    try {
      const reason = toReason(draft.reason ?? '');
      saved = await services.saveBadge(draft.text, { expectedVersion: draft.version, actor, reason });
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      await showConflict(req, res, draft);
      return null;
    }
    if (!saved.ok) return saved.diagnostics;
    const { id, version, hash, active, reason } = saved.badge;
    await audit(actor, 'badge.saved', `badge:${id}`, { version, hash, active, reason });
    const kind = req.path.endsWith('/form') ? 'form' : 'edit';
    const another = kind === 'form' ? '/badges/new/form' : '/badges/new';
    const to = { saved: badgePath(id), form: `${badgePath(id)}/${kind}`, another };
    res.redirect(303, afterSave(req, active ? 'badge-saved' : 'badge-saved-inactive', to));
    return null;
  };

  const showUnfit = (req: Request, res: Response, draft: Draft, message: Words): Promise<void> => {
    const { diagnostics } = checkResult(services.checkBadge(draft.text));
    return show(req, res, draft, { diagnostics, errors: [{ field: 'rules', message }] }, 422);
  };

  const showConflict = async (req: Request, res: Response, draft: Draft): Promise<void> => {
    const id = draft.badge?.id ?? blockOf(draft.text)?.id.value ?? '';
    const stored = await findBadge(services, id);
    const frame = {
      title: words('Somebody else saved this badge first'),
      failed: true,
      section: 'badges',
      breadcrumbs: [badgesCrumb, { text: stored.name ?? stored.id, href: badgePath(stored.id) }],
    } as const;
    const base = await startedFrom(stored.id, draft.version);
    const both = base && bothChanges(base, stored.source, draft.text);
    const model = {
      action: `${badgePath(stored.id)}/edit`,
      href: badgePath(stored.id),
      isNew: draft.badge === null,
      text: draft.text,
      both: both === draft.text || both === stored.source ? null : both,
      changes: base && [
        {
          whose: 'theirs',
          title: words('What {who} changed of version {version}', { who: stored.updatedBy, version: draft.version }),
          diff: textDiff(base, stored.source),
        },
        {
          whose: 'yours',
          title: words('What you changed of version {version}', { version: draft.version }),
          diff: textDiff(base, draft.text),
        },
      ],
      reason: draft.reason ?? '',
      startedFrom: draft.version,
      storedVersion: stored.version,
      storedBy: stored.updatedBy,
      storedText: stored.source,
    };
    await renderPage(req, res, 'badge-conflict', frame, model, 409);
  };

  /** The text that both began with. @returns null: it is not known any more, or there was none */
  const startedFrom = async (id: string, version: number): Promise<string | null> => {
    const history = await services.badges.history(id);
    return history.find((one) => one.version === version && !one.removed)?.source ?? null;
  };

  const toggle =
    (active: boolean): RequestHandler =>
    async (req, res) => {
      const stored = await findBadge(services, pathText(req, 'id'));
      const text = switchedSource(stored.source, active);
      if (text === null)
        throw new InputError('rule-invalid', msg('the stored rules cannot be read; open the editor and mend them'));
      const actor = actorOf(res).name;
      const version = wholeNumberField(req, 'version');
      if (await asks(req, res, { text, version, badge: stored })) return;
      const saved = await services.saveBadge(text, { expectedVersion: version, actor });
      if (!saved.ok) {
        return show(req, res, { text, version: stored.version, badge: stored }, checkResult(saved.diagnostics), 422);
      }
      await audit(actor, active ? 'badge.activated' : 'badge.deactivated', `badge:${stored.id}`, {
        version: saved.badge.version,
      });
      res.redirect(303, `${badgePath(stored.id)}?done=badge-${active ? 'activated' : 'deactivated'}`);
    };

  return [
    ...badgeExampleRoutes(services),
    ...badgeFormRoutes(services, { store, preview, showUnfit, starterText: (req) => starterText(req, services) }),
    get('/badges/new', 'edit', (req, res) => {
      const text = exampleDraft(req, services) ?? starterText(req, services);
      return show(req, res, { text, version: 0, badge: null }, null);
    }),
    post('/badges/new', 'edit', (req, res) => {
      const text = sentText(req, services, null);
      return save(req, res, { text, version: 0, badge: null, reason: textField(req, 'reason') });
    }),
    get('/badges/:id/edit', 'edit', async (req, res) => {
      const badge = await findBadge(services, pathText(req, 'id'));
      await show(req, res, { text: badge.source, version: badge.version, badge }, null);
    }),
    post('/badges/:id/edit', 'edit', async (req, res) => {
      const badge = await findBadge(services, pathText(req, 'id'));
      const text = sentText(req, services, badge.id);
      const reason = textField(req, 'reason');
      await save(req, res, { text, version: wholeNumberField(req, 'version'), badge, reason });
    }),
    post('/badges/:id/activate', 'publish', toggle(true)),
    post('/badges/:id/deactivate', 'publish', toggle(false)),
  ];
}

interface CheckResult {
  readonly diagnostics: readonly Diagnostic[];
  readonly errors: readonly FieldError[];
}

function checkResult(diagnostics: readonly Diagnostic[]): CheckResult {
  const errors = diagnostics
    .filter((diagnostic) => diagnostic.severity === 'error')
    .map(({ line, column, message }) => ({
      field: 'rules',
      message: words('Line {line}, column {column}:', { line, column }),
      english: message,
    }));
  return { diagnostics, errors };
}

/** Browsers send line ends as CR LF; positions in the text count one.
 *  @param badgeId null: a new badge */
function sentText(req: Request, services: Services, badgeId: string | null): string {
  return textSentAsForm(req, services, badgeId) ?? withPlainLineEnds(textField(req, 'rules'));
}

function blockOf(text: string) {
  const blocks = parse(text).file.blocks.filter((block) => block.kind === 'badge');
  return blocks.length === 1 ? blocks[0] : undefined;
}
