/** Versions of a badge: one, two compared, and a former one restored. */

import type { Request, Response } from 'express';
import type { Diagnostic } from '../../../dsl/index.ts';
import { describeChange } from '../../../plugin/badges/describe-change.ts';
import { requiredReason } from '../../../plugin/badges/reason.ts';
import { createRuleReader, type RuleReader } from '../../../plugin/badges/rule-reader.ts';
import { ConflictError, InputError } from '../../../plugin/errors.ts';
import type { BadgeVersion } from '../../../plugin/ports/badge-store.ts';
import { msg, words } from '../../../plugin/words.ts';
import type { Translator } from '../../i18n/translator.ts';
import { type FieldError, pathText, queryText, textField, wholeNumberField } from '../forms/forms.ts';
import { translatorOf } from '../middleware/speech.ts';
import { renderPage } from '../page.ts';
import { actorOf } from '../people/identity.ts';
import { get, post, type Route } from '../routes.ts';
import { badgePath, badgesCrumb } from '../rules/badge-links.ts';
import type { Services } from '../services.ts';
import { textDiff } from '../words/text-diff.ts';
import { findHistory, findVersion, type History, isRestorable, meaningParts, versionOf } from './badge-history.ts';
import { reasonError } from './reason-field.ts';
import { foreseen } from './replay-result.ts';
import { ruleLines } from './rule-text.ts';

export function badgeVersionRoutes(services: Services): readonly Route[] {
  const readRules = createRuleReader(services.environment);
  const { eventTypes } = services.environment;

  const showRestore = async (req: Request, res: Response, question: Restoration, status = 200): Promise<void> => {
    const { history, wanted, reason = '', errors = [], diagnostics = [], conflict = null } = question;
    const [latest] = history;
    const frame = {
      title: words('Restore version {version}', { version: wanted.version }),
      section: 'badges',
      breadcrumbs: crumbsOf(latest),
      errors,
      failed: status !== 200,
    } as const;
    await renderPage(
      req,
      res,
      'badge-restore',
      frame,
      {
        ...versionOf(wanted),
        href: badgePath(wanted.id),
        reason,
        conflict,
        latest: versionOf(latest),
        expectedVersion: inForceVersion(latest),
        comparison: latest.removed ? null : compare(latest, wanted, readRules, eventTypes),
        impact: diagnostics.length > 0 ? null : await foreseen([wanted.source], services, translatorOf(req, res)),
        lines: latest.removed || diagnostics.length > 0 ? ruleLines(wanted.source, diagnostics) : [],
      },
      status,
    );
  };

  return [
    get('/badges/:id/versions/:version', 'look', async (req, res) => {
      const history = await findHistory(services, pathText(req, 'id'));
      const version = findVersion(history, pathText(req, 'version'));
      await renderPage(
        req,
        res,
        'badge-version',
        {
          title: words('Version {version} of {badge}', {
            version: version.version,
            badge: version.name ?? version.id,
          }),
          section: 'badges',
          breadcrumbs: crumbsOf(history[0]),
        },
        {
          ...versionOf(version),
          href: badgePath(version.id),
          restorable: isRestorable(version, history),
          lines: ruleLines(version.source),
        },
      );
    }),

    get('/badges/:id/compare', 'look', async (req, res) => {
      const history = await findHistory(services, pathText(req, 'id'));
      const [latest, before = latest] = history;
      const from = findVersion(history, queryText(req, 'from') ?? String(before.version));
      const t = translatorOf(req, res);
      const to = findVersion(history, queryText(req, 'to') ?? String(latest.version));
      await renderPage(
        req,
        res,
        'badge-compare',
        { title: words('Compare versions'), section: 'badges', breadcrumbs: crumbsOf(latest) },
        {
          href: badgePath(latest.id),
          from: versionOf(from),
          to: versionOf(to),
          versions: history.map((version) => ({ ...versionOf(version), label: optionOf(version, t) })),
          comparison: compare(from, to, readRules, eventTypes),
          restorable: isRestorable(from, history),
        },
      );
    }),

    get('/badges/:id/versions/:version/restore', 'publish', async (req, res) => {
      const history = await findHistory(services, pathText(req, 'id'));
      const wanted = findVersion(history, pathText(req, 'version'));
      if (!isRestorable(wanted, history))
        throw new InputError(
          'version-in-force',
          msg('there is nothing to restore: this text is in force, or a removal'),
        );
      await showRestore(req, res, { history, wanted });
    }),

    post('/badges/:id/versions/:version/restore', 'publish', async (req, res) => {
      const history = await findHistory(services, pathText(req, 'id'));
      const wanted = findVersion(history, pathText(req, 'version'));
      const reason = textField(req, 'reason');
      const wrong = reasonError(reason, requiredReason);
      if (wrong) return showRestore(req, res, { history, wanted, reason, errors: [wrong] }, 422);
      try {
        const result = await services.restoreBadge(wanted.id, wanted.version, {
          actor: actorOf(res).name,
          reason: requiredReason(reason),
          expectedVersion: wholeNumberField(req, 'expectedVersion'),
        });
        if (result.ok) return res.redirect(303, `${badgePath(wanted.id)}?done=badge-restored`);
        const { diagnostics } = result;
        await showRestore(req, res, { history, wanted, reason, diagnostics, errors: errorsOf(diagnostics) }, 422);
      } catch (error) {
        if (!(error instanceof ConflictError)) throw error;
        const now = await findHistory(services, wanted.id);
        await showRestore(req, res, { history: now, wanted, reason, conflict: versionOf(now[0]) }, 409);
      }
    }),
  ];
}

