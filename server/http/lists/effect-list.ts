/** Effects as a list: what is to happen outside because of a badge and has not yet. */

import { openEffects } from '../../../plugin/badges/effect-order.ts';
import { CredentialsError } from '../../../plugin/errors.ts';
import { partRecords } from '../../../plugin/ports/part-records.ts';
import type { Effect, OpenEffect, Progress } from '../../../plugin/ports/progress-store.ts';
import type { RecordShape } from '../../../plugin/ports/records.ts';
import { msg, type Words, words } from '../../../plugin/words.ts';
import { systemCrumb } from '../pages/system.ts';
import type { Services } from '../services.ts';
import { effectName, laneName, shownStatus, shownTime } from '../words/format.ts';
import { numberCell, statusCell, textCell, timeCell } from './cells.ts';
import { estimateFrom } from './estimates.ts';
import { stateFilter } from './filters.ts';
import { LEARNER_HELP, LEARNER_SEARCH, whoseProgress } from './find-learners.ts';
import type { BulkAction, List } from './list.ts';
import { documentsWith, partId } from './part-ids.ts';
import { type ProgressNames, progressNames, whoseColumns } from './progress-columns.ts';

const STATES = ['pending', 'failed'] as const;
const KINDS = ['award', 'publish-awarded', 'revoke', 'publish-revoked'] as const;

interface EffectRow {
  readonly progress: Progress;
  readonly open: OpenEffect;
  readonly effect: Effect;
}

type ListServices = Pick<Services, 'progress' | 'learners' | 'badges' | 'retryEffect' | 'giveUpEffect'>;

const shape: RecordShape<EffectRow> = {
  id: ['id'],
  fields: {
    id: ({ progress, open }) => partId(progress, open.id),
    learnerId: ({ progress }) => progress.learnerId,
    badgeId: ({ progress }) => progress.badgeId,
    updatedAt: ({ progress }) => progress.updatedAt,
    state: ({ open }) => open.state,
    kind: ({ open }) => open.kind,
    lane: ({ open }) => open.lane,
    error: ({ open }) => open.error,
  },
};

export function effectList(services: ListServices): List<EffectRow, ProgressNames> {
  const { progress } = services;
  const { estimate, known } = estimateFrom(
    () => progress.effectGroups(),
    ({ state, kind, lane, error }) => ({ state, kind, lane, error }),
  );
  // What the retried and the given up change moves to the front, which is behind whoever goes through the list.
  const order = { field: 'updatedAt', descending: true };
  const there = async (key: 'lane' | 'error', word: (value: string) => Words) =>
    [...new Set((await known()).flatMap((group) => group[key] ?? []))]
      .sort()
      .map((value) => ({ value, word: word(value) }));
  return {
    path: '/effects',
    access: 'look',
    title: msg('Effects'),
    titleWithin: msg('effects'),
    section: 'system',
    breadcrumbs: [systemCrumb],
    noun: [msg('{count} effect'), msg('{count} effects')],
    lead: msg(
      'What is to happen outside because of a badge and has not happened yet. What may succeed later is tried again by itself; what was refused waits for you.',
    ),
    records: {
      ...partRecords({
        documents: progress.records,
        holds: 'openEffects',
        shape,
        partFields: ['state', 'lane', 'kind', 'error'],
        always: [{ field: 'state', in: STATES }],
        order,
        rowsOf: (document) =>
          openEffects(document).flatMap((open) => {
            const effect = document.effects.find(({ id }) => id === open.id);
            return effect ? [{ progress: document, open, effect }] : [];
          }),
        documentsWith,
      }),
      estimate,
    },
    load: (rows) => progressNames(services, rows),
    idOf: ({ progress: document, open }) => partId(document, open.id),
    columns: [
      ...whoseColumns,
      {
        name: 'effect',
        label: msg('Effect'),
        noteLabel: 'Where',
        cell: ({ open }) => textCell(words(effectName(open.kind)), null, { note: { text: laneName(open.lane) } }),
      },
      { name: 'state', label: msg('State'), cell: ({ open }) => statusCell(shownStatus(open.state)) },
      { name: 'attempts', label: msg('Attempts'), isNumber: true, cell: ({ effect }) => numberCell(effect.attempts) },
      {
        name: 'when',
        label: msg('When'),
        cell({ open }) {
          if (open.state === 'failed') return textCell(null, null, { otherwise: msg('waits for you') });
          return timeCell(shownTime(open.dueAt), msg('after the step before it'));
        },
      },
      {
        name: 'error',
        label: msg('Last error'),
        noteLabel: 'Error code',
        cell: ({ effect: { lastError } }) =>
          textCell(lastError?.message ?? null, null, {
            isProse: true,
            isEnglish: true,
            note: lastError ? { text: lastError.code } : null,
          }),
      },
      {
        name: 'changed',
        label: msg('Last change'),
        order: 'updatedAt',
        cell: ({ progress: { updatedAt } }) => timeCell(shownTime(updatedAt)),
      },
    ],
    search: { label: LEARNER_SEARCH, help: LEARNER_HELP, where: (text) => whoseProgress(services, text) },
    filters: [
      stateFilter(STATES),
      {
        name: 'kind',
        label: msg('Effect'),
        any: msg('Any effect'),
        choices: () => KINDS.map((value) => ({ value, word: words(effectName(value)) })),
        where: (kind) => [{ field: 'kind', in: [kind] }],
      },
      {
        name: 'lane',
        label: msg('Where'),
        any: msg('Anywhere'),
        isOpen: true,
        choices: () => there('lane', laneName),
        where: (lane) => [{ field: 'lane', in: [lane] }],
      },
      {
        name: 'error',
        label: msg('Last error'),
        any: msg('Any or none'),
        isOpen: true,
        choices: () => there('error', String),
        where: (error) => [{ field: 'error', in: [error] }],
      },
    ],
    order,
    nothingMatches: msg('Choose fewer filters, or search by the beginning of a username or an e-mail address.'),
    empty: {
      title: msg('Nothing waits'),
      text: msg('Every award, revocation and announcement has been carried out.'),
      links: [{ text: msg('See the issued badges'), href: '/issued-badges' }],
    },
    actionAccess: 'operate',
    actions: [
      settling('retry', msg('retried'), services.retryEffect),
      settling('give-up', msg('given up'), services.giveUpEffect),
    ],
  };
}

function settling(
  name: 'retry' | 'give-up',
  word: string,
  settle: (learnerId: string, badgeId: string, effectId: string) => Promise<unknown>,
): BulkAction<EffectRow> {
  const isRetry = name === 'retry';
  return {
    name,
    label: isRetry ? msg('Retry') : msg('Give up'),
    audited: isRetry ? 'effects.retried' : 'effects.given-up',
    needsReason: !isRetry,
    isFinal: !isRetry,
    consequence: isRetry
      ? msg('Each is tried again as soon as it is its turn. What is refused again fails again, and waits for you here.')
      : msg(
          'None of them happens any more. What a provider or the event bus never heard of, it will not hear of; what Laurel knows of the badges stays.',
        ),
    async run({ progress: { learnerId, badgeId }, open }) {
      try {
        await settle(learnerId, badgeId, open.id);
        return word;
      } catch (error) {
        // Somebody else was faster, or the badge was revoked meanwhile: then there is nothing to do.
        if (error instanceof CredentialsError && error.retry === 'never') return msg('left alone');
        throw error;
      }
    },
  };
}
