/** The form of a conformance case: what test/conformance/README.md says, for machines. */

import { z } from 'zod';

const text = z.string().min(1);
const ordinal = z.int().positive();

const event = z.strictObject({
  id: text,
  time: text.optional(),
  type: text.optional(),
  source: text.optional(),
  user: z.union([text, z.strictObject({ id: z.int(), username: text })]).optional(),
  payload: z.record(z.string(), z.json()),
});

const line = z.strictObject({
  learner: z.string(),
  badge: z.string(),
  status: z.enum(['none', 'in-progress', 'awarded', 'revoked']),
  progress: z.number().min(0).max(1),
  groups: z.record(z.string(), z.boolean()),
  fulfilled: z.array(text),
  awardedAt: text.nullable(),
  awards: z.int().min(0),
});

const diagnostic = z.strictObject({
  code: z.string().regex(/^[a-z]+\.[a-z-]+$/),
  severity: z.enum(['error', 'warning']),
  line: ordinal,
  column: ordinal,
  endLine: ordinal.optional(),
  endColumn: ordinal,
  message: text.optional(),
});

const test = z.strictObject({
  title: z.string(),
  failures: z.array(z.strictObject({ line: ordinal, column: ordinal })),
});

export const caseSchema = z.strictObject({
  name: text,
  section: z.enum(['1', '2', '3', '4', '5', '6', '7', '8', '9']),
  rules: z.union([z.string(), z.array(z.string())]),
  events: z.array(event).optional(),
  expect: z.union([
    z.strictObject({ lines: z.array(line) }),
    z.strictObject({ matches: z.array(text) }),
    z.strictObject({ diagnostics: z.array(diagnostic) }),
    z.strictObject({ tests: z.array(test) }),
  ]),
});

export const fileSchema = z.array(caseSchema).min(1);

export type Case = z.infer<typeof caseSchema>;
export type CaseEvent = z.infer<typeof event>;

/** For readers without zod; kept beside the cases as `case.schema.json`. */
export function jsonSchema(): object {
  return { title: 'Conformance cases of the rule language', ...z.toJSONSchema(fileSchema, { io: 'input' }) };
}
