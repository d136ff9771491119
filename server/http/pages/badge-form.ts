/** A badge as a form, for administrators who do not want to learn a language: the other view of the same text. */

import type { Request, Response } from 'express';
import type { Diagnostic } from '../../../dsl/index.ts';
import { InputError } from '../../../plugin/errors.ts';
import type { BadgeDefinition } from '../../../plugin/ports/badge-store.ts';
import { msg, type Words, words } from '../../../plugin/words.ts';
import { act } from '../badge-form/actions.ts';
import { type BadgeForm, formLimits } from '../badge-form/form.ts';
import { textOfForm } from '../badge-form/from-form.ts';
import { tooLong } from '../badge-form/lengths.ts';
import { type CheckedForm, checkForm, TEXT_FIELD, withPlace } from '../badge-form/problems.ts';
import { formSent } from '../badge-form/sent.ts';
import { type Base, openBase, toForm } from '../badge-form/to-form.ts';
import { formView } from '../badge-form/view.ts';
import { isSaving } from '../forms/after-save.ts';
import { type FieldError, pathText, textField, wholeNumberField, withPlainLineEnds } from '../forms/forms.ts';
import { translatorOf } from '../middleware/speech.ts';
import { renderPage } from '../page.ts';
import { offeredTemplates } from '../providers/template-links.ts';
import { cannotBeIssued, shownTroubles } from '../providers/template-troubles.ts';
import { get, post, type Route } from '../routes.ts';
import { badgePath, badgesCrumb, findBadge } from '../rules/badge-links.ts';
import type { Services } from '../services.ts';
import { exampleDraft, takenId } from './badge-examples.ts';
import { inForceError } from './in-force.ts';
import { reasonError } from './reason-field.ts';
import { ruleLines } from './rule-text.ts';
import { createTrial, trialFields } from './rule-trial.ts';
import { SOME_COURSE } from './starter-text.ts';

interface Draft {
  readonly text: string;
  readonly version: number;
  readonly badge: Pick<BadgeDefinition, 'id' | 'name' | 'active'> | null;
  readonly reason?: string;
}

/** What the view as text lends. */
export interface TextView {
  /** Saves and answers. @returns what stands in the way, and then nothing is answered */
  store(req: Request, res: Response, draft: Draft): Promise<readonly Diagnostic[] | null>;
  /** Begins to find out what saving would mean, and shows that. @param draft without errors */
  preview(req: Request, res: Response, draft: Draft): Promise<void>;
  /** Shows a text that the form cannot show. */
  showUnfit(req: Request, res: Response, draft: Draft, message: Words): Promise<void>;
  /** Of a new badge. */
  starterText(req: Request): string;
}

/** What the page shows besides the form. */
interface Shown {
  readonly checked?: CheckedForm;
  readonly errors?: readonly FieldError[];
  readonly focus?: string;
  /** What was typed is too long to be read: it is shown again, but not as text. */
  readonly unread?: boolean;
  readonly trial?: object;
}

const TOO_LONG = words('This badge is too large for the form, which holds {limit} KiB in one field: edit it as text.', {
  limit: formLimits.fieldBytes / 1024,
});

