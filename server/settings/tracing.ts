/** The settings of tracing, under the names that OpenTelemetry gives them everywhere. */

import { url } from './checks.ts';
import { flag, oneOf, optional, type Setting, secret, text } from './kinds.ts';

const SAMPLERS = [
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
  'always_on',
  'always_off',
  'traceidratio',
] as const;
export type SamplerName = (typeof SAMPLERS)[number];

/** Pairs like `key=value,key=value`, percent-encoded. @throws Error */
export function pairsOf(list: string): Readonly<Record<string, string>> {
  const pairs = list.split(',').map((pair) => pair.trim());
  return Object.fromEntries(
    pairs
      .filter((pair) => pair !== '')
      .map((pair) => {
        const at = pair.indexOf('=');
        if (at < 1) throw new Error('must be pairs like key=value, separated by commas');
        return [decoded(pair.slice(0, at)), decoded(pair.slice(at + 1))];
      }),
  );
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part.trim());
  } catch {
    throw new Error('must be pairs like key=value, separated by commas, with % only before two hexadecimal digits');
  }
}

const pairs = (list: string): void => void pairsOf(list);

const share: Setting<number> = {
  env: 'OTEL_TRACES_SAMPLER_ARG',
  doc: 'Share of traces that the samplers called `traceidratio` keep, from 0 to 1',
  secret: false,
  defaultText: '1',
  parse(value) {
    const number = value === undefined ? 1 : /^[\d.]+$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= 0 && number <= 1)) throw new Error('must be a number from 0 to 1');
    return number;
  },
};

export const tracingSettings = {
  otelDisabled: flag('OTEL_SDK_DISABLED', false, 'Whether nothing is recorded, wherever it would be sent'),
  otelEndpoint: optional(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    'Receiver of traces (OTLP over HTTP), e.g. `http://collector:4318`; `/v1/traces` is added. Unset: traces are passed on and not recorded',
    url(['http', 'https']),
  ),
  otelTracesEndpoint: optional(
    'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    'The whole address of the receiver, in place of the former',
    url(['http', 'https']),
  ),
  otelHeaders: secret(
    'OTEL_EXPORTER_OTLP_HEADERS',
    'Headers that the receiver asks for, as `name=value,name=value`, percent-encoded',
    pairs,
  ),
  otelProtocol: oneOf('OTEL_EXPORTER_OTLP_PROTOCOL', ['http/protobuf'], 'http/protobuf', 'How traces are sent'),
  otelExporter: oneOf('OTEL_TRACES_EXPORTER', ['otlp', 'none'], 'otlp', 'Where recorded traces go'),
  otelServiceName: text('OTEL_SERVICE_NAME', 'laurel', 'Name of this service in traces'),
  otelResource: optional(
    'OTEL_RESOURCE_ATTRIBUTES',
    'What else is said of this service, as `key=value,key=value`, e.g. `deployment.environment.name=production`',
    pairs,
  ),
  otelSampler: oneOf<SamplerName>(
    'OTEL_TRACES_SAMPLER',
    SAMPLERS,
    'parentbased_always_on',
    'Which traces are recorded; those called `parentbased` heed what the caller says',
  ),
  otelSampled: share,
};
