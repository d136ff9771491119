/** What is kept, of whom, why, for how long, and what retirement does with it: the one table that retirement works by, that
 *  docs/reference/personal-data.md is made of, and that a test compares with what really lies in the database. */

import { JOB_RETENTION_DAYS } from '../../plugin/ports/job-store.ts';

export interface PersonalField {
  /** What it says of a person. */
  readonly what: string;
  /** What retirement does with it. */
  readonly retirement: string;
  /** Text that people or programs write and that may name a learner: retirement searches it. */
  readonly mayMention?: true;
}

export interface CollectionEntry {
  readonly collection: string;
  readonly purpose: string;
  readonly retention: string;
  /** By the name of the field; parts of a field are named in `what`. */
  readonly personal: Readonly<Record<string, PersonalField>>;
  /** Fields that say nothing of a person. */
  readonly other: readonly string[];
  /** A document that names the learner is removed whole. */
  readonly removedWhole?: true;
}

const GONE = 'removed with the record';
const EMPTIED = 'emptied';
const PSEUDONYM = 'replaced by the pseudonym `retired~...`';
const STAYS = 'stays: it leads to nobody once the learner record is gone';
const SEARCHED = 'searched; the pseudonym takes the place of the name';
const STAFF = 'stays: it names an administrator, not a learner';

const mention = (what: string): PersonalField => ({ what, retirement: SEARCHED, mayMention: true });
const staff = (what: string): PersonalField => ({ what, retirement: STAFF });
const gone = (what: string): PersonalField => ({ what, retirement: GONE });
const stays = (what: string): PersonalField => ({ what, retirement: STAYS });

const FOR_EVER = 'until somebody removes it';
const UNTIL_RETIREMENT = 'until retirement';

