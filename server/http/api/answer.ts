/** Answers in the shape that the OpenAPI document promises. */

import type { Response } from 'express';
import type { z } from 'zod';

/** Sends what the schema allows, and nothing else. @throws ZodError where the body is another: our mistake */
export function answer<Schema extends z.ZodType>(res: Response, schema: Schema, body: z.input<Schema>): void {
  res.set('Cache-Control', 'no-store').json(schema.parse(body));
}
