/** From records of learners to PDF credentials: the functions that types name, the runs, and the life of what they made. */

import { availableParallelism } from 'node:os';
import {
  type CredentialRunner,
  createCredentialRunner,
  type RunnerParts,
} from '../../plugin/credentials/credential-runner.ts';
import { createEligibility, type Eligibility } from '../../plugin/credentials/eligibility.ts';
import { createRunControl, type RunControl } from '../../plugin/credentials/run-control.ts';
import { ExtensionRegistry } from '../../plugin/extensions/registry.ts';
import type { MailDispatcherParts } from '../../plugin/mail/mail-dispatcher.ts';
import type { LearnerRecords } from '../../plugin/ports/learner-records.ts';
import type { Mailer } from '../../plugin/ports/mailer.ts';
import type { RetiredPeople } from '../../plugin/privacy/retired-people.ts';
import {
  completionsAndGrades,
  courseCompletions,
  createPdfGeneration,
  createProcessPool,
  createSmtpMailer,
  subsectionGrades,
} from '../../providers/index.ts';
import { measuredGeneration, measuredMailer, measuredRuns } from '../metrics/measure.ts';
import type { Meters } from '../metrics/meters.ts';
import { projectPath } from '../paths.ts';
import { addPluginFunctions } from '../plugins.ts';
import { tracedMailer } from '../tracing/trace-ports.ts';
import { type ComposedCredentialLife, composeCredentialLife } from './credential-life.ts';
import type { Foundation } from './foundation.ts';

export interface CredentialsParts {
  /** Of the LMS, or imported. */
  readonly records: LearnerRecords;
  readonly retired: RetiredPeople;
  readonly publicUrl: string;
  readonly meters: Meters;
  /** In place of the usual patience with the mail server, and with the silence of a process that makes credentials. */
  readonly patience: (Pick<RunnerParts, 'leaseMs'> & Pick<MailDispatcherParts, 'policy' | 'breakerPolicy'>) | undefined;
}

export interface Credentials {
  readonly registry: ExtensionRegistry;
  readonly runner: CredentialRunner;
  readonly runControl: RunControl;
  readonly eligibility: Eligibility;
  /** null: there is no mail server, and mails are kept. */
  readonly mailer: Mailer | null;
  readonly life: ComposedCredentialLife;
}

export function composeCredentials(foundation: Foundation, parts: CredentialsParts): Credentials {
  const { settings, texts, stores, clock, logger, tracer, lifecycle } = foundation;
  const { records, retired, publicUrl, meters, patience } = parts;
  const registry = openRegistry(foundation, meters);
  const generation = {
    store: measuredRuns(stores.credentials, meters),
    files: stores.files,
    registry,
    records,
    clock,
    logger,
    tracer,
    verifyUrl: (verifyId: string) => `${publicUrl}/verify/${verifyId}`,
    isRetired: retired.has,
    ...(patience?.leaseMs && { leaseMs: patience.leaseMs }),
  };
  // every process makes the next document while the last one is stored, and some are read or stored beside them
  const runner = createCredentialRunner({ ...generation, atOnce: 2 * pdfProcessesOf(settings) + 2 });
  lifecycle.onStop('credential runs', () => runner.stop());
  const mailer = openMailer(foundation, meters);
  return {
    registry,
    runner,
    runControl: createRunControl({ store: stores.credentials, runner, clock }),
    eligibility: createEligibility({ store: stores.credentials, registry, records }),
    mailer,
    life: composeCredentialLife({
      ...generation,
      mailer,
      ...{ texts, platformName: settings.platformName, mailLanguage: settings.mailLanguage },
      languageOf: (username) => stores.learners.languageOf(username),
      publicUrl: () => publicUrl,
      downloadBase: settings.downloadUrl,
      patience,
    }),
  };
}

/** What options of PDF credentials leave to the site. */
function siteOf({ platformName, nameStyle, dateStyle, dateLanguage }: Foundation['settings']) {
  return {
    issuer: platformName ?? undefined,
    styles: {
      name_style: { value: nameStyle, setting: 'LAUREL_NAME_STYLE' },
      date_style: { value: dateStyle, setting: 'LAUREL_DATE_STYLE' },
      language: { value: dateLanguage, setting: 'LAUREL_DATE_LANGUAGE' },
    },
  };
}

function openRegistry({ settings, plugins, lifecycle }: Foundation, meters: Meters): ExtensionRegistry {
  const processes = pdfProcessesOf(settings);
  const pdfEngine = createProcessPool({ processes, fontsFolder: projectPath('fonts') });
  lifecycle.onStop('PDF processes', () => pdfEngine.close());
  const registry = new ExtensionRegistry()
    .addRetrieval(courseCompletions)
    .addRetrieval(subsectionGrades)
    .addRetrieval(completionsAndGrades)
    .addGeneration(measuredGeneration(createPdfGeneration(pdfEngine, siteOf(settings)), meters));
  addPluginFunctions(registry, plugins);
  return registry.freeze();
}

function openMailer({ settings: { smtpUrl, mailFrom }, tracer, lifecycle }: Foundation, meters: Meters): Mailer | null {
  if (smtpUrl === null || mailFrom === null) return null;
  const measured = measuredMailer(createSmtpMailer({ url: smtpUrl, from: mailFrom }), meters);
  const mailer = tracedMailer(measured, tracer, new URL(smtpUrl).hostname);
  lifecycle.onStop('mail server', async () => mailer.close());
  return mailer;
}

function pdfProcessesOf({ pdfProcesses }: Pick<Foundation['settings'], 'pdfProcesses'>): number {
  return pdfProcesses || Math.max(1, availableParallelism() - 1);
}
