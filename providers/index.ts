/** The adapters to the outside, by the names that rules and configurations use. */

/** Words allowed after `template` in a rule file. */
export const providerNames: readonly string[] = ['accredible', 'credly', 'memory', 'openbadges'];
