/** `laurel rules explain`: why a learner has a badge or not, and how the index reaches each rule. */

import type { Command } from 'commander';
import {
  type Badge,
  createRuleIndex,
  didYouMean,
  evaluate,
  explainLearner,
  type LearnerExplanation,
} from '../../dsl/index.ts';
import { type LearnerEvents, learnersOf } from '../../plugin/badges/learners.ts';
import { toRuleEvent } from '../../plugin/events/decode.ts';
import { commandEnvironment } from './environment.ts';
import { readAllEvents } from './event-files.ts';
import { explanationText } from './explanation-text.ts';
import { checkRuleFiles } from './rule-files.ts';
import { areSound, printSafely } from './rule-report.ts';
import { printPlacements } from './rules-explain-index.ts';
import type { Shell } from './shell.ts';
import { explainUsage, RULE_FILES, requireOneStandardInput, UsageError } from './usage.ts';

interface Options {
  readonly events?: string;
  readonly learner?: string;
  readonly badge?: string;
  readonly index?: boolean;
  readonly json?: boolean;
}

export function addRulesExplain(rules: Command, shell: Shell): void {
  const command = rules
    .command('explain')
    .description('tell why a learner has a badge, or what is missing; or how each rule is reached')
    .argument('<file...>', RULE_FILES)
    .option('--events <file>', 'CloudEvents as JSON Lines; - is standard input')
    .option('--learner <name>', 'username, the latest or a former one')
    .option('--badge <id>', 'only this badge, also when it is not active (default: every active badge)')
    .option('--index', 'in place of a learner: which events reach each rule, of all badges')
    .option('--json', 'print one JSON document instead of text')
    .action(async (names: string[], options: Options) => {
      requireOneStandardInput(...names, options.events);
      requireOneQuestion(options);
      const files = await checkRuleFiles(shell, names, await commandEnvironment(shell));
      if (!areSound(shell, files, 'nothing was explained')) return;
      const badges = files.flatMap((file) => file.badges);
      if (options.index) return printPlacements(shell, badges, options.json ?? false);
      const wanted = chooseBadges(badges, options.badge);
      const learners = learnersOf(await readAllEvents(shell, options.events ?? ''));
      const learner = chooseLearner(learners, options.learner ?? '', options.events ?? '');
      const explanations = explainAll(badges, wanted, learner);
      if (options.json) return shell.printJson({ learner: learner.username, badges: explanations });
      explanations.forEach((explanation, index) => {
        if (index > 0) printSafely(shell, '');
        for (const line of explanationText(learner.username, explanation)) printSafely(shell, line);
      });
    });
  explainUsage(command, {
    json: `one document { learner, badges: [{ badge, status, progress, awards, notes, requirements, penalties }] };
of each requirement { requirement, group, state, text, counted, needed, missing, contributions, nearest, others },
where contributions tell what became of each event that met it, and nearest tells of others the first part of
the condition that failed and the value that was there
with --index { rules: [{ badge, rule, reachedBy }] }`,
    exits: `0 explained, whatever the answer; 1 the rules have errors (on standard error)
2 wrong usage, or no such learner or badge; 64 a file or an event cannot be used`,
    examples: [
      'rules explain demo.rules --events events.jsonl --learner ada',
      'rules explain badges/ --events events.jsonl --learner ada --badge demo-course --json',
      'rules explain --index badges/',
    ],
  });
}

function requireOneQuestion({ events, learner, badge, index }: Options): void {
  if (index) {
    if (events ?? learner ?? badge)
      throw new UsageError('--index is about rules alone; leave --events, --learner and --badge out');
    return;
  }
  if (events === undefined || learner === undefined)
    throw new UsageError('say whom to explain: --events FILE --learner NAME; or ask for --index');
}

function chooseBadges(badges: readonly Badge[], id: string | undefined): readonly Badge[] {
  if (id === undefined) {
    const active = badges.filter((badge) => badge.active);
    if (active.length === 0) throw new UsageError('no badge in these files is active; name one with --badge');
    return active;
  }
  const badge = badges.find((one) => one.id === id);
  if (badge) return [badge];
  const ids = badges.map((one) => one.id);
  throw new UsageError(
    `there is no badge "${id}" in these files; ${didYouMean(id, ids) ?? `there are ${listed(ids)}`}`,
  );
}

function chooseLearner(learners: readonly LearnerEvents[], name: string, file: string): LearnerEvents {
  const learner =
    learners.find(({ username }) => username === name) ?? learners.find(({ usernames }) => usernames.includes(name));
  if (learner) return learner;
  const hint = didYouMean(
    name,
    learners.flatMap(({ usernames }) => usernames),
  );
  throw new UsageError(`no event in ${file} is about the learner "${name}"; ${hint ?? 'check the username'}`);
}

const MOST_LISTED = 5;

function listed(ids: readonly string[]): string {
  if (ids.length === 0) return 'none';
  const more = ids.length - MOST_LISTED;
  return `${ids.slice(0, MOST_LISTED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Active badges have their say in each other's awards; one asked for by name has it too. */
function explainAll(
  badges: readonly Badge[],
  wanted: readonly Badge[],
  learner: LearnerEvents,
): readonly LearnerExplanation[] {
  const events = learner.events.map(toRuleEvent);
  const evaluations = evaluate(
    createRuleIndex(badges.filter((badge) => badge.active || wanted.includes(badge))),
    events,
  );
  return wanted.map((badge) =>
    explainLearner(badge, { contributions: evaluations.get(badge.id)?.contributions ?? [], events }),
  );
}
