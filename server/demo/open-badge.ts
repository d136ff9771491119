/** The badge template of the demo, as somebody would make it on the pages. */

import { readFile } from 'node:fs/promises';
import type { Laurel } from '../compose.ts';
import { emptyEntry, ownAccount, templateOf } from '../http/providers/open-badge-form.ts';
import { saveImage } from '../http/providers/open-badge-images.ts';
import { projectPath } from '../paths.ts';

export async function makeOpenBadgeTemplate({ services }: Laurel): Promise<void> {
  const { providerStore, issuerStore, openBadges, files, clock, settings } = services;
  const now = clock.now();
  const url = settings.publicUrl;
  await issuerStore.saveProfile({ name: 'Demo University', url, email: null, image: null, version: 0, updatedAt: now });
  const image = await saveImage(await readFile(projectPath('views', 'assets', 'badge.png')), files);
  const entry = {
    ...emptyEntry,
    id: 'course-completer',
    name: 'Course completer',
    description: 'Has finished a first course with a passing grade.',
    criteria: 'Pass any course.',
    achievementType: 'Course',
    tags: 'demo, open edx',
  };
  await providerStore.saveAccount(ownAccount(now));
  await providerStore.saveTemplate(
    templateOf(entry, {
      ...{ former: null, image, version: 0, now },
      addressOf: { image: openBadges.issuer.addresses.image, page: (id) => `${url}/open-badge-templates/${id}` },
    }),
  );
}
