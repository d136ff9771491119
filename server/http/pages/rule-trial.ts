/** "Test against recent events", on both pages on which rules are written. Nothing is written by it. */

import type { Request } from 'express';
import type { RuleEvent } from '../../../dsl/index.ts';
import { createRuleReader } from '../../../plugin/badges/rule-reader.ts';
import { recentEvents, type TriedRule, tryRules } from '../../../plugin/badges/try-rules.ts';
import { CredentialsError } from '../../../plugin/errors.ts';
import { hashOfSource } from '../../../plugin/ports/badge-store.ts';
import { counts, type FilledWords, msg, words } from '../../../plugin/words.ts';
import { type FieldError, textField } from '../forms/forms.ts';
import type { Services } from '../services.ts';
import { shortEventType, shownTime } from '../words/format.ts';
import { eventPath } from './events.ts';

const DEFAULT_LAST = '200';
const MOST = 1_000;
const MOST_PROBLEMS = 20;

export type Trial =
  /** The text cannot be tried: the check says why. */
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'refused'; readonly error: FieldError }
  | { readonly kind: 'tried'; readonly view: object };

/** What the fields of the trial hold, for every answer that shows them again. */
export function trialFields(req: Request) {
  return { last: textField(req, 'last') || DEFAULT_LAST, sample: textField(req, 'sample') };
}

/** @returns runs a rule text over the events that a request asks for */
export function createTrial(services: Services): (req: Request, text: string) => Promise<Trial> {
  const { events, environment } = services;
  const readRules = createRuleReader(environment);

  return async (req, text) => {
    const { last, sample } = trialFields(req);
    const badge = readRules({ source: text, hash: hashOfSource(text) });
    if (badge === null) return { kind: 'unreadable' };
    const isGiven = sample.trim() !== '';
    if (!isGiven && !(/^\d{1,4}$/.test(last) && Number(last) >= 1 && Number(last) <= MOST)) {
      return {
        kind: 'refused',
        error: { field: 'last', message: words('Write a whole number from 1 to {most}.', { most: String(MOST) }) },
      };
    }
    const given = isGiven ? readSample(sample, services) : null;
    const looked = given?.events ?? (await recentEvents(badge, events, Number(last)));
    const rules = tryRules(badge, looked, environment).map((rule) => ruleView(rule, isGiven));
    const problems = given?.problems ?? [];
    const title = isGiven
      ? words('Tested against your events')
      : words('Tested against the latest {last} events of each type', { last });
    const view = {
      title,
      rules,
      problems: problems.slice(0, MOST_PROBLEMS),
      unreadable:
        problems.length === 0
          ? null
          : counts(problems.length, '{count} event could not be read:', '{count} events could not be read:'),
    };
    return { kind: 'tried', view };
  };
}

interface Sample {
  readonly events: readonly RuleEvent[];
  readonly problems: readonly Omit<FieldError, 'field'>[];
}

/** One CloudEvent, an array of them, or one per line. */
function readSample(text: string, { decodeCloudEvent }: Services): Sample {
  const events: RuleEvent[] = [];
  const problems: Omit<FieldError, 'field'>[] = [];
  for (const { place, value } of valuesOf(text)) {
    if (events.length + problems.length >= MOST) {
      problems.push({
        message: words('{place} and what follows was left out: at most {most} events are looked at.', {
          place,
          most: String(MOST),
        }),
      });
      break;
    }
    try {
      events.push(decodeCloudEvent(typeof value === 'string' ? parseLine(value) : value));
    } catch (error) {
      if (!(error instanceof CredentialsError) && !(error instanceof SyntaxError)) throw error;
      if (error instanceof CredentialsError)
        problems.push({ message: words('{place}:', { place }), english: `${error.message}.` });
      else problems.push({ message: words('{place}: this is not JSON.', { place }) });
    }
  }
  return { events, problems };
}

function valuesOf(text: string): readonly { readonly place: FilledWords; readonly value: unknown }[] {
  const whole = parseWhole(text);
  if (whole !== undefined) {
    const values: readonly unknown[] = Array.isArray(whole) ? whole : [whole];
    return values.map((value, at) => ({ place: words('Event {number}', { number: at + 1 }), value }));
  }
  return text.split(/\r?\n/).flatMap((line, at) => {
    return line.trim() === '' ? [] : [{ place: words('Line {number}', { number: at + 1 }), value: line }];
  });
}

/** @returns undefined where it is no JSON object or array as a whole */
function parseWhole(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function parseLine(line: string): unknown {
  return JSON.parse(line);
}

function ruleView({ kind, id, description, on, looked, matched, failures, latest }: TriedRule, isGiven: boolean) {
  return {
    kind,
    id,
    description,
    ...summaryOf({ on, looked, matched }, isGiven),
    failures,
    shown:
      latest.length < looked
        ? words('The first {number}, event by event', { number: latest.length })
        : words('Event by event'),
    latest: latest.map(({ eventId, at, matches, text, clauses }) => ({
      id: eventId,
      // What was pasted has no page.
      href: isGiven ? null : eventPath(eventId),
      at: shownTime(new Date(at)),
      status: matches ? { word: msg('Matches'), tone: 'good' } : { word: msg('Does not match'), tone: 'off' },
      // Where a condition failed, the conditions say it.
      text: matches || clauses.some(({ holds }) => !holds) ? null : text,
      clauses,
    })),
  };
}

function summaryOf({ on, looked, matched }: Pick<TriedRule, 'on' | 'looked' | 'matched'>, isGiven: boolean) {
  if ('badge' in on) {
    const { badge } = on;
    const summary =
      on.change === 'awarded'
        ? words('Waits for badge {badge} being awarded; no event of the LMS decides that by itself.', { badge })
        : words('Waits for badge {badge} being revoked; no event of the LMS decides that by itself.', { badge });
    return { summary, status: { word: msg('Not tested'), tone: 'off' } };
  }
  const type = shortEventType(on.type);
  if (looked === 0) {
    const summary = isGiven
      ? words('None of your events is of type {type}, so this says nothing about the condition.', { type })
      : words('No stored events of type {type}, so this says nothing about the condition. Does the LMS send them?', {
          type,
        });
    return { summary, status: { word: msg('No events'), tone: 'warn' } };
  }
  if (matched === 0) {
    const summary = counts(
      looked,
      'None of {count} event of type {type} matched.',
      'None of {count} events of type {type} matched.',
      { type },
    );
    return { summary, status: { word: msg('None matched'), tone: 'bad' } };
  }
  return {
    summary: counts(
      looked,
      '{matched} of {count} event of type {type} matched, {others} did not.',
      '{matched} of {count} events of type {type} matched, {others} did not.',
      { matched, type, others: looked - matched },
    ),
    status: { word: words('{number} matched', { number: matched }), tone: 'good' },
  };
}