export const dataMap: readonly CollectionEntry[] = [
  {
    collection: 'learners',
    purpose: 'who the learners are that events have told of',
    retention: UNTIL_RETIREMENT,
    personal: {
      _id: stays('our id of the learner'),
      username: gone('username in the LMS'),
      lmsUserId: gone('number of the account in the LMS'),
      name: gone('full name'),
      email: gone('e-mail address'),
      isActive: gone('whether the account is active'),
      asOf: gone('when the LMS said so'),
      searchable: gone('username and e-mail address in lower case'),
      language: gone('language they chose to read in, or that the LMS told of'),
    },
    other: [],
  },
  {
    collection: 'progress',
    purpose: 'how far learners are with each badge, what was awarded, and what is still to be done at the providers',
    retention: UNTIL_RETIREMENT,
    personal: {
      learnerId: gone('our id of the learner'),
      contributions: gone('the events that count, with the values that rules tell apart'),
      outcome: gone('how far the learner is'),
      issued: gone('badges given: times, ids, addresses at the provider'),
      effects: gone('calls to providers and the bus'),
      openEffects: gone('those that wait'),
      nextEffectAt: gone('when the next is due'),
    },
    other: ['_id', 'badgeId', 'version', 'ruleVersion', 'evaluated', 'updatedAt', 'savedBy'],
  },
  {
    collection: 'events',
    purpose: 'what came in from the LMS, for replay and for the question why',
    retention: '`LAUREL_EVENT_RETENTION_DAYS` after it was received',
    personal: {
      subject: gone('whose event it is: our id, the LMS user id or the username'),
      course: gone('the course it is about'),
      username: gone('username in the LMS'),
      data: {
        what: 'the payload: username, full name, e-mail address, course',
        retirement:
          'removed with the record; in events about others, e.g. of a course whose coach was retired, the pseudonym takes its place',
      },
    },
    other: [
      '_id',
      'type',
      'source',
      'time',
      'receivedAt',
      'door',
      'outcome',
      'why',
      'message',
      'badgeIds',
      'ruleRevision',
      'trace',
    ],
  },
  {
    collection: 'activity',
    purpose: 'how much happened in each hour, for the charts of the dashboard, and how badge providers answered',
    retention: '400 days',
    personal: {},
    other: ['_id', 'hour', 'counts', 'calls'],
  },
  {
    collection: 'belongings',
    purpose: 'which badges, types, assets, templates and provider accounts belong to which organisation',
    retention: FOR_EVER,
    personal: {},
    other: ['_id', 'kind', 'id', 'organisation'],
  },
  {
    collection: 'installation',
    purpose: 'what an administrator has set for everybody, such as that the first steps are hidden',
    retention: FOR_EVER,
    personal: {},
    other: ['_id', 'stepsHidden'],
  },
  {
    collection: 'dead_letters',
    purpose: 'messages that could not be processed, until a person has dealt with them',
    retention: 'open ones until they are dealt with, then `LAUREL_DEAD_LETTER_DAYS`',
    personal: {
      body: gone('the message: username, full name, e-mail address, course'),
      headers: gone('the headers of the message'),
      reason: mention('code and message of the failure'),
      lastReplay: mention('who replayed it, and with what result'),
      settled: mention('who settled it, and a note'),
    },
    other: [
      ...['_id', 'eventType', 'eventId', 'source', 'exchange', 'routingKey', 'queue', 'contentType', 'messageId'],
      ...['bodyBytes', 'attempts', 'firstErrorAt', 'diedAt', 'state', 'deaths', 'replays', 'expireAt'],
    ],
  },
  {
    collection: 'dead_letter_replays',
    purpose: 'replays of many dead letters',
    retention: '`LAUREL_DEAD_LETTER_DAYS`',
    personal: { by: staff('who asked for it') },
    other: [
      ...['_id', 'filter', 'state', 'total', 'cursor', 'counts', 'fence', 'leaseUntil', 'startedAt', 'finishedAt'],
      'expireAt',
    ],
  },
  {
    collection: 'credentials',
    purpose: 'PDF credentials: whose they are, where the document lies, what verification answers',
    retention: 'for ever; without the person after retirement',
    personal: {
      username: { what: 'username in the LMS', retirement: PSEUDONYM },
      lmsUserId: { what: 'number of the account in the LMS', retirement: EMPTIED },
      learnerName: { what: 'full name, as the document has it', retirement: EMPTIED },
      email: { what: 'e-mail address', retirement: EMPTIED },
      search: { what: 'username, name and address in lower case', retirement: EMPTIED },
      reason: { what: 'why it failed or was invalidated', retirement: 'replaced by "The learner was retired"' },
      fileKey: { what: 'where the document lies', retirement: 'emptied; every document of the credential is deleted' },
      sizeBytes: { what: 'size of the document', retirement: EMPTIED },
      sha256: { what: 'checksum of the document', retirement: EMPTIED },
      mail: { what: 'the mail that tells the learner', retirement: EMPTIED },
      reissue: { what: 'the credential that takes its place: name and address', retirement: EMPTIED },
      verifyId: {
        what: 'id of the verification page',
        retirement: 'stays: the page says that the credential is invalid',
      },
    },
    other: [
      ...['_id', 'configurationId', 'credentialType', 'contextKey', 'contextName', 'status', 'runId', 'attempts'],
      ...['issuedAt', 'generatedAt', 'expiresAt', 'reissueOf', 'reissuedAs', 'createdAt', 'updatedAt', 'live'],
    ],
  },
  {
    collection: 'learner_records',
    purpose: 'who takes part in a course, where Laurel does not ask the LMS',
    retention: 'until retirement, or until it is imported anew',
    personal: {
      _id: gone('hash of course and username'),
      username: gone('username in the LMS'),
      lmsUserId: gone('number of the account in the LMS'),
      name: gone('full name'),
      email: gone('e-mail address'),
      isActive: gone('whether the account is active'),
      completion: gone('completed share of the course'),
      grades: gone('grades'),
    },
    other: ['contextKey'],
  },
  {
    collection: 'issued_open_badges',
    purpose: 'Open Badges that Laurel issued: what verification answers',
    retention: 'for ever: what is checked against it may be in any hand',
    personal: {
      _id: stays('id of the badge'),
      learnerId: stays('our id of the learner'),
      content: stays('the badge: what for, when, and a salted hash of the e-mail address'),
      signed: stays('the same with a signature'),
    },
    other: ['templateId', 'list', 'index', 'issuedAt', 'revokedAt', 'revocationReason', 'revoked'],
  },
  {
    collection: 'retirements',
    purpose:
      'recognises retired learners when the LMS sends something about them again, and keeps their awards countable',
    retention: 'for ever',
    personal: {
      _id: stays('our id of the learner'),
      keys: {
        what: 'keyed hashes of username and LMS user id',
        retirement: 'made by it: stays, and cannot be read backwards without the secret key',
      },
      sealedPerson: { what: 'who it is, encrypted', retirement: 'emptied when the work is done' },
      requestedBy: staff('who asked for it'),
      awards: { what: 'badges that were given: which, when, where', retirement: 'made by it: stays' },
    },
    other: ['badgesThere', 'requestedAt', 'finishedAt'],
  },
  {
    collection: 'hash_keys',
    purpose: 'the keys of these hashes, encrypted, so that they are recognised after the secret key has changed',
    retention: 'for ever',
    personal: {},
    other: ['_id', 'sealed'],
  },
  {
    collection: 'jobs',
    purpose: 'long pieces of work and how far they are',
    retention: `${JOB_RETENTION_DAYS} days after the end`,
    personal: {
      title: mention('what it is'),
      said: mention('the same, for other languages'),
      parameters: mention('what was asked for, e.g. the credentials of one learner'),
      cursor: mention('where it is'),
      result: mention('what came of it, with ids of learners'),
      error: mention('why it failed'),
      reason: mention('why, in the words of who asked'),
      requestedBy: staff('who asked for it'),
    },
    other: [
      ...['_id', 'kind', 'state', 'done', 'total', 'counts', 'attempts', 'cancelRequested', 'fence', 'dueAt'],
      ...['createdAt', 'startedAt', 'finishedAt', 'failingSince', 'trace'],
    ],
  },
  {
    collection: 'replay_scratch',
    purpose: 'what a job has found and still has to look at',
    retention: `${JOB_RETENTION_DAYS} days at most`,
    personal: { key: stays('our id of a learner, or a badge at a provider') },
    other: ['_id', 'job', 'at'],
  },
  {
    collection: 'audit',
    purpose: 'who changed what',
    retention: 'for ever',
    personal: {
      actor: staff('who did it'),
      object: mention('what it was done to; learners by our id'),
      details: mention('what changed; reasons that people give'),
    },
    other: ['_id', 'at', 'action'],
  },
  {
    collection: 'rule_versions',
    purpose: 'every version of every rule',
    retention: 'for ever',
    personal: {
      source: {
        what: 'the text of the rule',
        retirement: 'stays: a rule that names a learner is for its author to change',
      },
      updatedBy: staff('who saved it'),
      reason: mention('why, in their words'),
    },
    other: [
      '_id',
      'badgeId',
      'version',
      'change',
      'before',
      'active',
      'name',
      'template',
      'hash',
      'updatedAt',
      'removed',
    ],
  },
  {
    collection: 'sessions',
    purpose: 'who is signed in',
    retention: 'until signing out, or until it expires',
    personal: {
      session: {
        what: 'whose session it is, and roughly in which browser',
        retirement: 'a session that names the learner is ended',
        mayMention: true,
      },
    },
    other: ['_id', 'expires', 'lastModified'],
    removedWhole: true,
  },
  {
    collection: 'accounts',
    purpose: 'who may sign in to the pages',
    retention: FOR_EVER,
    personal: {
      name: staff('the name one signs in with'),
      nameKey: staff('the same in lower case'),
      passwordHash: staff('hash of the password'),
      lmsUsername: staff('username in the LMS of who may sign in there instead'),
    },
    other: ['_id', 'role', 'organisations', 'createdAt', 'disabledAt', 'generation', 'leaving', 'leavingSince'],
  },
  {
    collection: 'api_tokens',
    purpose: 'machines that may call the API',
    retention: FOR_EVER,
    personal: { label: mention('what it is for'), createdBy: staff('who made it') },
    other: ['_id', 'tokenHash', 'scopes', 'organisations', 'createdAt', 'expiresAt', 'lastUsedAt', 'revokedAt'],
  },
  {
    collection: 'one_time_sign_ins',
    purpose: 'links that sign in once',
    retention: 'until they expire',
    personal: {},
    other: ['_id', 'accountId', 'createdAt', 'expiresAt', 'usedAt'],
  },
  {
    collection: 'provider_accounts',
    purpose: 'accounts at badge providers',
    retention: FOR_EVER,
    personal: { lastCheck: mention('what the provider said when the account was tried last') },
    other: [
      '_id',
      'provider',
      'slug',
      'name',
      'providerName',
      'host',
      'externalId',
      'sealedSecret',
      'secretExpiresAt',
      'origin',
      'enabled',
      'lastSync',
      'version',
      'createdAt',
      'updatedAt',
    ],
  },
  {
    collection: 'badge_templates',
    purpose: 'templates of badges at the providers',
    retention: FOR_EVER,
    personal: {},
    other: [
      '_id',
      'provider',
      'accountId',
      'templateId',
      'name',
      'folded',
      'cursor',
      'description',
      'imageUrl',
      'state',
      'dashboardUrl',
      'details',
      'version',
      'updatedAt',
      'syncedAt',
    ],
  },
  {
    collection: 'credential_runs',
    purpose: 'runs that make credentials: counts',
    retention: 'for ever',
    personal: {
      error: mention('why it failed'),
      checkpoint: mention('why it failed, as it stood at a place in the list'),
    },
    other: [
      ...['_id', 'configurationId', 'trigger', 'dueAt', 'state', 'fence', 'leaseUntil', 'startedAt', 'finishedAt'],
      'trace',
      'counts',
    ],
  },
  {
    collection: 'credential_types',
    purpose: 'kinds of credentials',
    retention: FOR_EVER,
    personal: {},
    other: ['_id', 'name', 'retrievalFunction', 'generationFunction', 'options', 'updatedAt'],
  },
  {
    collection: 'credential_configurations',
    purpose: 'credentials of a course',
    retention: FOR_EVER,
    personal: {},
    other: ['_id', 'credentialTypeId', 'contextKey', 'options', 'updatedAt'],
  },
  {
    collection: 'credential_versions',
    purpose: 'what kinds of credentials and credentials of courses said, save by save',
    retention: FOR_EVER,
    personal: { by: staff('who saved it'), comment: mention('what changed, in their words') },
    other: ['_id', 'objectId', 'at', 'before', 'number', 'snapshot'],
  },
  {
    collection: 'credential_schedules',
    purpose: 'when they are made',
    retention: FOR_EVER,
    personal: {},
    other: [
      '_id',
      'enabled',
      'rule',
      'oneOff',
      'startAt',
      'expiresAt',
      'overlap',
      'catchUp',
      'catchUpMax',
      'catchUpWithinMs',
      'deadlineMs',
      'nextDueAt',
      'waiting',
      'lastRunAt',
      'lastSkipped',
      'totalRuns',
      'updatedAt',
    ],
  },
  {
    collection: 'assets',
    purpose: 'templates, fonts and images of documents',
    retention: FOR_EVER,
    personal: {},
    other: ['_id', 'description', 'kind', 'fileName', 'contentType', 'sizeBytes', 'sha256', 'updatedAt'],
  },
  {
    collection: 'contexts',
    purpose: 'courses and learning paths',
    retention: FOR_EVER,
    personal: {},
    other: ['_id', 'name', 'steps'],
  },
  {
    collection: 'rules_in_force',
    purpose: 'which rules are in force',
    retention: 'for ever',
    personal: {},
    other: ['_id', 'revision', 'entries'],
  },
  {
    collection: 'issuer_profile',
    purpose: 'who issues Open Badges',
    retention: FOR_EVER,
    personal: { email: staff('where the issuer is reached') },
    other: ['_id', 'name', 'url', 'image', 'version', 'updatedAt'],
  },
  {
    collection: 'issuer_keys',
    purpose: 'keys that sign Open Badges',
    retention: 'for ever',
    personal: {},
    other: ['_id', 'publicKey', 'sealedSecret', 'createdAt', 'distrustedAt'],
  },
  {
    collection: 'issuer_status_lists',
    purpose: 'places in lists of revoked badges',
    retention: 'for ever',
    personal: {},
    other: ['_id', 'taken'],
  },
  {
    collection: 'database_form',
    purpose: 'which migrations the database has seen, and who is at one',
    retention: 'for ever',
    personal: {},
    other: ['_id', 'number', 'breaking', 'applied', 'fence', 'restoring', 'lockedUntil'],
  },
  {
    collection: 'rate_limits',
    purpose: 'how often something was tried',
    retention: 'a minute after the period',
    personal: {},
    other: ['_id', 'calls', 'endsAt'],
  },
  {
    collection: 'kept_answers',
    purpose: 'answers to API calls that came with an Idempotency-Key, for when they come again',
    retention: 'a day',
    personal: {
      answer: { what: 'what was answered, sealed; may name learners', retirement: 'removed by itself within a day' },
    },
    other: ['_id', 'request', 'lease', 'status', 'endsAt'],
  },
  {
    collection: 'files.files',
    purpose: 'documents and assets in the database, where `LAUREL_FILES_DIR` is not set',
    retention: 'as long as the credential or the asset',
    personal: {
      filename: { what: 'ids of the credential', retirement: 'removed with every document of the credential' },
      metadata: { what: 'type and file name', retirement: 'removed with every document of the credential' },
    },
    other: ['_id', 'length', 'chunkSize', 'uploadDate'],
  },
  {
    collection: 'files.chunks',
    purpose: 'their bytes',
    retention: 'as long as the credential or the asset',
    personal: {
      data: { what: 'the document: full name, course', retirement: 'removed with every document of the credential' },
    },
    other: ['_id', 'files_id', 'n'],
  },
];

export interface TextsThatMention {
  readonly collection: string;
  readonly fields: readonly string[];
  readonly whole: boolean;
}

/** What retirement searches when the records of the learner are gone. */
export const textsThatMention: readonly TextsThatMention[] = dataMap.flatMap(
  ({ collection, personal, removedWhole }) => {
    const fields = Object.entries(personal).flatMap(([field, { mayMention }]) => (mayMention ? [field] : []));
    return fields.length === 0 ? [] : [{ collection, fields, whole: removedWhole ?? false }];
  },
);
