/** When a configuration runs by itself: its schedule with the next times, and the form to set it. */

import type { Request, Response } from 'express';
import { NotFoundError } from '../../../plugin/errors.ts';
import type { CredentialConfiguration, Schedule } from '../../../plugin/ports/credential-store.ts';
import { msg, words } from '../../../plugin/words.ts';
import type { Translator } from '../../i18n/translator.ts';
import { isOwed } from '../../scheduler/missed-times.ts';
import {
  duesIfSet,
  ifDown,
  OUTAGE_COUNTED,
  setSchedule,
  USUAL_SCHEDULE,
  type WantedSchedule,
} from '../../scheduler/set-schedule.ts';
import { createAudit } from '../audit/audit.ts';
import { goesOnEditing, isChanged, openedText, openedValues, showEditConflict } from '../forms/edit-conflict.ts';
import { type FieldError, pathText, textField } from '../forms/forms.ts';
import {
  fieldErrorOf,
  fieldsOf,
  outageOf,
  type ScheduleFields,
  scheduleChoices,
  scheduleFields,
  sentFields,
  wantedOf,
} from '../forms/schedule-form.ts';
import { translatorOf } from '../middleware/speech.ts';
import { renderPage } from '../page.ts';
import { actorOf } from '../people/identity.ts';
import { get, post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { shownStatus, shownTime } from '../words/format.ts';
import { ruleText, ruleWords, skippedText } from '../words/schedule-words.ts';
import { credentialsCrumb } from './credentials.ts';

const HOME = '/configurations';
const PATH = `${HOME}/:id/schedule`;
const TIMES_SHOWN = 5;

const STALE: FieldError = {
  field: 'kind',
  message: msg(
    'Somebody has removed or changed this schedule, or it ran, since you opened it. Look at it again, then save once more',
  ),
};

export function schedulePath(configurationId: string): string {
  return `${HOME}/${encodeURIComponent(configurationId)}/schedule`;
}

export function scheduleRoutes(services: Services): readonly Route[] {
  const { credentials, clock } = services;
  const audit = createAudit(services);

  const load = async (
    req: Request,
  ): Promise<{ readonly configuration: CredentialConfiguration; readonly stored: Schedule | null }> => {
    const configuration = await credentials.configuration(pathText(req, 'id'));
    if (configuration !== null) return { configuration, stored: await credentials.schedule(configuration.id) };
    throw new NotFoundError('configuration', msg('there is no such configuration; the list shows those that exist'));
  };

  interface Shown {
    readonly fields?: ScheduleFields;
    /** What the times are shown of; null: the form is wrong. */
    readonly wanted?: WantedSchedule | null;
    readonly errors?: readonly FieldError[];
    readonly status?: number;
    /** The form is one of what is stored now. */
    readonly isStale?: boolean;
  }

  const show = async (req: Request, res: Response, shown: Shown = {}): Promise<void> => {
    const t = translatorOf(req, res);
    const { configuration, stored } = await load(req);
    const { errors = [], wanted = stored ?? USUAL_SCHEDULE, fields = valuesOf(stored) } = shown;
    const breadcrumbs = [credentialsCrumb, { text: words('Configurations'), href: HOME }];
    const frame = {
      title: words('Schedule of {context}', { context: configuration.contextKey }),
      section: 'credentials',
      breadcrumbs,
      errors,
    } as const;
    const model = {
      href: schedulePath(configuration.id),
      contextKey: configuration.contextKey,
      stored: stored && shownSchedule(stored, t),
      version: versionOf(stored),
      opened: shown.isStale ? JSON.stringify(valuesOf(stored)) : openedText(req, valuesOf(stored)),
      fields,
      choices: scheduleChoices(t),
      isPreview: shown.fields !== undefined,
      wantedText: wanted && t(ruleWords(wanted.rule)),
      times: wanted === null ? null : timesOf(wanted, stored, clock.now(), t),
      outage: wanted === null ? null : outageShown(wanted, fields, t),
      pastNote: wanted?.rule.kind === 'clocked' && wanted.rule.at <= clock.now(),
      warnings: [],
      focus: null,
    };
    await renderPage(req, res, 'schedule', frame, model, shown.status ?? 200);
  };

  /** @returns what the form asks for, or null where the page has shown what is wrong */
  const readForm = async (req: Request, res: Response): Promise<WantedSchedule | null> => {
    const fields = sentFields(req);
    try {
      const wanted = wantedOf(fields);
      outageOf(fields);
      // also what is switched off must be able to come due, unless it has expired
      setSchedule('', wanted, null, clock.now());
      return wanted;
    } catch (error) {
      await show(req, res, { fields, wanted: null, errors: [fieldErrorOf(error)], status: 422 });
      return null;
    }
  };

  /** @returns false when somebody else was faster */
  const store = async (
    req: Request,
    res: Response,
    wanted: WantedSchedule,
    done: string = 'schedule-saved',
  ): Promise<boolean> => {
    const { configuration, stored } = await load(req);
    const schedule = setSchedule(configuration.id, wanted, stored, clock.now());
    if (!(await credentials.replaceSchedule(schedule, stored))) return false;
    await audit(actorOf(res).name, 'schedule.saved', `configuration:${configuration.id}`, {
      enabled: schedule.enabled,
      rule: ruleText(schedule.rule),
    });
    res.redirect(303, `${schedulePath(configuration.id)}?done=${done}`);
    return true;
  };

  /** A run changes the schedule too, and nothing that a form says: only what a person changed is a conflict. */
  const save = async (req: Request, res: Response, wanted: WantedSchedule, fields: ScheduleFields): Promise<void> => {
    const { configuration, stored } = await load(req);
    const opened = openedValues(req, scheduleFields);
    const isGone = stored === null && textField(req, 'version') !== '';
    if (!isGone && isChanged(opened, valuesOf(stored), scheduleFields)) {
      return showEditConflict(req, res, services, {
        frame: {
          section: 'credentials',
          breadcrumbs: [credentialsCrumb, { text: words('Configurations'), href: HOME }],
        },
        ...{ noun: words('this schedule'), object: `configuration:${configuration.id}` },
        ...{ action: schedulePath(configuration.id), href: schedulePath(configuration.id) },
        ...{ fields: scheduleFields, opened, theirs: valuesOf(stored), yours: fields },
        hidden: { version: versionOf(stored) },
      });
    }
    if (isGone || !(await store(req, res, wanted)))
      await show(req, res, { fields, wanted, errors: [STALE], status: 409, isStale: true });
  };

  const switchTo = (enabled: boolean) => async (req: Request, res: Response) => {
    const { stored } = await load(req);
    if (stored === null) throw noSchedule();
    const isSeen = textField(req, 'version') === versionOf(stored);
    try {
      const done = enabled ? 'schedule-enabled' : 'schedule-disabled';
      if (isSeen && (await store(req, res, { ...stored, enabled }, done))) return;
      await show(req, res, { errors: [STALE], status: 409 });
    } catch (error) {
      await show(req, res, { errors: [fieldErrorOf(error)], status: 422 });
    }
  };

  return [
    get(PATH, 'look', (req, res) => show(req, res)),

    post(`${PATH}/preview`, 'run', async (req, res) => {
      const wanted = await readForm(req, res);
      if (wanted !== null) await show(req, res, { fields: sentFields(req), wanted });
    }),

    post(PATH, 'run', async (req, res) => {
      const wanted = await readForm(req, res);
      if (wanted === null) return;
      if (goesOnEditing(req)) return show(req, res, { fields: sentFields(req), wanted });
      await save(req, res, wanted, sentFields(req));
    }),

    post(`${PATH}/enable`, 'run', switchTo(true)),
    post(`${PATH}/disable`, 'run', switchTo(false)),

    post(`${PATH}/remove`, 'run', async (req, res) => {
      const { configuration } = await load(req);
      if (!(await credentials.removeSchedule(configuration.id))) throw noSchedule();
      await audit(actorOf(res).name, 'schedule.removed', `configuration:${configuration.id}`, {});
      res.redirect(303, `${schedulePath(configuration.id)}?done=schedule-removed`);
    }),
  ];
}

/** What the fields of the form hold; where there is no schedule, those of the usual one. */
function valuesOf(stored: Schedule | null): ScheduleFields {
  return fieldsOf(stored ?? USUAL_SCHEDULE);
}

function versionOf(stored: Schedule | null): string {
  return stored?.updatedAt.toISOString() ?? '';
}

function noSchedule(): NotFoundError {
  return new NotFoundError('schedule', msg('this configuration has no schedule; set one with the form on its page'));
}

function shownSchedule(schedule: Schedule, t: Translator) {
  const { enabled, rule, lastSkipped } = schedule;
  return {
    text: t(ruleWords(rule)),
    enabled,
    status: shownStatus(enabled ? 'active' : 'inactive'),
    nextDueAt: shownTime(schedule.nextDueAt),
    lastRunAt: shownTime(schedule.lastRunAt),
    totalRuns: t.number(schedule.totalRuns),
    owed: isOwed(schedule) ? t.number(schedule.waiting.length) : null,
    skipped: lastSkipped && { at: shownTime(lastSkipped.dueAt), text: t(skippedText(lastSkipped)) },
  };
}

/** What would be missed and caught up in the outage that the form thinks of; null: it thinks of none. */
function outageShown(wanted: WantedSchedule, fields: ScheduleFields, t: Translator) {
  const outage = outageOf(fields);
  if (outage === null) return null;
  const { missed, runs } = ifDown({ ...wanted, enabled: true }, outage.from, outage.to);
  return {
    missed: t.plural(
      missed,
      '{count} time would come while Laurel is not running',
      '{count} times would come while Laurel is not running',
    ),
    isMore: missed === OUTAGE_COUNTED,
    runs: runs.map((at) => shownDue(at, zoneOf(wanted), t)),
    leftOut: missed > runs.length && runs.length > 0,
  };
}

function zoneOf({ rule }: WantedSchedule): string {
  return rule.kind === 'crontab' ? rule.timeZone : 'UTC';
}

function shownDue(at: Date, zone: string, t: Translator) {
  return { zone: t.wallClock(at, zone), utc: shownTime(at) };
}

/** The next times; of the stored schedule as they are due, of another one as they would be if it were enabled now. */
function timesOf(wanted: WantedSchedule, stored: Schedule | null, now: Date, t: Translator) {
  const { rule, oneOff, startAt, expiresAt, catchUp } = { ...USUAL_SCHEDULE, ...wanted };
  const dues = duesIfSet({ rule, oneOff, startAt, expiresAt, catchUp }, stored, now, TIMES_SHOWN);
  return dues.map((at) => shownDue(at, zoneOf(wanted), t));
}
