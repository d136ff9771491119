/** Other rule engines given the same rules, each in the way its documentation recommends for many evaluations. */

import type { RuleEvent } from '../../dsl/index.ts';
import { check, parse, RuleIndex } from '../../dsl/index.ts';
import { cpuMs, type Match } from '../race.ts';
import { environment, limitIndexed, limitNaive, type Spec, toFiles } from '../rules.ts';

export interface Loaded {
  /** Resolves to the number of rules met; a promise where the engine only works that way. */
  readonly match: Match | ((event: RuleEvent) => Promise<number>);
  /** Milliseconds of processor time, where the engine has the step. */
  readonly parse?: number;
  readonly check?: number;
}

export interface Contender {
  readonly name: string;
  load(specs: readonly Spec[]): Loaded | Promise<Loaded>;
}

/** The packages are installed beside this file only, so their types are said here, as far as they are used. */
async function use<Module>(name: string): Promise<Module> {
  return (await import(name)) as Module;
}

type Holds = (event: RuleEvent) => unknown;

/** One after the other, as none of them has an index; by event type, as anybody would. */
function linear(specs: readonly Spec[], compile: (spec: Spec) => Holds): Match {
  const types = new Map<string, Holds[]>();
  for (const spec of specs) {
    const rules = types.get(spec.type) ?? [];
    types.set(spec.type, rules);
    rules.push(compile(spec));
  }
  return (event) => {
    let met = 0;
    for (const holds of types.get(event.type) ?? []) if (holds(event) === true) met++;
    return met;
  };
}

function timed<Result>(work: () => Result): [result: Result, ms: number] {
  const start = cpuMs();
  const result = work();
  return [result, cpuMs() - start];
}

/** Quoted as CEL and Jexl want it. */
const quote = (text: string): string => JSON.stringify(text);

function toCel({ keys, status }: Spec): string {
  const key = keys.length === 1 ? `== ${quote(keys[0] ?? '')}` : `in [${keys.map(quote).join(', ')}]`;
  return `is_passing == true && course.course_key ${key}${status === null ? '' : ` && status == ${quote(status)}`}`;
}

function toMongo({ keys, status }: Spec): Record<string, unknown> {
  return {
    is_passing: true,
    'course.course_key': keys.length === 1 ? keys[0] : { $in: keys },
    ...(status === null ? {} : { status }),
  };
}

function laurel(specs: readonly Spec[]): Loaded {
  const index = new RuleIndex();
  const ms = { parse: 0, check: 0 };
  for (const text of toFiles(specs)) {
    const [{ file }, parsed] = timed(() => parse(text));
    const [{ badges }, checked] = timed(() => check(text, file, environment));
    ms.parse += parsed;
    ms.check += checked;
    for (const badge of badges) index.set(badge);
  }
  return { match: (event) => index.find(event).length, ...ms };
}

async function celJs(specs: readonly Spec[]): Promise<Loaded> {
  interface Parsed {
    (variables: object): unknown;
    check(): { readonly valid: boolean };
  }
  interface Scope {
    registerVariable(name: string, type: string): Scope;
    parse(text: string): Parsed;
  }
  const { Environment } = await use<{ readonly Environment: new () => Scope }>('@marcbachmann/cel-js');
  const scope = new Environment()
    .registerVariable('is_passing', 'bool')
    .registerVariable('status', 'string')
    .registerVariable('course', 'map');
  const [parsed, parseMs] = timed(() => specs.map((spec) => scope.parse(toCel(spec))));
  const [isSound, checkMs] = timed(() => parsed.every((expression) => expression.check().valid));
  if (!isSound) throw new Error('cel-js finds fault with a rule');
  const all = new Map(specs.map((spec, i) => [spec, parsed[i] as Parsed]));
  const match = linear(specs, (spec) => {
    const holds = all.get(spec) as Parsed;
    return ({ payload: { is_passing, status, course } }) => holds({ is_passing, status, course });
  });
  return { match, parse: parseMs, check: checkMs };
}

