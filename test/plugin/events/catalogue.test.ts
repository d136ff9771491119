import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { EventType, Field, FieldType, StringFormat } from '../../../dsl/index.ts';
import { eventCatalogue } from '../../../plugin/events/catalogue.ts';

/** The schemas that Open edX publishes, where somebody has them. */
const published = join(process.env.LAUREL_REFERENCE ?? dirname(fileURLToPath(import.meta.url)), 'openedx-events');

interface AvroRecord {
  readonly type: 'record';
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly type: AvroType }[];
}
type AvroType = string | readonly AvroType[] | AvroRecord | { readonly type: string; readonly [key: string]: unknown };

/** One line per field, in order: path and type as both sides can tell it. */
function linesOfSchema(record: AvroRecord, prefix = '', known = new Map<string, AvroRecord>()): string[] {
  known.set(record.name, record);
  return record.fields.flatMap(({ name, type }) => linesOfType(type, `${prefix}${name}`, known));
}

function linesOfType(type: AvroType, path: string, known: Map<string, AvroRecord>): string[] {
  if (Array.isArray(type)) {
    const [first, second] = type as AvroType[];
    if (first !== 'null' || second === undefined) throw new Error(`unexpected union at ${path}`);
    return linesOfType(second, `${path}?`, known);
  }
  if (typeof type === 'string') {
    const record = known.get(type);
    return record ? linesOfSchema(record, `${path}.`, known) : [`${path}: ${type}`];
  }
  const schema = type as { type: AvroType; items?: AvroType; values?: AvroType };
  if (schema.type === 'record') return linesOfSchema(type as AvroRecord, `${path}.`, known);
  if (schema.type === 'array') return linesOfType(schema.items as AvroType, `${path}[]`, known);
  if (schema.type === 'map') return linesOfType(schema.values as AvroType, `${path}{}`, known);
  return linesOfType(schema.type, path, known);
}

function linesOfFields(fields: readonly Field[], prefix: string): string[] {
  return fields.flatMap(({ name, type, nullable }) => linesOfField(type, `${prefix}${name}${nullable ? '?' : ''}`));
}

function linesOfField(type: FieldType, path: string): string[] {
  switch (type.kind) {
    case 'record':
      return linesOfFields(type.fields, `${path}.`);
    case 'list':
      return linesOfField(type.items, `${path}[]`);
    case 'map':
      return linesOfField(type.values, `${path}{}`);
    case 'number':
      return [`${path}: ${type.integer ? 'long' : 'double'}`];
    default:
      return [`${path}: ${type.kind}`];
  }
}

const linesOfEventType = (type: EventType): string[] => linesOfFields(type.fields, `${type.payload}.`);

function formatsOf(fields: readonly Field[], prefix = ''): [string, StringFormat][] {
  return fields.flatMap(({ name, type }): [string, StringFormat][] => {
    if (type.kind === 'record') return formatsOf(type.fields, `${prefix}${name}.`);
    return type.kind === 'string' && type.format !== null ? [[`${prefix}${name}`, type.format]] : [];
  });
}

function hasPath(fields: readonly Field[], path: string): boolean {
  const [first, ...rest] = path.split('.');
  const field = fields.find(({ name }) => name === first);
  if (!field) return false;
  return rest.length === 0 || (field.type.kind === 'record' && hasPath(field.type.fields, rest.join('.')));
}

describe('the catalogue of event types', () => {
  it('agrees with the published schemas field by field, in their order', function () {
    if (!existsSync(published)) return this.skip();
    const suffix = '_schema.avsc';
    const schemas = readdirSync(published).filter((name) => name.endsWith(suffix));
    const theirs = Object.fromEntries(
      schemas.map((file) => [
        file.slice(0, -suffix.length).replaceAll('+', '.'),
        linesOfSchema(JSON.parse(readFileSync(join(published, file), 'utf8')) as AvroRecord),
      ]),
    );
    const ours = Object.fromEntries([...eventCatalogue].map(([name, type]) => [name, linesOfEventType(type)]));
    expect(Object.keys(theirs).length).to.be.greaterThan(70);
    expect(ours).to.deep.equal(theirs);
  });

  it('agrees with the published payload names and narrower string types', function () {
    if (!existsSync(published)) return this.skip();
    const { types } = JSON.parse(readFileSync(join(published, 'types.json'), 'utf8')) as {
      types: Record<string, { payload: string; typed: Record<string, StringFormat> }>;
    };
    const theirs = Object.entries(types).map(([name, { payload, typed }]) => {
      const fields = eventCatalogue.get(name)?.fields ?? [];
      // some typed paths are of fields that the schema does not carry
      const present = Object.entries(typed).filter(([path]) => hasPath(fields, path));
      return [name, payload, Object.fromEntries(present)];
    });
    const ours = [...eventCatalogue.values()].map(({ name, payload, fields }) => [
      name,
      payload,
      Object.fromEntries(formatsOf(fields)),
    ]);
    expect(ours).to.have.deep.members(theirs);
  });

  it('spells out the passing status of courses and CCX courses, whose orders differ', () => {
    expect(linesOf('org.openedx.learning.course.passing.status.updated.v1')).to.deep.equal([
      'course_passing_status.is_passing: boolean',
      'course_passing_status.course.course_key: string',
      'course_passing_status.course.display_name: string',
      'course_passing_status.course.start?: string',
      'course_passing_status.course.end?: string',
      'course_passing_status.user.id: long',
      'course_passing_status.user.is_active: boolean',
      'course_passing_status.user.pii.username: string',
      'course_passing_status.user.pii.email: string',
      'course_passing_status.user.pii.name: string',
    ]);
    expect(linesOf('org.openedx.learning.ccx.course.passing.status.updated.v1')).to.deep.equal([
      'course_passing_status.is_passing: boolean',
      'course_passing_status.user.id: long',
      'course_passing_status.user.is_active: boolean',
      'course_passing_status.user.pii.username: string',
      'course_passing_status.user.pii.email: string',
      'course_passing_status.user.pii.name: string',
      'course_passing_status.course.ccx_course_key: string',
      'course_passing_status.course.master_course_key: string',
      'course_passing_status.course.display_name: string',
      'course_passing_status.course.coach_email: string',
      'course_passing_status.course.start?: string',
      'course_passing_status.course.end?: string',
      'course_passing_status.course.max_students_allowed?: long',
    ]);
  });

  it('names as learner a UserData that every event of the type carries', () => {
    const wrong = [...eventCatalogue.values()].filter(({ learner, fields }) => {
      if (learner === null) return fields.some(({ name }) => name === 'user');
      return !hasPath(fields, learner === '' ? 'pii.username' : `${learner}.pii.username`);
    });
    expect(wrong.map(({ name }) => name)).to.deep.equal([]);
    expect(eventCatalogue.get('org.openedx.learning.course.enrollment.created.v1')?.learner).to.equal('user');
    expect(eventCatalogue.get('org.openedx.learning.exam.attempt.verified.v1')?.learner).to.equal('student_user');
    expect(eventCatalogue.get('org.openedx.learning.student.registration.completed.v1')?.learner).to.equal('');
    expect(eventCatalogue.get('org.openedx.learning.course.persistent_grade_summary.changed.v1')?.learner).to.equal(
      null,
    );
  });
});

function linesOf(name: string): string[] {
  return linesOfEventType(eventCatalogue.get(name) as EventType);
}
