/** Tracing: which work belongs to which request, over processes, restarts and other people's servers. */

import type { TraceContext } from './trace-context.ts';

export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** A piece of work in a trace. Neither its name nor its attributes say anything of a person. */
export interface Step {
  /** Of few different ones, e.g. `award badge`. */
  readonly name: string;
  readonly kind?: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  /** The work that this goes on with, perhaps of another process; left out: the work under way, and none where there is none;
   *  null: nobody's, a new trace begins. */
  readonly parent?: TraceContext | null | undefined;
  /** Work of other traces that this is about. */
  readonly links?: readonly TraceContext[];
  readonly attributes?: Attributes;
}

export interface StepNotes {
  /** What is known only later. `error.type` says that it failed. */
  add(attributes: Attributes): void;
  rename(name: string): void;
}

export interface Tracer {
  /** Whether anybody will see names and attributes: what costs something to find out need not be found out for nobody. */
  readonly isRecording: boolean;
  /** Where the work under way belongs, to be kept with what will go on with it; undefined: to no trace. */
  current(): TraceContext | undefined;
  /** Does the work as a step. What it throws is thrown on. */
  step<Result>(step: Step, work: (notes: StepNotes) => Promise<Result>): Promise<Result>;
}

const noNotes: StepNotes = { add() {}, rename() {} };

/** Knows of no traces. */
export const silentTracer: Tracer = {
  isRecording: false,
  current: () => undefined,
  step: (_, work) => work(noNotes),
};
