/** `laurel why`: what the page "Why?" says, as text that can be pasted into an answer to the learner, or as JSON. */

import type { Command } from 'commander';
import { findIdentity } from '../../plugin/badges/find-learner.ts';
import { createWhy, type Ruling, type Why } from '../../plugin/badges/why.ts';
import { explanationText } from './explanation-text.ts';
import type { Shell } from './shell.ts';
import { withLaurel } from './with-laurel.ts';

export function addWhyCommand(program: Command, shell: Shell): void {
  program
    .command('why')
    .argument('<username>', 'of the learner')
    .argument('<badge>', 'id of the badge')
    .option('--json', 'print one JSON object, as GET /api/laurel/v1/learners/<username>/badges/<badge> gives it')
    .action((username: string, badge: string, options: { json?: boolean }) =>
      withLaurel(shell, async ({ services }) => {
        const answer = await createWhy(services)(await findIdentity(services, username), badge);
        shell.printLine(options.json ? JSON.stringify(answer) : whyText(answer).join('\n'));
      }),
    );
}

export function whyText({ learner, badge, decided, inForce, issued, looked }: Why): readonly string[] {
  return [
    ...rulingText(learner, decided),
    ...issued.flatMap(({ number, provenance }) => [
      '',
      `  badge number ${number} rested on${provenance === null ? ' what was not recorded then' : ':'}`,
      ...(provenance?.requirements ?? []).map(({ requirement, events, more }) => {
        const names = events.map(({ eventId, at }) => `event ${eventId} at ${at}`).join(', ');
        return `    requirement ${requirement}: ${names}${more > 0 ? ` and ${more} more` : ''}`;
      }),
    ]),
    ...(badge.removed ? ['', '  the badge was removed from the rules: nothing counts any more'] : []),
    ...(inForce === null
      ? []
      : ['', 'The rules in force say this to what is recorded:', ...rulingText(learner, inForce)]),
    ...(looked.length === 0
      ? []
      : ['', ...looked.map(({ type, events, more }) => `looked at ${more ? 'the latest ' : ''}${events} of ${type}`)]),
  ];
}

function rulingText(learner: string, { explanation, version, savedAt, savedBy }: Ruling): readonly string[] {
  const rules = `version ${version} of the rules, saved ${savedAt} by ${savedBy}`;
  if (explanation === null) return [`${rules}: no longer passes the check, so it explains nothing`];
  const [first = '', ...others] = explanationText(learner, explanation);
  return [first, `  by ${rules}`, ...others];
}
