/** The trace that a record belongs to, as a field of its document. */

import mongoose from 'mongoose';

export const traceField = {
  type: new mongoose.Schema({ traceparent: { type: String, required: true }, tracestate: String }, { _id: false }),
  default: undefined,
} as const;
