/** A small world for rule texts, and diagnostics as one line each. */

import { expect } from 'chai';
import type { Diagnostic, Environment, EventType, Field, FieldType } from '../../dsl/index.ts';
import { type Loaded, loadRules } from '../../dsl/index.ts';

const text: FieldType = { kind: 'string', format: null };

export function field(name: string, type: FieldType, nullable = false): Field {
  return { name, type, nullable };
}

const user = field('user', {
  kind: 'record',
  fields: [field('id', { kind: 'number', integer: true }), field('name', text)],
});

export const passed: EventType = {
  name: 'org.example.course.passed.v1',
  payload: 'status',
  learner: 'user',
  fields: [
    field('is_passing', { kind: 'boolean' }),
    field('is_late', { kind: 'boolean' }, true),
    field('grade', { kind: 'number', integer: false }, true),
    field('score', { kind: 'number', integer: false }),
    field('attempts', { kind: 'number', integer: true }),
    field('mode', text),
    field('note', text, true),
    field('template', text),
    field('course', {
      kind: 'record',
      fields: [
        field('course_key', { kind: 'string', format: 'course-key' }),
        field('ccx_key', { kind: 'string', format: 'ccx-key' }),
        field('start', { kind: 'string', format: 'date' }),
      ],
    }),
    field('tags', { kind: 'list', items: text }),
    field('grades', { kind: 'map', values: { kind: 'number', integer: false } }),
    user,
  ],
};

const nobody: EventType = {
  name: 'org.example.nobody.v1',
  payload: 'thing',
  learner: null,
  fields: [field('id', text)],
};
const off: EventType = { name: 'org.example.off.v1', payload: 'thing', learner: 'user', fields: [user] };
/** Its payload has a field `event`, in which metadata wins. */
const logged: EventType = {
  name: 'org.example.logged.v1',
  payload: 'log',
  learner: 'user',
  fields: [
    user,
    field('event', { kind: 'record', fields: [field('time', { kind: 'number', integer: true }), field('page', text)] }),
  ],
};

export const environment: Environment = {
  eventTypes: new Map([passed, nobody, off, logged].map((type) => [type.name, type])),
  enabledEventTypes: new Set([passed.name, nobody.name, logged.name]),
  providers: new Set(['credly', 'openbadges']),
  knownBadges: new Set(['elsewhere']),
};

/** A badge whose one requirement has the condition. */
export function badgeWhere(condition: string): string {
  return `badge "b" {\n  requirement r {\n    on org.example.course.passed.v1\n    where ${condition}\n  }\n}\n`;
}

/** A badge of one requirement with these clauses after `on`. */
export function badgeWith(clauses: string): string {
  return `badge "b" {\n  requirement r {\n    on org.example.course.passed.v1\n    ${clauses}\n  }\n}\n`;
}

/** `3:9-14 type.clash: the message | the hint` */
export function line({ line, column, endLine, endColumn, code, message, hint }: Diagnostic): string {
  const end = endLine === line ? `${endColumn}` : `${endLine}:${endColumn}`;
  return `${line}:${column}-${end} ${code}: ${message}${hint === null ? '' : ` | ${hint}`}`;
}

export function expectValid(source: string, within: Environment = environment): Loaded {
  const loaded = loadRules(source, within);
  expect(loaded.diagnostics.map(line)).to.deep.equal([]);
  return loaded;
}

export function expectDiagnostics(
  source: string,
  expected: readonly string[],
  within: Environment = environment,
): Loaded {
  const loaded = loadRules(source, within);
  expect(loaded.diagnostics.map(line)).to.deep.equal(expected);
  return loaded;
}

/** The same tree with every span gone. */
export function withoutSpans<Tree>(tree: Tree): Tree {
  return JSON.parse(JSON.stringify(tree, (key, value: unknown) => (key === 'span' ? undefined : value))) as Tree;
}
