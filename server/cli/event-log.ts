/** `laurel events list` and `laurel events show`: the event log without the pages, personal data hidden. */

import { type Command, InvalidArgumentError } from 'commander';
import { formatInstant, instantToDate, suggest, toInstant } from '../../dsl/index.ts';
import { InputError, NotFoundError } from '../../plugin/errors.ts';
import { maskPayload } from '../../plugin/events/mask.ts';
import { type EventEntry, type OutcomeKind, outcomeKinds } from '../../plugin/ports/event-log.ts';
import { english } from '../../plugin/words.ts';
import { createAudit } from '../http/audit/audit.ts';
import type { Services } from '../http/services.ts';
import { outcomeReason, shownDoor } from '../http/words/event-words.ts';
import { shortEventType } from '../http/words/format.ts';
import type { Shell } from './shell.ts';
import { withLaurel } from './with-laurel.ts';

const PAGE = 500;

interface ListOptions {
  readonly type?: string;
  readonly outcome?: OutcomeKind;
  readonly since?: Date;
  readonly until?: Date;
  readonly limit: number;
  readonly json?: boolean;
}

export function addEventLogCommands(events: Command, shell: Shell): void {
  events
    .command('list')
    .description('print the events that came in last: when, what became of it, type, id')
    .option('--type <type>', 'only of this event type, in full or as the list prints it')
    .option('--outcome <outcome>', outcomeKinds.toReversed().join(', '), outcomeKind)
    .option('--since <time>', 'received at this time or later, e.g. 2026-03-01 or 2026-03-01T10:00:00Z', time)
    .option('--until <time>', 'received before this time', time)
    .option('--limit <number>', 'at most so many', wholeNumber, 50)
    .option('--json', 'print JSON Lines')
    .action((options: ListOptions) =>
      withLaurel(shell, async ({ services }) => {
        const type = options.type === undefined ? undefined : fullType(options.type, services);
        let left = options.limit;
        for (let after: string | null | undefined; left > 0 && after !== null; ) {
          const page = await services.events.list({
            type,
            outcome: options.outcome,
            receivedFrom: options.since,
            receivedTo: options.until,
            after,
            limit: Math.min(left, PAGE),
          });
          for (const entry of page.items) shell.printLine(`${options.json ? jsonOf(entry) : lineOf(entry)}`);
          left -= page.items.length;
          after = page.next;
        }
      }),
    );

  events
    .command('show')
    .description('print one event and what became of it; personal data is hidden')
    .argument('<id>', 'as `laurel events list` prints it')
    .option('--reveal', 'print personal data too; that is recorded in the audit')
    .option('--json', 'print one JSON object')
    .action((id: string, options: { reveal?: boolean; json?: boolean }) =>
      withLaurel(shell, async ({ services }) => {
        const entry = await services.events.get(id);
        if (!entry) {
          throw new NotFoundError(
            'event',
            `there is no event ${id}; it was never accepted, or it is older than what is kept`,
          );
        }
        if (options.reveal) await createAudit(services)('cli', 'event.revealed', `event:${id}`);
        const type = services.environment.eventTypes.get(entry.event.type);
        const payload = options.reveal ? entry.event.payload : maskPayload(type, entry.event.payload);
        shell.stdout.write(options.json ? `${jsonOf(entry, payload)}\n` : textOf(entry, payload));
      }),
    );
}

function lineOf({ event, receivedAt, outcome }: EventEntry): string {
  const what = outcome.kind === 'matched' ? `matched ${outcome.badgeIds.join(', ')}` : whatOf(outcome);
  return `${receivedAt.toISOString()}  ${what}  ${shortEventType(event.type)}  ${event.id}`;
}

function whatOf(outcome: Exclude<EventEntry['outcome'], { kind: 'matched' }>): string {
  return `${outcome.kind} (${outcome.kind === 'ignored' ? outcome.reason : outcome.code})`;
}

function jsonOf({ event, receivedAt, door, learnerId, outcome, ruleRevision }: EventEntry, payload?: object): string {
  const { id, type, source, time: at } = event;
  const time = formatInstant(at);
  return JSON.stringify({ id, type, source, time, receivedAt, door, learnerId, outcome, ruleRevision, payload });
}

function reasonText(outcome: EventEntry['outcome']): string | null {
  const reason = outcomeReason(outcome);
  return reason && english(reason);
}

function textOf({ event, receivedAt, door, learnerId, outcome, ruleRevision }: EventEntry, payload: object): string {
  const facts = [
    ['event', event.id],
    ['type', event.type],
    ['source', event.source],
    ['happened', formatInstant(event.time)],
    ['received', receivedAt.toISOString()],
    ['by', shownDoor(door)],
    ['learner', learnerId ?? 'not known'],
    ['outcome', outcome.kind === 'matched' ? `matched ${outcome.badgeIds.join(', ')}` : whatOf(outcome)],
    ['why', reasonText(outcome)],
    ['rules', `revision ${ruleRevision}`],
  ] as const;
  const lines = facts.filter(([, value]) => value !== null).map(([name, value]) => `${name.padEnd(9)} ${value}\n`);
  return `${lines.join('')}payload\n${JSON.stringify(payload, null, 2)}\n`;
}

export function fullType(text: string, { environment }: Services): string {
  const names = [...environment.eventTypes.keys()];
  const found = names.find((name) => name === text || shortEventType(name) === text);
  if (found !== undefined) return found;
  const near = suggest(text, [...names, ...names.map(shortEventType)]);
  throw new InputError(
    'event-type',
    `${text} is not an event type; ${near === null ? 'docs/reference/event-types.md lists them' : `did you mean ${near}?`}`,
  );
}

function outcomeKind(text: string): OutcomeKind {
  const found = outcomeKinds.find((kind) => kind === text);
  if (found === undefined) throw new InvalidArgumentError(`It must be one of ${outcomeKinds.toReversed().join(', ')}.`);
  return found;
}

function time(text: string): Date {
  const instant = toInstant(text);
  if (instant === null) throw new InvalidArgumentError('Write it like 2026-03-01 or 2026-03-01T10:00:00Z.');
  return instantToDate(instant);
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1 to 9999999.');
  return Number(text);
}
