/** Deployment files as data: whichever way Laurel is started, with which arguments, settings and probes. */

import { parseAllDocuments } from 'yaml';

/** Parsed YAML, before anybody has looked what it is. */
// biome-ignore lint/suspicious/noExplicitAny: tests read what files of other programs' formats hold, and fail where it is something else
export type Yaml = any;

export function yamlOf(text: string): Yaml[] {
  return parseAllDocuments(text, { merge: true }).map((document) => {
    const problem = document.errors[0] ?? document.warnings[0];
    if (problem) throw problem;
    return document.toJS() as Yaml;
  });
}

export interface Probe {
  readonly path: string;
  readonly port: number | string;
}

/** One container that runs our image. */
export interface Started {
  readonly name: string;
  /** After the entry point of the image; null: something else is started in it. */
  readonly words: readonly string[] | null;
  readonly environment: Readonly<Record<string, string>>;
  readonly probes: readonly Probe[];
}

/** @param image how ours is named there */
export function startedByCompose({ services }: Yaml, image: string): Started[] {
  return Object.entries<Yaml>(services).flatMap(([name, service]) => {
    if (service.image !== image) return [];
    const test: string = service.healthcheck?.test?.join(' ') ?? '';
    const [, port, path] = /127\.0\.0\.1:(\d+)(\/\w+)/.exec(test) ?? [];
    return [
      {
        name,
        words: service.entrypoint ? null : (service.command ?? []),
        environment: service.environment ?? {},
        probes: path === undefined ? [] : [{ path, port: Number(port) }],
      },
    ];
  });
}

/** @param settings by the name of their ConfigMap or Secret */
export function startedByKubernetes(
  documents: readonly Yaml[],
  image: string,
  settings: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Started[] {
  return documents.flatMap((document) => {
    const containers: Yaml[] = document?.spec?.template?.spec?.containers ?? [];
    return containers
      .filter((container) => container.image === image)
      .map((container) => ({
        name: document.metadata.name,
        words: container.command ? null : (container.args ?? []),
        environment: Object.assign(
          {},
          ...(container.envFrom ?? []).map(
            (from: Yaml) => settings[from.configMapRef?.name ?? from.secretRef?.name] ?? {},
          ),
        ),
        probes: ['startupProbe', 'livenessProbe', 'readinessProbe'].flatMap((kind): Probe[] => {
          const get = container[kind]?.httpGet;
          if (!get) return [];
          const named = container.ports?.find(({ name }: Yaml) => name === get.port)?.containerPort;
          return [{ path: get.path, port: named ?? get.port }];
        }),
      }));
  });
}

/** `NAME=value` lines. */
export function envFile(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}
