/** What the kinds of achievements of Open Badges are called. */

import { msg } from '../../../plugin/words.ts';
import type { Translator } from '../../i18n/translator.ts';

const titles: Readonly<Record<string, string>> = {
  Achievement: msg('Achievement'),
  Assessment: msg('Assessment'),
  Award: msg('Award'),
  Badge: msg('Badge'),
  Certificate: msg('Certificate'),
  CertificateOfCompletion: msg('Certificate of completion'),
  Certification: msg('Certification'),
  CommunityService: msg('Community service'),
  Competency: msg('Competency'),
  Course: msg('Course'),
  LearningProgram: msg('Learning program'),
  License: msg('License'),
  Membership: msg('Membership'),
  MicroCredential: msg('Micro-credential'),
};

/** @returns the kind itself where it is none of those that a form offers */
export function achievementTitle(kind: string, t: Translator): string {
  return t((Object.hasOwn(titles, kind) ? titles[kind] : undefined) ?? kind);
}
