/** Rule files on the pages, as `laurel rules export`, `plan` and `apply` on the command line. */

import type { Request, Response } from 'express';
import { fileNameOf } from '../../../plugin/badges/export-rules.ts';
import { requiredReason } from '../../../plugin/badges/reason.ts';
import type { RulePlan } from '../../../plugin/badges/rule-plan.ts';
import type { CheckedText } from '../../../plugin/badges/target-state.ts';
import { counts, type FilledWords, msg, words } from '../../../plugin/words.ts';
import { type FieldError, pathText, textField } from '../forms/forms.ts';
import { translatorOf } from '../middleware/speech.ts';
import { MIB, uploadLimits } from '../middleware/uploads.ts';
import { renderPage } from '../page.ts';
import { actorOf } from '../people/identity.ts';
import { get, post, type Route } from '../routes.ts';
import { badgesCrumb, findBadge } from '../rules/badge-links.ts';
import { createPlanPreview } from '../rules/plan-preview.ts';
import {
  type ChosenRules,
  chosenRules,
  resentFields,
  resentRules,
  type SentRules,
  shownFile,
} from '../rules/sent-rules.ts';
import type { Services } from '../services.ts';
import { jobPath, shownJob } from './jobs.ts';
import { reasonError } from './reason-field.ts';
import { replayModel } from './replay-result.ts';
import { planModel, staleModel } from './rule-plan.ts';
import { ruleLines } from './rule-text.ts';

export const RULE_FILES_PATH = '/rules';
export const ruleFilesCrumb = { text: words('Rule files'), href: RULE_FILES_PATH } as const;

/** Longer texts are not shown with their mistakes: these are listed, with their places. */
const LINES_SHOWN = 3_000;
const ERRORS_LISTED = 50;

/** What the form of a plan shows besides the plan. */
interface PlanForm {
  readonly sent: SentRules;
  readonly reason?: string;
  readonly errors?: readonly FieldError[];
  /** Why another plan was not applied. */
  readonly stale?: ReturnType<typeof staleModel> | null;
}

