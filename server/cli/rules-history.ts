/** `laurel rules history` and `restore`: the versions of a badge. */

import type { Command } from 'commander';
import { requiredReason } from '../../plugin/badges/reason.ts';
import { InputError, NotFoundError } from '../../plugin/errors.ts';
import type { BadgeVersion } from '../../plugin/ports/badge-store.ts';
import { followReplay, NO_WAIT } from './follow-replay.ts';
import { printDiagnostics, shownText } from './rule-report.ts';
import type { Shell } from './shell.ts';
import { withLaurel } from './with-laurel.ts';

export function addRulesHistory(rules: Command, shell: Shell): void {
  rules
    .command('history')
    .description('list the versions of a badge, newest first; also of one that was removed')
    .argument('<badge>', 'id of the badge')
    .option('--json', 'print one JSON document instead of text, with the rules of every version')
    .action((id: string, options: { json?: boolean }) =>
      withLaurel(shell, async ({ services }) => {
        const history = await services.badges.history(id);
        if (history.length === 0)
          throw new NotFoundError('badge', 'there never was a badge with this id; "laurel rules export -" prints all');
        if (options.json) return shell.printLine(JSON.stringify({ badge: id, versions: history }));
        for (const version of history) shell.printLine(historyLine(version));
      }),
    );

  rules
    .command('restore')
    .description('save the rules of a former version again, as a new version')
    .argument('<badge>', 'id of the badge')
    .requiredOption('--version <number>', 'the version to go back to, as "rules history" lists it')
    .requiredOption('--reason <text>', 'why; kept with the version')
    .option('--no-wait', NO_WAIT)
    .action((id: string, options: { version: string; reason: string; wait: boolean }) =>
      withLaurel(shell, async (laurel) => {
        const { services } = laurel;
        const result = await services.restoreBadge(id, toNumber(options.version), {
          ...{ actor: 'cli', reason: requiredReason(options.reason) },
        });
        if (result.ok) {
          shell.printLine(
            `version ${options.version} of ${shownText(id)} is in force again, as version ${result.badge.version}`,
          );
          await followReplay(shell, laurel, result.replay, options);
          return;
        }
        const former = (await services.badges.history(id)).find(({ version }) => String(version) === options.version);
        const name = `${shownText(id)} version ${options.version}`;
        printDiagnostics(
          shell,
          [{ name, text: former?.source ?? '', diagnostics: result.diagnostics }],
          'stderr',
          'error',
        );
        shell.printError('nothing was changed: that version does not pass the check any more');
        shell.exitCode = 1;
      }),
    );
}

function historyLine({ version, removed, active, updatedAt, updatedBy, reason }: BadgeVersion): string {
  const state = removed ? 'removed' : active ? 'active' : 'inactive';
  const why = reason === null ? '' : `  ${shownText(reason)}`;
  return `${String(version).padStart(4)}  ${state.padEnd(8)}  ${updatedAt.toISOString()}  ${shownText(updatedBy)}${why}`;
}

/** @throws InputError */
function toNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InputError(
    'version-number',
    `"${text}" is not a version; write a number that "laurel rules history" lists`,
  );
}