export function badgeFormRoutes(services: Services, texts: TextView): readonly Route[] {
  const { environment, hiddenKeyPaths } = services;
  const tryOut = createTrial(services);

  const show = async (req: Request, res: Response, draft: Draft, base: Base, form: BadgeForm, shown: Shown = {}) => {
    const { badge, version } = draft;
    const { checked, errors = checked?.errors ?? [], focus = '', trial = null, unread = false } = shown;
    const name = badge && (badge.name ?? badge.id);
    const path = badge ? badgePath(badge.id) : '/badges/new';
    const frame = {
      title: name === null ? words('New badge') : words('Edit {thing}', { thing: name }),
      section: 'badges',
      breadcrumbs: badge && name !== null ? [badgesCrumb, { text: name, href: path }] : [badgesCrumb],
      errors,
      editsRules: true,
    } as const;
    const t = translatorOf(req, res);
    const warnings = [...(checked?.warnings ?? []), ...(checked ? await templateDoubts(form) : [])];
    const model = {
      action: `${path}/form`,
      textAction: badge ? `${path}/edit` : '/badges/new',
      cancelHref: badge ? path : '/badges',
      base: base.text,
      version,
      reason: draft.reason ?? '',
      isNew: badge === null,
      someCourse: !unread && textOfForm(form, base, environment).includes(SOME_COURSE) ? SOME_COURSE : null,
      focus,
      trial,
      ...trialFields(req),
      warnings: warnings.map((warning) => ({ ...warning, message: t(warning.message) })),
      checked: checked !== undefined && errors.length === 0,
      lines: unread ? [] : ruleLines(checked?.text ?? textOfForm(form, base, environment), checked?.elsewhere),
      textField: TEXT_FIELD,
      templates: await offeredTemplates(services),
      badges: (await services.badges.list()).map(({ id, name: title }) => ({ id, title: title ?? id })).slice(0, 500),
      ...formView(form, { environment, hiddenKeyPaths, problems: [...errors, ...warnings], t }),
    };
    await renderPage(req, res, 'badge-form', frame, model, errors.length > 0 ? 422 : 200);
  };

  /** What keeps the badge from being issued once it is active. */
  const templateDoubts = async ({ id, name, provider, template }: BadgeForm): Promise<readonly FieldError[]> => {
    const clause = provider === '' || template.trim() === '' ? null : `${provider}:${template.trim()}`;
    const troubles = await shownTroubles([{ id, name, template: clause, active: true }], services);
    return troubles.map((trouble) => ({ field: 'template', message: cannotBeIssued(trouble) }));
  };

  /** Opens a text in the form, or shows it as text where that cannot be done. */
  const open = (req: Request, res: Response, draft: Draft): Promise<void> => {
    const opened = openBase(draft.text);
    if (!opened.ok) return texts.showUnfit(req, res, draft, opened.message);
    const form = toForm(opened.base, environment.eventTypes);
    if (tooLong(form).length > 0) return texts.showUnfit(req, res, draft, TOO_LONG);
    return show(req, res, draft, opened.base, draft.badge ? { ...form, id: draft.badge.id } : form);
  };

  const work = async (req: Request, res: Response, badge: BadgeDefinition | null): Promise<void> => {
    const version = badge === null ? 0 : wholeNumberField(req, 'version');
    const intent = textField(req, 'intent');
    const reason = textField(req, 'reason');
    if (intent === 'open') return open(req, res, { text: sentRules(req, 'rules'), version, badge, reason });
    const { base, form } = sentForm(req, badge?.id ?? null);
    const draft = { text: base.text, version, badge, reason };
    const long = tooLong(form);
    if (long.length > 0) return show(req, res, draft, base, form, { errors: long.map(withPlace), unread: true });
    const acted = act(form, intent, environment.eventTypes);
    if (acted) {
      const { problem, focus } = acted;
      return show(req, res, draft, base, acted.form, { focus, errors: problem ? [withPlace(problem)] : [] });
    }
    const checked = await checkNewId(badge, form, checkForm(form, base, environment, services.checkBadge));
    const wrong = reasonError(reason);
    if (wrong) return show(req, res, draft, base, form, { errors: [wrong, ...checked.errors] });
    if (intent === 'try') {
      const trial = await tryOut(req, checked.text);
      if (trial.kind === 'tried') return show(req, res, draft, base, form, { trial: trial.view });
      if (trial.kind === 'refused') return show(req, res, draft, base, form, { errors: [trial.error] });
    }
    if (checked.errors.length === 0 && intent === 'preview')
      return texts.preview(req, res, { ...draft, text: checked.text });
    if (checked.errors.length > 0 || !isSaving(intent)) return show(req, res, draft, base, form, { checked });
    const inForce = inForceError(res, checked.text, { field: 'active', isActive: badge?.active === true });
    if (inForce) return show(req, res, draft, base, form, { errors: [inForce] });
    const refused = await texts.store(req, res, { ...draft, text: checked.text });
    // What is in force may have changed since the check.
    if (refused)
      await show(req, res, draft, base, form, { checked: checkForm(form, base, environment, () => refused) });
  };

  /** For a badge that exists, its id is known to be its own. */
  const checkNewId = async (badge: BadgeDefinition | null, { id }: BadgeForm, checked: CheckedForm) => {
    if (badge !== null || !(await services.badges.get(id.trim()))) return checked;
    return { ...checked, errors: [{ field: 'id', message: takenId(id.trim()) }, ...checked.errors] };
  };

  return [
    get('/badges/new/form', 'edit', (req, res) => {
      return open(req, res, { text: exampleDraft(req, services) ?? texts.starterText(req), version: 0, badge: null });
    }),
    post('/badges/new/form', 'edit', (req, res) => work(req, res, null)),
    get('/badges/:id/form', 'edit', async (req, res) => {
      const badge = await findBadge(services, pathText(req, 'id'));
      await open(req, res, { text: badge.source, version: badge.version, badge });
    }),
    post('/badges/:id/form', 'edit', async (req, res) => {
      await work(req, res, await findBadge(services, pathText(req, 'id')));
    }),
  ];
}

/** The form that a request carries, as text: what the view as text goes on with.
 *  @param badgeId null: a new badge
 *  @returns null where the request carries a text */
export function textSentAsForm(req: Request, { environment }: Services, badgeId: string | null): string | null {
  if (textField(req, 'base') === '') return null;
  const { base, form } = sentForm(req, badgeId);
  return textOfForm(form, base, environment);
}

/** @throws InputError `input.form-incomplete` */
function sentForm(req: Request, badgeId: string | null): { base: Base; form: BadgeForm } {
  const opened = openBase(sentRules(req, 'base'));
  if (!opened.ok)
    throw new InputError(
      'form-incomplete',
      msg('the form is incomplete; go back, load the page again and send it once more'),
    );
  const form = formSent((name) => textField(req, name));
  // The id of a badge that exists cannot change.
  return { base: opened.base, form: badgeId === null ? form : { ...form, id: badgeId } };
}

/** Browsers send line ends as CR LF. */
function sentRules(req: Request, field: string): string {
  return withPlainLineEnds(textField(req, field));
}
