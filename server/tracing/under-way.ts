/** The trace of the work under way, for whatever is called from it. Costs nothing until the first trace is there. */

import { AsyncLocalStorage } from 'node:async_hooks';
import { type TraceContext, traceIdOf } from '../../plugin/ports/trace-context.ts';

const underWay = new AsyncLocalStorage<TraceContext | undefined>();

export function currentTrace(): TraceContext | undefined {
  return underWay.getStore();
}

/** For log lines. */
export function currentTraceId(): string | null {
  return traceIdOf(underWay.getStore());
}

export function within<Result>(trace: TraceContext | undefined, work: () => Result): Result {
  return underWay.run(trace, work);
}