export function ruleFileRoutes(services: Services): readonly Route[] {
  const preview = createPlanPreview(services);

  const showStart = async (req: Request, res: Response, tried: Tried | null): Promise<void> => {
    const [inForce, removed] = await Promise.all([services.badges.list(), services.badges.removed()]);
    const errors = tried?.errors ?? [];
    const frame = {
      title: words('Rule files'),
      section: 'badges',
      breadcrumbs: [badgesCrumb],
      errors,
      editsRules: true,
    } as const;
    const model = {
      inForce: inForce.length,
      removed: removed.length === 0 ? null : removed.length,
      texts: tried?.texts ?? [],
      pasted: tried?.pasted ?? '',
      prune: tried?.prune ?? false,
      limits: {
        files: uploadLimits.files,
        fileMiB: uploadLimits.fileBytes / MIB,
        allMiB: uploadLimits.allBytes / MIB,
      },
    };
    await renderPage(req, res, 'rule-files', frame, model, tried === null ? 200 : 422);
  };

  const showPlan = async (req: Request, res: Response, plan: RulePlan, form: PlanForm, status = 200): Promise<void> => {
    const { sent, stale = null, errors = [], reason = '' } = form;
    const frame = {
      title: words('What would change'),
      section: 'badges',
      breadcrumbs: [badgesCrumb, ruleFilesCrumb],
      errors,
      failed: status !== 200,
    } as const;
    const job = await preview(plan, textField(req, 'preview'), actorOf(res).name);
    const impact = job && { ...shownJob(job), replay: await replayModel(job, services, translatorOf(req, res)) };
    const model = { ...planModel(plan), fields: resentFields(sent), reason, stale, impact };
    await renderPage(req, res, 'rule-plan', frame, model, status);
  };

  const plan = async (req: Request, res: Response): Promise<void> => {
    const chosen = chosenRules(req);
    if (chosen.errors.length > 0) return showStart(req, res, { ...chosen, texts: [] });
    const result = await services.planRules(chosen.files, chosen);
    if (!result.ok) return showStart(req, res, mistaken(chosen, result.texts));
    if (holdsNothing(result.plan)) return showStart(req, res, { ...chosen, texts: [], errors: [nothingInIt] });
    await showPlan(req, res, result.plan, { sent: chosen });
  };

  /** The same plan, to see how far its preview is. */
  const planAgain = async (req: Request, res: Response): Promise<void> => {
    const sent = resentRules(req);
    const result = await services.planRules(sent.files, sent);
    if (!result.ok) return showStart(req, res, mistaken({ ...sent, pasted: '' }, result.texts));
    await showPlan(req, res, result.plan, { sent, reason: textField(req, 'reason') });
  };

  const apply = async (req: Request, res: Response): Promise<void> => {
    const sent = resentRules(req);
    const hash = textField(req, 'plan');
    const reason = textField(req, 'reason');
    const wrong = reasonError(reason, requiredReason);
    if (wrong !== null) {
      const again = await services.planRules(sent.files, sent);
      if (!again.ok) return showStart(req, res, mistaken({ ...sent, pasted: '' }, again.texts));
      // Who comes back for the reason must not agree to another plan unawares.
      const isSame = again.plan.hash === hash;
      const stale = isSame ? null : staleModel({ because: 'stored-rules-changed', latest: null });
      return showPlan(req, res, again.plan, { sent, reason, errors: [wrong], stale }, 422);
    }
    const result = await services.applyRules(sent.files, {
      ...{ plan: hash, prune: sent.prune, actor: actorOf(res).name, reason: requiredReason(reason) },
    });
    if (result.outcome === 'invalid') return showStart(req, res, mistaken({ ...sent, pasted: '' }, result.texts));
    if (result.outcome === 'stale')
      return showPlan(req, res, result.plan, { sent, reason, stale: staleModel(result) }, 409);
    const next = result.replay === null ? RULE_FILES_PATH : jobPath(result.replay);
    res.redirect(303, `${next}?done=rules-applied`);
  };

  return [
    get(RULE_FILES_PATH, 'look', (req, res) => showStart(req, res, null)),
    get(`${RULE_FILES_PATH}/export`, 'look', async (_req, res) => {
      sendText(res, 'laurel.rules', (await services.exportRules()).text);
    }),
    get('/badges/:id/export', 'look', async (req, res) => {
      const { id, source } = await findBadge(services, pathText(req, 'id'));
      sendText(res, fileNameOf(id), source);
    }),
    post(`${RULE_FILES_PATH}/plan`, 'edit', plan),
    post(`${RULE_FILES_PATH}/plan/preview`, 'edit', planAgain),
    post(`${RULE_FILES_PATH}/apply`, 'publish', apply),
  ];
}

function sendText(res: Response, fileName: string, text: string): void {
  res.attachment(fileName).type('text/plain; charset=utf-8').send(text);
}

/** What was sent and is no plan. */
interface Tried extends Pick<ChosenRules, 'pasted' | 'prune' | 'errors'> {
  readonly texts: readonly ShownText[];
}

interface ShownText {
  readonly name: FilledWords | string;
  /** What the ids of its lines begin with. */
  readonly prefix: string;
  /** Empty: it is too long to be shown. */
  readonly lines: ReturnType<typeof ruleLines>;
}

function mistaken(chosen: Pick<ChosenRules, 'pasted' | 'prune'>, texts: readonly CheckedText[]): Tried {
  const shownTexts = texts.map(({ name, text, diagnostics }, at) => {
    const isShown = text.split('\n').length <= LINES_SHOWN;
    return { name: shownFile(name), prefix: `text${at}-`, lines: isShown ? ruleLines(text, diagnostics) : [] };
  });
  const errors = texts.flatMap(({ name, diagnostics }, at) =>
    diagnostics
      .filter(({ severity }) => severity === 'error')
      .map(({ line, column, message }) => ({
        field: shownTexts[at]?.lines.length ? `text${at}-line-${line}` : 'files',
        place: shownFile(name),
        message: words('line {line}, column {column}:', { line, column }),
        english: message,
      })),
  );
  const more = errors.length - ERRORS_LISTED;
  const last =
    more > 0 ? [{ field: 'files', message: counts(more, 'and {count} error more', 'and {count} errors more') }] : [];
  return { ...chosen, texts: shownTexts, errors: [...errors.slice(0, ERRORS_LISTED), ...last] };
}

const nothingInIt: FieldError = {
  field: 'files',
  message: msg('there is no badge in what you sent; choose files that hold badges'),
};

function holdsNothing({ changes, unchanged }: RulePlan): boolean {
  return unchanged.length === 0 && changes.every(({ change }) => change === 'removed');
}