async function bufbuildCel(specs: readonly Spec[]): Promise<Loaded> {
  const { celEnv, parse, plan } = await use<{
    celEnv(): unknown;
    parse(text: string): unknown;
    plan(env: unknown, parsed: unknown): (variables: object) => unknown;
  }>('@bufbuild/cel');
  const env = celEnv();
  const [parsed, parseMs] = timed(() => new Map(specs.map((spec) => [spec, parse(toCel(spec))])));
  const match = linear(specs, (spec) => {
    const holds = plan(env, parsed.get(spec));
    return ({ payload: { is_passing, status, course } }) => holds({ is_passing, status, course });
  });
  return { match, parse: parseMs };
}

async function jexl(specs: readonly Spec[]): Promise<Loaded> {
  const { default: engine } = await use<{
    readonly default: { compile(text: string): { evalSync(context: object): unknown } };
  }>('jexl');
  return {
    match: linear(specs, (spec) => {
      const expression = engine.compile(toCel(spec));
      return ({ payload }) => expression.evalSync(payload);
    }),
  };
}

async function mingo(specs: readonly Spec[]): Promise<Loaded> {
  const { Query } = await use<{ readonly Query: new (filter: object) => { test(document: object): boolean } }>('mingo');
  return {
    match: linear(specs, (spec) => {
      const query = new Query(toMongo(spec));
      return ({ payload }) => query.test(payload);
    }),
  };
}

async function sift(specs: readonly Spec[]): Promise<Loaded> {
  const { default: compile } = await use<{ readonly default: (filter: object) => (document: object) => boolean }>(
    'sift',
  );
  return {
    match: linear(specs, (spec) => {
      const holds = compile(toMongo(spec));
      return ({ payload }) => holds(payload);
    }),
  };
}

async function jsonLogic(specs: readonly Spec[]): Promise<Loaded> {
  const { LogicEngine } = await use<{
    readonly LogicEngine: new () => { build(logic: object): (data: object) => unknown };
  }>('json-logic-engine');
  const engine = new LogicEngine();
  return {
    match: linear(specs, ({ keys, status }) => {
      const key = { var: 'course.course_key' };
      const asked: object[] = [{ '===': [{ var: 'is_passing' }, true] }];
      asked.push(keys.length === 1 ? { '===': [key, keys[0]] } : { in: [key, keys] });
      if (status !== null) asked.push({ '===': [{ var: 'status' }, status] });
      const holds = engine.build({ and: asked });
      return ({ payload }) => holds(payload);
    }),
  };
}

async function jsonRulesEngine(specs: readonly Spec[]): Promise<Loaded> {
  interface Rules {
    addRule(rule: object): void;
    run(facts: object): Promise<{ readonly events: readonly unknown[] }>;
  }
  const { Engine } = await use<{ readonly Engine: new (rules: readonly object[]) => Rules }>('json-rules-engine');
  const engines = new Map<string, Rules>();
  for (const { type, keys, status } of specs) {
    const engine = engines.get(type) ?? new Engine([]);
    engines.set(type, engine);
    const key = { fact: 'course', path: '$.course_key' };
    const all: object[] = [{ fact: 'is_passing', operator: 'equal', value: true }];
    all.push({
      ...key,
      ...(keys.length === 1 ? { operator: 'equal', value: keys[0] } : { operator: 'in', value: keys }),
    });
    if (status !== null) all.push({ fact: 'status', operator: 'equal', value: status });
    engine.addRule({ conditions: { all }, event: { type: 'met' } });
  }
  return { match: async ({ type, payload }) => (await engines.get(type)?.run(payload))?.events.length ?? 0 };
}

/** The hand-written limits first: everything is held against them. */
export const contenders: readonly Contender[] = [
  { name: 'hand-written Map', load: (specs) => ({ match: limitIndexed(specs) }) },
  { name: 'hand-written closures, one after the other', load: (specs) => ({ match: limitNaive(specs) }) },
  { name: 'Laurel', load: laurel },
  { name: 'json-logic-engine, compiled', load: jsonLogic },
  { name: '@marcbachmann/cel-js', load: celJs },
  { name: 'mingo', load: mingo },
  { name: 'sift', load: sift },
  { name: '@bufbuild/cel', load: bufbuildCel },
  { name: 'jexl', load: jexl },
  { name: 'json-rules-engine', load: jsonRulesEngine },
];
