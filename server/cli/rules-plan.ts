/** `laurel rules plan`, `apply` and `load`: rule files and the rules in force. */

import { type Command, Option } from 'commander';
import type { Instant } from '../../dsl/index.ts';
import { requiredReason, toReason } from '../../plugin/badges/reason.ts';
import type { Impact } from '../../plugin/badges/replay/impact.ts';
import type { ApplyResult } from '../../plugin/badges/rule-changes.ts';
import type { RulePlan } from '../../plugin/badges/rule-plan.ts';
import type { CheckedText } from '../../plugin/badges/target-state.ts';
import { instant } from './events-replay.ts';
import { followReplay, NO_WAIT } from './follow-replay.ts';
import { sampleLines } from './impact-report.ts';
import { applyCommand, planLines } from './plan-report.ts';
import { printDiagnostics, shownText } from './rule-report.ts';
import { readRuleSources } from './rule-sources.ts';
import type { Shell } from './shell.ts';
import { explainUsage, RULE_FILES } from './usage.ts';
import { withLaurel, withLaurelOrNew } from './with-laurel.ts';

const PRUNE = 'remove the stored badges that are not in the files';
const REASON = 'why; kept with every version';

const SINCE = 'count logged events from this time on for added and changed badges, e.g. 2026-03-01';

const APPLIED =
  'ok, outcome, plan as `rules plan --json` prints it, replay (the job that brings learners up to date); where nothing was\nchanged ok and diagnostics, or why the plan is stale';

interface CommonOptions {
  readonly prune?: boolean;
  readonly since?: Instant;
  readonly json?: boolean;
}

interface PlanOptions extends CommonOptions {
  readonly learners?: boolean;
  readonly impact: boolean;
}

interface ApplyOptions extends CommonOptions {
  readonly wait: boolean;
}

export function addRulesPlan(rules: Command, shell: Shell): void {
  const planning = rules
    .command('plan')
    .description('show what rule files would change of the stored rules; changes nothing')
    .argument('<file...>', RULE_FILES)
    .option('--prune', PRUNE)
    .option('--since <time>', SINCE, instant)
    .option('--learners', 'name some of those who would gain or lose a badge')
    .option('--no-impact', 'do not look who would gain or lose what: that reads the event log')
    .option('--json', 'print one JSON document instead of text')
    .action((names: string[], options: PlanOptions) =>
      withLaurel(shell, async ({ services, planImpact }) => {
        const { prune = false, since } = options;
        const result = await services.planRules(await readRuleSources(shell, names), { prune });
        if (!result.ok) return refuse(shell, result.texts, 'there is no plan: mend the errors above first', options);
        const { plan } = result;
        const impact = options.impact ? await planImpact(plan, since ?? null) : null;
        if (options.json) return shell.printLine(JSON.stringify({ ok: true, ...plan, impact }));
        printPlan(shell, plan, impact);
        if (options.learners && impact !== null)
          for (const line of await sampleLines(impact, services)) shell.printLine(line);
        if (plan.changes.length === 0) return shell.printLine('nothing to do');
        shell.printLine(`\nTo apply exactly this:\n  ${applyCommand(plan, names, options)}`);
      }),
    );

  explainUsage(planning, {
    json: 'ok, hash, revision, changes (by badge id), unchanged and kept (ids), warnings (file, line, column, code, message, hint),\nimpact; where there is no plan ok and diagnostics',
    exits:
      '0 the plan can be applied, also when there is nothing to do, 1 the files have errors or a test fails, 64 a file cannot be read,\n66 there is no store here',
    examples: ['rules plan rules', 'rules plan rules --prune --learners'],
  });

  const applying = rules
    .command('apply')
    .description('apply a plan: all of its changes or none, refused when the stored rules or the files changed since')
    .argument('<file...>', RULE_FILES)
    .requiredOption('--plan <hash>', 'the hash that "rules plan" printed')
    .requiredOption('--reason <text>', REASON)
    .option('--prune', PRUNE)
    .option('--since <time>', SINCE, instant)
    .option('--no-wait', NO_WAIT)
    .option('--json', 'print one JSON document instead of text')
    .action((names: string[], { reason, plan, ...options }: ApplyOptions & { reason: string; plan: string }) =>
      apply(shell, names, { hash: plan, reason: requiredReason(reason) }, options),
    );

  explainUsage(applying, {
    json: APPLIED,
    exits:
      '0 the plan is in force, 1 errors, or the plan is no longer that of the hash; then nothing was changed, 64 a file cannot be\nread, 66 there is no store here',
    examples: ['rules apply rules --plan HASH --reason "Spring term"'],
  });

  const loading = rules
    .command('load')
    .description('plan and apply in one step: all badges of the files are saved, or none')
    .argument('<file...>', RULE_FILES)
    .addOption(new Option('--reason <text>', REASON).default(''))
    .option('--prune', PRUNE)
    .option('--since <time>', SINCE, instant)
    .option('--no-wait', NO_WAIT)
    .option('--json', 'print one JSON document instead of text')
    .action((names: string[], { reason, ...options }: ApplyOptions & { reason: string }) =>
      apply(shell, names, { hash: null, reason: toReason(reason) }, options),
    );

  explainUsage(loading, {
    json: APPLIED,
    exits:
      '0 the rules are in force, 1 the files have errors or a test fails; then nothing was changed, 64 a file cannot be read',
    examples: ['rules load rules --prune --reason "Nightly"'],
  });
}

