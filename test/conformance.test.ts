/** Runs the cases of test/conformance: what the rule language says, as data. The format is in test/conformance/README.md. */

import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { type Environment, type EventType, type FieldType, loadRules, runTest } from '../dsl/index.ts';
import { simulate } from '../plugin/badges/simulate.ts';
import { eventCatalogue } from '../plugin/events/catalogue.ts';
import { decodeEvent } from '../plugin/events/decode.ts';
import type { LmsEvent } from '../plugin/events/event.ts';
import { type Case, type CaseEvent, fileSchema, jsonSchema } from './support/conformance-case.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

interface Schema {
  readonly name: string;
  readonly payload: string;
  readonly learner: string | null;
  readonly enabled?: boolean;
  readonly fields: { readonly [name: string]: Json };
}

const FOLDER = new URL('./conformance/', import.meta.url);
const NOT_CASES = new Set(['schemas.json', 'known-failures.json', 'case.schema.json']);

function read(file: string): unknown {
  return JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'));
}

function toFieldType(type: Json): FieldType {
  if (Array.isArray(type)) return { kind: 'list', items: toFieldType(type[0] as Json) };
  if (typeof type === 'object') {
    const fields = type as { readonly [name: string]: Json };
    if (Object.hasOwn(fields, '*')) return { kind: 'map', values: toFieldType(fields['*'] as Json) };
    return { kind: 'record', fields: toFields(fields) };
  }
  switch (type) {
    case 'boolean':
      return { kind: 'boolean' };
    case 'number':
    case 'integer':
      return { kind: 'number', integer: type === 'integer' };
    case 'string':
      return { kind: 'string', format: null };
    case 'date':
    case 'course-key':
    case 'ccx-key':
      return { kind: 'string', format: type };
    case 'learner':
      return toFieldType({
        id: 'integer',
        is_active: 'boolean',
        pii: { username: 'string', email: 'string', name: 'string' },
      });
    default:
      throw new Error(`schemas.json has the unknown field type ${String(type)}`);
  }
}

function toFields(fields: { readonly [name: string]: Json }): EventType['fields'] {
  return Object.entries(fields).map(([name, type]) => {
    const nullable = typeof type === 'string' && type.endsWith('?');
    return { name, nullable, type: toFieldType(nullable ? type.slice(0, -1) : type) };
  });
}

const schemas = read('schemas.json') as { providers: string[]; eventTypes: Schema[] };
const eventTypes: ReadonlyMap<string, EventType> = new Map([
  ...eventCatalogue,
  ...schemas.eventTypes.map(({ fields, name, payload, learner }): [string, EventType] => [
    name,
    { name, payload, learner, fields: toFields(fields) },
  ]),
]);
const off = new Set(schemas.eventTypes.filter(({ enabled }) => enabled === false).map(({ name }) => name));
const environment: Environment = {
  eventTypes,
  enabledEventTypes: new Set([...eventTypes.keys()].filter((name) => !off.has(name))),
  providers: new Set(schemas.providers),
  knownBadges: null,
};

function toEvent(event: CaseEvent): LmsEvent {
  const { id, time = '2026-03-01T10:00:00Z', type = 'org.example.done.v1', source = '/lms' } = event;
  const { user = { id: 1, username: 'ada' } } = event;
  const { payload: name = '', learner = null } = eventTypes.get(type) ?? {};
  const who =
    typeof user === 'string' ? { pii: { username: user } } : { id: user.id, pii: { username: user.username } };
  const own = learner === '' ? who : learner === null ? {} : { [learner]: who };
  return decodeEvent({ id, time, type, source, data: { [name]: { ...own, ...event.payload } } }, eventTypes);
}

