/** The composition root: settings to stores, providers, use cases and processes. Nobody else calls their constructors. */

import { readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import MongoStore from 'connect-mongo';
import { createDispatcher, type Dispatcher } from '../plugin/badges/dispatcher.ts';
import { createEventProcessor, type EventProcessor } from '../plugin/badges/process-event.ts';
import { createRuleBook, type RuleBook } from '../plugin/badges/rule-book.ts';
import { type BadgeLine, toBadgeLine } from '../plugin/badges/simulate.ts';
import { type CredentialRunner, createCredentialRunner } from '../plugin/credentials/credential-runner.ts';
import { NotFoundError, StoreError } from '../plugin/errors.ts';
import { decodeCloudEvent } from '../plugin/events/decode.ts';
import { ruleEnvironment } from '../plugin/events/environment.ts';
import type { LmsEvent } from '../plugin/events/event.ts';
import { ExtensionRegistry } from '../plugin/extensions/registry.ts';
import { type EventPublisher, MemoryPublisher } from '../plugin/ports/outbound.ts';
import { type Clock, type Logger, systemClock } from '../plugin/ports/runtime.ts';
import { providerNames } from '../providers/index.ts';
import { MemoryProvider } from '../providers/memory/provider.ts';
import { createPdfGeneration } from '../providers/pdf/generate-pdf-credential.ts';
import { retrievalFunctions } from '../providers/records/retrieval-functions.ts';
import { type Bus, openBus } from './amqp/bus.ts';
import { packageVersion } from './cli/version.ts';
import { localAddress, type Settings } from './config.ts';
import { healthReport } from './health.ts';
import { createApp } from './http/app.ts';
import type { Services } from './http/services.ts';
import { createOneTimeSignIn, signInLink } from './http/tokens.ts';
import { Lifecycle } from './lifecycle.ts';
import { openJournal } from './memory-journal.ts';
import { openStores, type Stores } from './stores.ts';
import { deriveKey, loadSecretKey } from './secret-key.ts';
import { projectPath } from './paths.ts';

export type Role = 'web' | 'consumer' | 'dispatcher' | 'scheduler';
