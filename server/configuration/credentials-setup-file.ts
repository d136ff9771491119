/** The file that says what PDF credentials are made from: assets, types, configurations and schedules. */

import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { InputError } from '../../plugin/errors.ts';
import { readGivenFile } from '../given-files.ts';
import type { WantedSchedule } from '../scheduler/set-schedule.ts';

const options = z.record(z.string(), z.unknown()).default({});
const id = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case letters and digits with single hyphens between');

const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

const rule = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('interval'), everyMs: z.number().int().min(60_000) }),
  z.strictObject({
    kind: z.literal('crontab'),
    expression: z.string(),
    timeZone: z.string(),
    gap: z.enum(['after', 'skip']).default('after'),
    repeated: z.enum(['first', 'both']).default('first'),
    days: z.enum(['both', 'either']).default('both'),
  }),
  z.strictObject({ kind: z.literal('clocked'), at: moment }),
]);

const schedule = z.strictObject({
  enabled: z.boolean(),
  rule,
  oneOff: z.boolean().default(false),
  startAt: moment.nullable().default(null),
  expiresAt: moment.nullable().default(null),
  overlap: z.enum(['skip', 'queue', 'allow']).default('skip'),
  catchUp: z
    .union([z.enum(['one', 'none']), z.strictObject({ kind: z.literal('all'), max: z.number(), withinMs: z.number() })])
    .default('one'),
  deadlineMs: z.number().int().nullable().default(null),
});

const setupSchema = z.strictObject({
  assets: z
    .array(
      z.strictObject({
        slug: id,
        kind: z.enum(['pdf-template', 'font', 'image']),
        /** Relative to the setup file. */
        file: z.string().min(1),
        description: z.string().default(''),
      }),
    )
    .default([]),
  types: z
    .array(
      z.strictObject({
        id,
        name: z.string().min(1),
        retrievalFunction: z.string(),
        generationFunction: z.string(),
        options,
      }),
    )
    .default([]),
  configurations: z
    .array(
      z.strictObject({
        id,
        type: z.string(),
        contextKey: z.string(),
        options,
        schedule: schedule.optional(),
      }),
    )
    .default([]),
});

export type Setup = z.infer<typeof setupSchema>;

/** A setup that lies in no folder. */
export interface GivenSetup {
  /** For messages. */
  readonly name: string;
  /** As a setup file. */
  readonly text: string;
  /** What an asset names as its file. */
  read(file: string): Promise<Buffer>;
}

export async function setupFile(path: string): Promise<GivenSetup> {
  const bytes = await readGivenFile(path);
  return {
    name: path,
    text: bytes.toString('utf8'),
    read: (file) => readGivenFile(resolve(dirname(path), file), file),
  };
}

/** @param name for messages @throws InputError `input.setup` with every place that is wrong */
export function parseSetup(name: string, text: string): Setup {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw new InputError('setup', `${name} is not JSON; examples/credentials/example.json shows the form`);
  }
  const parsed = setupSchema.safeParse(value);
  const problems = parsed.success
    ? repeated(parsed.data)
    : parsed.error.issues.map((issue) => `${issue.path.join('.') || '(whole file)'}: ${issue.message}`);
  if (parsed.success && problems.length === 0) return parsed.data;
  throw new InputError('setup', `${name} cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
}

/** Of two entries with one name the later would silently win. */
function repeated({ assets, types, configurations }: Setup): readonly string[] {
  const lists = { assets: assets.map(({ slug }) => slug), types: ids(types), configurations: ids(configurations) };
  return Object.entries(lists).flatMap(([list, names]) =>
    names.flatMap((name, index) =>
      names.indexOf(name) < index ? [`${list}.${index}: "${name}" is there twice; keep one`] : [],
    ),
  );
}

function ids(items: readonly { readonly id: string }[]): readonly string[] {
  return items.map((item) => item.id);
}

/** A schedule as the setup file has it, alone. @throws InputError `input.schedule` with every place that is wrong */
export function readScheduleText(text: string): WantedSchedule {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InputError(
      'schedule',
      'the schedule is not JSON; write {"enabled": true, "rule": {"kind": "crontab", ...}}',
    );
  }
  const parsed = schedule.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `  ${issue.path.join('.') || '(all of it)'}: ${issue.message}`);
  throw new InputError('schedule', `the schedule cannot be used:\n${problems.join('\n')}`);
}
