/** One JSON object a line. Messages are constant, facts are fields, people appear as `learnerId` only. */

import pino from 'pino';
import type { LogFields, Logger } from '../plugin/ports/runtime.ts';
import { currentTraceId } from './tracing/under-way.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** What leads from a line to all others of the same request, in every process. */
function traceOfLine(): object {
  const traceId = currentTraceId();
  return traceId === null ? {} : { traceId };
}

/** @param output standard output for a service, standard error for a command whose standard output is its result */
export function createLogger(level: LogLevel, output: { write(text: string): unknown }): Logger {
  const log = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: traceOfLine,
    },
    output,
  );
  const write =
    (severity: Exclude<LogLevel, 'silent'>) =>
    (message: string, fields: LogFields = {}): void =>
      log[severity](fields, message);
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}
