/** What happens to a credential after it was made: reissue, invalidation, mail, download. */

import { downloadPath } from '../../plugin/credentials/download.ts';
import { invalidateCredential } from '../../plugin/credentials/invalidate-credential.ts';
import { allowNewCredential } from '../../plugin/credentials/place.ts';
import type { GenerationParts } from '../../plugin/credentials/prepare-generation.ts';
import { createReissuer } from '../../plugin/credentials/reissue-credential.ts';
import { createSettleCredentials, retryCredential } from '../../plugin/credentials/settle-credentials.ts';
import type { JobKind } from '../../plugin/jobs/job-runner.ts';
import {
  createMailDispatcher,
  type MailDispatcher,
  type MailDispatcherParts,
} from '../../plugin/mail/mail-dispatcher.ts';
import { createSettleMails } from '../../plugin/mail/settle-mails.ts';
import type { Mailer } from '../../plugin/ports/mailer.ts';
import type { CredentialLife, MailServices } from '../http/services.ts';
import { createMailWriter, type MailSpeech } from '../mail/write-mail.ts';

export interface CredentialLifeParts extends GenerationParts, MailSpeech {
  /** null: mails are kept. */
  readonly mailer: Mailer | null;
  readonly publicUrl: () => string;
  /** Host that documents are downloaded from; null: that of the pages. */
  readonly downloadBase: string | null;
  readonly leaseMs?: number;
  /** In place of the usual patience with the mail server. */
  readonly patience?: Pick<MailDispatcherParts, 'policy' | 'breakerPolicy'> | undefined;
}

export interface ComposedCredentialLife {
  readonly life: CredentialLife;
  readonly mails: MailServices;
  readonly dispatcher: MailDispatcher;
  readonly kinds: readonly JobKind[];
  /** Goes on with reissues that other processes have left. */
  takeOver(): Promise<number>;
}

export function composeCredentialLife(parts: CredentialLifeParts): ComposedCredentialLife {
  const { store, files, clock, logger, tracer, mailer, publicUrl } = parts;
  const newId = parts.newId ?? (() => crypto.randomUUID());
  const reissuer = createReissuer(parts);
  const downloadUrl: CredentialLife['downloadUrl'] = (credential) => {
    const path = downloadPath(credential);
    return path && `${parts.downloadBase ?? publicUrl()}${path}`;
  };
  const write = createMailWriter(parts, { publicUrl, downloadUrl });
  const dispatcher = createMailDispatcher({
    ...{ store, mailer, write, clock, logger },
    ...(tracer && { tracer }),
    ...parts.patience,
  });
  return {
    life: {
      async reissue(id, actor) {
        const successor = await reissuer.reissue(id, actor);
        dispatcher.nudge();
        return successor;
      },
      invalidate: (id, reason) => invalidateCredential(id, reason, { store, files, clock, newId }),
      allow: (id) => allowNewCredential(id, { store, clock }),
      retry: (credential, runId) => retryCredential(parts, credential, runId),
      downloadUrl,
    },
    mails: { areSent: mailer !== null, write, retry: dispatcher.retry, giveUp: dispatcher.giveUp },
    dispatcher,
    kinds: [createSettleCredentials({ ...parts, reissuer }), createSettleMails({ store, dispatcher })],
    takeOver: () => reissuer.takeOverAbandoned(),
  };
}
