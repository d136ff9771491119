/** What recording needs to know. */

import type { Settings } from '../config.ts';
import { pairsOf, type SamplerName } from '../settings/tracing.ts';

export interface RecordingSettings {
  /** Whole address of the receiver. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly resource: Readonly<Record<string, string>>;
  readonly sampler: { readonly name: SamplerName; readonly share: number };
}

export type TracingSettings = Pick<
  Settings,
  | 'otelDisabled'
  | 'otelEndpoint'
  | 'otelTracesEndpoint'
  | 'otelHeaders'
  | 'otelExporter'
  | 'otelServiceName'
  | 'otelResource'
  | 'otelSampler'
  | 'otelSampled'
>;

/** @returns null: nothing is to be recorded */
export function recordingSettings(settings: TracingSettings): RecordingSettings | null {
  const { otelEndpoint, otelTracesEndpoint, otelHeaders, otelResource } = settings;
  const endpoint = otelTracesEndpoint ?? (otelEndpoint && `${otelEndpoint.replace(/\/+$/, '')}/v1/traces`);
  if (endpoint === null || settings.otelDisabled || settings.otelExporter === 'none') return null;
  return {
    endpoint,
    headers: pairsOf(otelHeaders ?? ''),
    resource: { ...pairsOf(otelResource ?? ''), 'service.name': settings.otelServiceName },
    sampler: { name: settings.otelSampler, share: settings.otelSampled },
  };
}
