/** How this process traces: passing traces on, and recording them where the settings name a receiver. */

import { randomUUID } from 'node:crypto';
import type { Tracer } from '../../plugin/ports/tracer.ts';
import type { Lifecycle } from '../lifecycle.ts';
import { packageVersion } from '../paths.ts';
import { passingTracer } from '../tracing/passing-tracer.ts';
import { recordingSettings, type TracingSettings } from '../tracing/settings.ts';

/** To be opened first and so closed last: what ends during a stop is recorded too. */
export async function composeTracing(settings: TracingSettings, lifecycle: Lifecycle): Promise<Tracer> {
  const recording = recordingSettings(settings);
  if (recording === null) return passingTracer;
  const { createRecordingTracer } = await import('../tracing/recording-tracer.ts');
  const tracer = createRecordingTracer(recording, { version: packageVersion(), serviceId: randomUUID() });
  lifecycle.onStop('traces', () => tracer.stop());
  return tracer;
}
