/** PDF credentials: one of them, its document. */

import { holdsBack } from '../../../plugin/credentials/place.ts';
import { NotFoundError } from '../../../plugin/errors.ts';
import type { Credential } from '../../../plugin/ports/credential-store.ts';
import { msg, words } from '../../../plugin/words.ts';
import { createAudit } from '../audit/audit.ts';
import { pathText, queryString } from '../forms/forms.ts';
import { renderPage } from '../page.ts';
import { actorOf } from '../people/identity.ts';
import { get, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { shownSize, shownStatus, shownTime } from '../words/format.ts';
import { learnerPath } from './progress.ts';

export const CREDENTIAL_STATUSES = ['available', 'generating', 'error', 'invalidated'] as const;

export const credentialsCrumb = { text: words('Credentials'), href: '/credentials' } as const;

export function credentialPath(id: string): string {
  return `/credentials/${encodeURIComponent(id)}`;
}

/** @throws NotFoundError `not-found.credential` */
export async function findCredential({ credentials }: Pick<Services, 'credentials'>, id: string): Promise<Credential> {
  const credential = await credentials.credential(id);
  if (credential) return credential;
  throw new NotFoundError('credential', msg('there is no such credential; look it up in the list of credentials'));
}

export function credentialRoutes(services: Services): readonly Route[] {
  const { files, settings } = services;
  const audit = createAudit(services);

  return [
    get('/credentials/:id', 'look', async (req, res) => {
      const credential = await findCredential(services, pathText(req, 'id'));
      const frame = {
        title: words('{context} for {learner}', { context: credential.contextName, learner: credential.username }),
        section: 'credentials',
        breadcrumbs: [credentialsCrumb],
      } as const;
      const learner = await services.learners.findByUsername(credential.username);
      const [configuration, run] = await Promise.all([
        services.credentials.configuration(credential.configurationId),
        services.credentials.run(credential.runId),
      ]);
      const isPublic = credential.status === 'available' || credential.issuedAt !== null;
      await renderPage(req, res, 'credential', frame, {
        ...summaryOf(credential),
        id: credential.id,
        contextKey: credential.contextKey,
        contextHref: configuration && `/configurations${queryString({ search: configuration.contextKey })}`,
        typeHref: configuration && `/credential-types/${encodeURIComponent(configuration.credentialTypeId)}`,
        run: run && { href: `/runs/${encodeURIComponent(run.id)}`, at: shownTime(run.startedAt) },
        email: credential.email,
        learnerHref: learner && learnerPath(learner.id),
        reason: credential.reason,
        isTakenBack: credential.status === 'invalidated' && credential.reissuedAs === null,
        size: credential.sizeBytes === null ? null : shownSize(credential.sizeBytes),
        sha256: credential.sha256,
        attempts: credential.attempts,
        generatedAt: shownTime(credential.generatedAt),
        expiresAt: shownTime(credential.expiresAt),
        formerHref: credential.reissueOf && credentialPath(credential.reissueOf),
        newerHref: credential.reissuedAs && credentialPath(credential.reissuedAs),
        mail: credential.mail && { href: `/mails/${credential.id}`, status: shownStatus(credential.mail.state) },
        learnerUrl: services.credentialLife.downloadUrl(credential),
        reissueHref: credential.status === 'available' ? `${credentialPath(credential.id)}/reissue` : null,
        invalidateHref: credential.status === 'invalidated' ? null : `${credentialPath(credential.id)}/invalidate`,
        allowHref: (await holdsBack(services.credentials, credential))
          ? `${credentialPath(credential.id)}/allow`
          : null,
        createdAt: shownTime(credential.createdAt),
        updatedAt: shownTime(credential.updatedAt),
        downloadHref: credential.status === 'available' ? `/credentials/${credential.id}/download` : null,
        verifyHref: isPublic ? `/verify/${credential.verifyId}` : null,
        verifyUrl: isPublic ? `${settings.publicUrl}/verify/${credential.verifyId}` : null,
      });
    }),

    get('/credentials/:id/download', 'look', async (req, res) => {
      const credential = await findCredential(services, pathText(req, 'id'));
      const downloadable = credential.status === 'available' && credential.fileKey !== null;
      const file = downloadable ? await files.get(credential.fileKey) : null;
      if (!file)
        throw new NotFoundError('document', msg('this credential has no document to download; its page says why'));
      await audit(actorOf(res).name, 'credential.downloaded', `credential:${credential.id}`);
      res.attachment(file.fileName).type(file.contentType).send(Buffer.from(file.bytes));
    }),
  ];
}

function summaryOf(credential: Credential) {
  return {
    username: credential.username,
    learnerName: credential.learnerName,
    contextName: credential.contextName,
    type: credential.credentialType,
    status: shownStatus(credential.status),
    issuedAt: shownTime(credential.issuedAt),
  };
}