function run({ rules, events = [], expect: expected }: Case): void {
  const text = typeof rules === 'string' ? rules : rules.join('\n');
  const { badges, diagnostics, tests } = loadRules(text, environment);
  if ('diagnostics' in expected) {
    const found = diagnostics.map(({ code, severity, line, column, endLine, endColumn, message }, index) => ({
      code,
      severity,
      line,
      column,
      ...(endLine === line ? {} : { endLine }),
      endColumn,
      ...(expected.diagnostics[index]?.message === undefined ? {} : { message }),
    }));
    expect(found).to.deep.equal(expected.diagnostics);
    return;
  }
  expect(
    diagnostics.filter(({ severity }) => severity === 'error'),
    'the rules have no errors',
  ).to.deep.equal([]);
  if ('tests' in expected) {
    const reports = tests.map((test) => runTest(test, badges, environment, text));
    const found = reports.map(({ title, failures }) => ({
      title,
      failures: failures.map(({ line, column }) => ({ line, column })),
    }));
    expect(found).to.deep.equal(expected.tests);
    return;
  }
  const received = events.map(toEvent);
  if ('matches' in expected) {
    const matching = received.filter((event) => simulate(badges, [event]).some(({ status }) => status === 'awarded'));
    expect(matching.map(({ id }) => id)).to.deep.equal(expected.matches);
    return;
  }
  expect(simulate(badges, received)).to.deep.equal(expected.lines);
  expect(simulate(badges, [...received, ...received].reverse()), 'in the other order, twice').to.deep.equal(
    expected.lines,
  );
}

/** @returns what is wrong with a case; null: nothing */
function failureOf(one: Case): Error | null {
  try {
    run(one);
    return null;
  } catch (error) {
    return error as Error;
  }
}

function refuseDuplicates(cases: readonly Case[]): void {
  const names = cases.map(({ name }) => name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  if (twice.length > 0) throw new Error(`these cases have the same name: ${twice.join(', ')}`);
}

/** @param failures reasons by the name of the case */
function judge(one: Case, failures: Readonly<Record<string, string>>): void {
  const failure = failureOf(one);
  if (!Object.hasOwn(failures, one.name)) {
    if (failure !== null) throw failure;
  } else if (failure === null) throw new Error(`"${one.name}" passes; take it out of known-failures.json`);
}

describe('conformance with the rule language', () => {
  const failures = read('known-failures.json') as Readonly<Record<string, string>>;
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json') && !NOT_CASES.has(file));
  const all = files.flatMap((file) => read(file) as readonly Case[]);

  it('has a name of its own for every case', () => refuseDuplicates(all));

  it('has files that are as their schema says, which is that of the runner', () => {
    expect(read('case.schema.json')).to.deep.equal(JSON.parse(JSON.stringify(jsonSchema())));
    for (const file of files) expect(fileSchema.safeParse(read(file)).error?.message, file).to.equal(undefined);
    const wrong = { ...all[0], expect: { lines: [], matches: [] } };
    expect(fileSchema.safeParse([wrong]).success).to.equal(false);
  });

  it('knows every case that it expects to fail', () => {
    const names = all.map(({ name }) => name);
    expect(Object.keys(failures).filter((name) => !names.includes(name))).to.deep.equal([]);
  });

  for (const file of files) {
    describe(file.replace('.json', ''), () => {
      for (const one of read(file) as readonly Case[]) {
        it(`${one.name} (section ${one.section})`, () => judge(one, failures));
      }
    });
  }

  describe('the runner', () => {
    const sound: Case = { name: 'nothing', section: '1', rules: '', expect: { diagnostics: [] } };
    const wrong: Case = { ...sound, rules: 'badge' };

    it('fails on a case that fails', () => expect(() => judge(wrong, {})).to.throw());
    it('lets a known failure fail', () => judge(wrong, { nothing: 'a reason' }));
    it('fails on a known failure that passes', () =>
      expect(() => judge(sound, { nothing: 'a reason' })).to.throw(
        '"nothing" passes; take it out of known-failures.json',
      ));
    it('refuses two cases of one name', () =>
      expect(() => refuseDuplicates([sound, wrong])).to.throw('these cases have the same name: nothing'));
  });
});
