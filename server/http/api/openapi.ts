/** The API as an OpenAPI 3.1 document, made from the schemas that answers are checked against. */

import { z } from 'zod';
import { invariant } from '../../../plugin/errors.ts';
import type { Scope } from '../people/scopes.ts';
import { type Access, scopeOf } from '../routes.ts';
import { namedSchemas, type Operation, operations, schemaReference } from './operations.ts';

const SECURITY_SCHEMES = {
  apiToken: {
    type: 'http',
    scheme: 'bearer',
    description:
      'made by an administrator or `laurel token create`; the names beside it are the scopes that it must have',
  },
  lmsToken: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'token of the LMS, where LAUREL_LMS_JWT_KEYS is set; also as `Authorization: JWT <token>`',
  },
  ingestToken: { type: 'http', scheme: 'bearer', description: 'LAUREL_INGEST_TOKEN' },
} as const;

type Key = Readonly<Partial<Record<keyof typeof SECURITY_SCHEMES, readonly Scope[]>>>;

/** What opens the door, with the scopes that it must have: any of them does. */
function keysOf(access: Access): readonly Key[] {
  const scope = scopeOf(access);
  if (scope === null) return [];
  const keys: Key[] = [{ apiToken: [scope] }];
  if (access.startsWith('learner') || scope === 'learners:retire') keys.push({ lmsToken: [] });
  if (scope === 'events:write') keys.push({ ingestToken: [] });
  return keys;
}

export function openApiDocument() {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Laurel',
      version: '1',
      description: 'Badges and PDF credentials of Open edX learners. Failures are problem documents (RFC 9457).',
      license: { name: 'AGPL-3.0-only', identifier: 'AGPL-3.0-only' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(Object.values(operations).map(({ tag }) => tag))].map((name) => ({ name })),
    paths: paths(),
    components: { schemas: componentSchemas(), securitySchemes: SECURITY_SCHEMES },
  };
}

const ONCE =
  'where the answer is lost: the same call with the same key within a day gets the same answer, with `Idempotency-Replayed: true`, and is not done again. 1 to 255 printable characters';
const NO_SCOPE = 'the API token lacks the scope';

function paths(): Record<string, object> {
  const all: Record<string, Record<string, object>> = {};
  for (const [route, operation] of Object.entries(operations)) {
    const [method = '', path = ''] = route.split(' ');
    const address = documentPath(path);
    all[address] = { ...all[address], [method]: operationObject(operation) };
  }
  return all;
}

/** `/a/:b` is `/a/{b}`; addresses of learning-credentials end with a slash there. */
export function documentPath(path: string): string {
  const template = path.replace(/:(\w+)/g, '{$1}');
  return path.startsWith('/api/learning_credentials/') ? `${template}/` : template;
}

function operationObject({ id, tag, summary, access, path, query, body, once, success, failures }: Operation): object {
  const keys = keysOf(access);
  const parameters = [
    ...Object.entries(path ?? {}).map(([name, doc]) => parameter('path', name, doc, true)),
    ...Object.entries(query ?? {}).map(([name, { doc, required }]) => parameter('query', name, doc, required)),
    ...(once ? [parameter('header', 'Idempotency-Key', ONCE, false)] : []),
  ];
  const problems: Record<number, string> = {
    429: 'too many attempts; `Retry-After` says when to try again',
    ...failures,
  };
  if (once) {
    problems[409] = 'a call with this Idempotency-Key is under way; `Retry-After` says when to try again';
    problems[422] = [failures[422], 'the Idempotency-Key came with another body before'].filter(Boolean).join('; or ');
  }
  if (keys.length > 0) {
    problems[401] = 'no token, or one that is wrong or has expired';
    problems[403] = [failures[403], NO_SCOPE].filter(Boolean).join('; or ');
  }
  if (tag !== 'About')
    problems[503] = 'the database is away, or the keys of the LMS are; `Retry-After` says when to try again';
  return {
    operationId: id,
    tags: [tag],
    summary,
    security: keys,
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: {
        required: true,
        content: Object.fromEntries(Object.entries(body).map(([type, schema]) => [type, { schema }])),
      },
    }),
    responses: {
      [success.status]: {
        description: success.doc,
        content: { 'application/json': { schema: schemaReference(nameOf(success.schema)) } },
      },
      ...Object.fromEntries(Object.entries(problems).map(([status, doc]) => [status, problem(doc)])),
    },
  };
}

function parameter(place: 'path' | 'query' | 'header', name: string, description: string, required: boolean): object {
  return { name, in: place, required, description, schema: { type: 'string' } };
}

function problem(description: string): object {
  return { description, content: { 'application/problem+json': { schema: schemaReference('Problem') } } };
}

function nameOf(schema: z.ZodType): keyof typeof namedSchemas {
  const found = Object.entries(namedSchemas).find(([, named]) => named === schema);
  invariant(found, 'the schema of an answer has a name');
  return found[0] as keyof typeof namedSchemas;
}

function componentSchemas(): Record<string, object> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(namedSchemas)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    target: 'draft-2020-12',
    uri: (id) => `#/components/schemas/${id}`,
    override: ({ jsonSchema }) => {
      // That our code does not change a list is nothing to those who read it.
      delete jsonSchema.readOnly;
    },
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $schema: _dialect, $id: _address, ...schema }]) => [id, schema]),
  );
}