/** What the page asks before a version is restored, and what came of it so far. */
interface Restoration {
  readonly history: History;
  readonly wanted: BadgeVersion;
  readonly reason?: string;
  readonly errors?: readonly FieldError[];
  /** Of the former text, which no longer passes the check. */
  readonly diagnostics?: readonly Diagnostic[];
  /** The version that somebody saved meanwhile. */
  readonly conflict?: ReturnType<typeof versionOf> | null;
}

function errorsOf(diagnostics: readonly Diagnostic[]): readonly FieldError[] {
  return diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ line, column, message }) => ({
      field: `line-${line}`,
      message: words('Line {line}, column {column}:', { line, column }),
      english: message,
    }));
}

/** Of a version, where one is chosen. */
function optionOf({ version, updatedAt, updatedBy, removed }: BadgeVersion, t: Translator): string {
  const values = { version, time: updatedAt, who: updatedBy };
  return removed
    ? t('Version {version}, {time}, {who}, removed', values)
    : t('Version {version}, {time}, {who}', values);
}

/** 0: it was removed. */
function inForceVersion({ version, removed }: BadgeVersion): number {
  return removed ? 0 : version;
}

function crumbsOf(latest: BadgeVersion) {
  return [badgesCrumb, { text: latest.name ?? latest.id, href: badgePath(latest.id) }] as const;
}

type EventTypes = Services['environment']['eventTypes'];

/** What leads from one version to another, in its meaning and in its text. */
function compare(from: BadgeVersion, to: BadgeVersion, readRules: RuleReader, eventTypes: EventTypes) {
  return { meaning: meaningParts(meaningOf(from, to, readRules, eventTypes)), diff: textDiff(from.source, to.source) };
}

function meaningOf(from: BadgeVersion, to: BadgeVersion, readRules: RuleReader, eventTypes: EventTypes) {
  if (from.source === to.source) return [];
  const [before, after] = [readRules(from), readRules(to)];
  const unreadable = before === null ? from : to;
  if (before === null || after === null)
    return [`version ${unreadable.version} does not pass the check any more, so only the texts can be compared`];
  return describeChange(before, after, eventTypes);
}
