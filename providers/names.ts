/** What can be said of providers without loading them: who only reads settings or rule files imports this. */

/** Words allowed after `template` in a rule file. */
export const providerNames: readonly string[] = ['accredible', 'credly', 'memory', 'openbadges'];

/** Languages in which Credly writes to learners. */
export const CREDLY_LOCALES = [
  'en',
  'fr',
  'de',
  'ko',
  'ja',
  'zh-CN',
  'pt',
  'es-ES',
  'es-US',
  'fr-CA',
  'pt-BR',
] as const;

export { NAME_STYLES } from './pdf/name-style.ts';
