/** Passes traces on without recording any: what came with a request goes out with all that follows from it. */

import { randomBytes } from 'node:crypto';
import { type TraceContext, traceparentOf } from '../../plugin/ports/trace-context.ts';
import type { Step, StepNotes, Tracer } from '../../plugin/ports/tracer.ts';
import { currentTrace, within } from './under-way.ts';

const noNotes: StepNotes = { add() {}, rename() {} };

export const passingTracer: Tracer = {
  isRecording: false,
  current: currentTrace,
  step({ parent }: Step, work) {
    if (parent === undefined || parent === currentTrace()) return work(noNotes);
    return within(parent ?? newTrace(), () => work(noNotes));
  },
};

/** Its flags say the truth: nobody has recorded where it begins. */
function newTrace(): TraceContext {
  const id = (bytes: number): string => randomBytes(bytes).toString('hex');
  return { traceparent: traceparentOf({ traceId: id(16), stepId: id(8), flags: 0 }) };
}
