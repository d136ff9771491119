/** The words that may stand after `laurel`, as the help lists them, and the files that have the commands. A file is loaded when one
 *  of its words is asked for: most bring half of the server with them. */

import type { Command } from 'commander';
import type { Shell } from './shell.ts';

export interface CommandGroup {
  /** What each is for. */
  readonly words: Readonly<Record<string, string>>;
  add(program: Command, shell: Shell): Promise<void>;
}

export const COMMAND_GROUPS: readonly CommandGroup[] = [
  {
    words: {
      serve: 'run the pages, the API, the consumer, the dispatcher and the scheduler; done when no command is given',
      consume: 'run the consumer and the dispatcher only; start as many as needed',
      demo: 'show everything on example data in a fresh temporary folder',
    },
    add: async (program, shell) => (await import('./server.ts')).addServerCommands(program, shell),
  },
  {
    words: {
      settings: 'print the settings in force and where each comes from; secrets are shown as set or unset only',
    },
    add: async (program, shell) => (await import('./settings.ts')).addSettingsCommand(program, shell),
  },
  {
    words: { check: 'look at settings, machine, database, RabbitMQ and badges, and say what to do; changes nothing' },
    add: async (program, shell) => (await import('./check.ts')).addCheckCommand(program, shell),
  },
  {
    words: { migrate: 'bring the database to the form of this version; every start does it too' },
    add: async (program, shell) => (await import('./migrate.ts')).addMigrateCommand(program, shell),
  },
  {
    words: {
      backup: 'make and verify backups of the database and of files',
      restore: 'put a backup into an empty database; what was open in it then waits for a person',
    },
    add: async (program, shell) => (await import('./backup.ts')).addBackupCommands(program, shell),
  },
  {
    words: { store: 'the file of the embedded store' },
    add: async (program, shell) => (await import('./store.ts')).addStoreCommands(program, shell),
  },
  {
    words: { rules: 'check and try rule files; put them in force, export them, look at former versions' },
    add: async (program, shell) => (await import('./rules.ts')).addRulesCommands(program, shell),
  },
  {
    words: {
      why: 'say why a learner has a badge, or what is missing, with the events that decided it; changes nothing',
    },
    add: async (program, shell) => (await import('./why.ts')).addWhyCommand(program, shell),
  },
  {
    words: { events: 'LMS events: send them to a running Laurel, see what became of them, replay them' },
    add: async (program, shell) => (await import('./events.ts')).addEventsCommands(program, shell),
  },
  {
    words: { 'dead-letters': 'messages from RabbitMQ that could not be processed: look, replay, discard' },
    add: async (program, shell) => (await import('./dead-letters.ts')).addDeadLettersCommands(program, shell),
  },
  {
    words: { config: 'badges, templates, accounts, types, configurations, schedules and assets as one file' },
    add: async (program, shell) => (await import('./config.ts')).addConfigCommands(program, shell),
  },
  {
    words: { credentials: 'PDF credentials', records: 'what courses know of their learners' },
    add: async (program, shell) => (await import('./credentials.ts')).addCredentialsCommands(program, shell),
  },
  {
    words: { lms: 'the LMS that is asked who is eligible' },
    add: async (program, shell) => (await import('./lms.ts')).addLmsCommands(program, shell),
  },
  {
    words: { templates: 'badge templates at providers: what can be issued' },
    add: async (program, shell) => (await import('./templates.ts')).addTemplatesCommands(program, shell),
  },
  {
    words: { progress: 'progress of learners on badges' },
    add: async (program, shell) => (await import('./progress.ts')).addProgressCommands(program, shell),
  },
  {
    words: { learners: 'forgetting learners, and other usernames for them' },
    add: async (program, shell) => (await import('./learners.ts')).addLearnersCommands(program, shell),
  },
  {
    words: { effects: 'awards, revocations and announcements that are still open' },
    add: async (program, shell) => (await import('./effects.ts')).addEffectsCommands(program, shell),
  },
  {
    words: { mails: 'mails that tell learners of their credentials' },
    add: async (program, shell) => (await import('./mails.ts')).addMailsCommands(program, shell),
  },
  {
    words: { jobs: 'long pieces of work: replays and the like' },
    add: async (program, shell) => (await import('./jobs.ts')).addJobsCommands(program, shell),
  },
  {
    words: {
      providers: 'accounts at badge providers',
      secrets: 'secrets and signing keys that are sealed in the database',
    },
    add: async (program, shell) => (await import('./providers.ts')).addProvidersCommands(program, shell),
  },
  {
    words: { issuer: 'Open Badges that Laurel issues itself: who signs them' },
    add: async (program, shell) => (await import('./issuer.ts')).addIssuerCommands(program, shell),
  },
  {
    words: { accounts: 'who may sign in, and in which role' },
    add: async (program, shell) => (await import('./accounts.ts')).addAccountsCommands(program, shell),
  },
  {
    words: {
      token: 'bearer tokens of the API',
      'sign-in': 'print a link that signs an administrator in once, within a day',
    },
    add: async (program, shell) => (await import('./access.ts')).addAccessCommands(program, shell),
  },
];