function apply(
  shell: Shell,
  names: readonly string[],
  { hash, reason }: { readonly hash: string | null; readonly reason: string | null },
  options: ApplyOptions,
): Promise<void> {
  // A plan that somebody agreed to was made of rules that are there.
  const withState = hash === null ? withLaurelOrNew : withLaurel;
  return withState(shell, async (laurel) => {
    const { services } = laurel;
    const { prune = false, since = null } = options;
    const result = await services.applyRules(await readRuleSources(shell, names), {
      ...{ plan: hash, prune, actor: 'cli', reason, since },
    });
    if (result.outcome === 'invalid') {
      return refuse(shell, result.texts, 'nothing was changed: mend the errors above first', options);
    }
    const { plan } = result;
    if (result.outcome === 'applied') {
      if (!options.json) printPlan(shell, plan);
      const replay = await followReplay(shell, laurel, result.replay, options);
      const { versions: _, ...applied } = result;
      if (options.json) shell.printLine(JSON.stringify({ ok: true, ...applied, replay }));
      return;
    }
    shell.exitCode = 1;
    if (options.json) return shell.printLine(JSON.stringify({ ok: false, ...result }));
    shell.printError(`nothing was changed: ${becauseOf(result)}. This is the plan now:\n`);
    for (const line of planLines(plan)) shell.printError(line);
    shell.printError(`\nTo apply this instead:\n  ${applyCommand(plan, names, options)}`);
  });
}

function becauseOf({ because, latest }: Extract<ApplyResult, { outcome: 'stale' }>): string {
  if (because === 'files-changed') return 'the files, or --prune, are not those of the plan';
  const last =
    latest === null
      ? ''
      : ` (saved last: ${shownText(latest.id)} version ${latest.version} by ${shownText(latest.updatedBy)} at ${latest.updatedAt.toISOString()}${latest.reason === null ? '' : `, "${shownText(latest.reason)}"`})`;
  return `the stored rules have changed since the plan was made${last}`;
}

function printPlan(shell: Shell, plan: RulePlan, impact: Impact | null = null): void {
  for (const { file, line, column, code, message, hint } of plan.warnings) {
    const advice = hint === null ? '' : `; ${hint}`;
    shell.printError(`${file}:${line}:${column}: warning[${code}] ${shownText(`${message}${advice}`)}`);
  }
  for (const line of planLines(plan, impact)) shell.printLine(line);
}

function refuse(shell: Shell, texts: readonly CheckedText[], advice: string, { json = false }: CommonOptions): void {
  if (json) {
    const diagnostics = texts.flatMap(({ name, diagnostics: found }) => found.map((one) => ({ file: name, ...one })));
    shell.printLine(JSON.stringify({ ok: false, diagnostics }));
  } else {
    printDiagnostics(shell, texts, 'stderr', 'error');
    shell.printError(advice);
  }
  shell.exitCode = 1;
}
