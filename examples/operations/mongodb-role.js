// The role that Laurel's user needs, and no more. Made by `npm run generate`.
// As a user who may manage roles, with the database of MONGODB_URI in the address:
//   mongosh "mongodb://admin@mongodb.example.org/laurel?authSource=admin" mongodb-role.js
// A new version of Laurel may need more: run its script before you start it.

const database = db.getName();
const allow = (collection, actions) => ({ resource: { db: database, collection }, actions });
const privileges = [
  allow('', ['dbStats', 'listCollections']),
  allow('learners', ['find', 'insert', 'update', 'remove', 'createIndex', 'listIndexes']),
  allow('progress', ['find', 'insert', 'update', 'remove', 'createIndex', 'listIndexes']),
  allow('events', ['find', 'insert', 'update', 'remove', 'createIndex', 'listIndexes', 'dropIndex']),
  allow('activity', ['find', 'insert', 'update', 'remove', 'createIndex', 'listIndexes']),
  allow('belongings', ['find', 'insert', 'update', 'remove', 'createIndex', 'listIndexes']),
  allow('installation', ['find', 'insert', 'update', 'remove', 'createIndex', 'listIndexes']),
  allow('dead_letters', ['find', 'insert', 'update', 'remove', 'createIndex', 'listIndexes']),
  allow('dead_letter_replays', ['find', 'insert', 'remove', 'createIndex', 'listIndexes']),
  allow('credentials', ['find', 'insert', 'update', 'remove', 'createIndex', 'listIndexes']),
  allow('learner_records', ['find', 'insert', 'update', 'remove', 'createIndex', 'listIndexes']),
  allow('issued_open_badges', ['find', 'insert', 'update', 'remove', 'createIndex', 'listIndexes']),
  allow('retirements', ['find', 'insert', 'update', 'remove', 'createIndex', 'listIndexes']),
  allow('hash_keys', ['find', 'insert', 'update', 'remove', 'createIndex', 'listIndexes']),
  allow('jobs', ['find', 'insert', 'update', 'remove', 'createIndex', 'listIndexes']),
  allow('replay_scratch', ['find', 'insert', 'remove', 'createIndex', 'listIndexes']),
  allow('audit', ['find', 'insert', 'update', 'createIndex', 'listIndexes']),
  allow('rule_versions', ['find', 'insert', 'update', 'remove', 'createIndex', 'listIndexes']),
  allow('sessions', ['find', 'insert', 'update', 'remove', 'createIndex', 'listIndexes']),
  allow('accounts', ['find', 'insert', 'update', 'remove', 'createIndex', 'listIndexes']),
  allow('api_tokens', ['find', 'insert', 'update', 'remove', 'createIndex', 'listIndexes']),
  allow('one_time_sign_ins', ['find', 'insert', 'update', 'remove', 'createIndex', 'listIndexes']),
  allow('provider_accounts', ['find', 'insert', 'update', 'remove', 'createIndex', 'listIndexes']),
  allow('badge_templates', ['find', 'insert', 'update', 'remove', 'createIndex', 'listIndexes']),
  allow('credential_runs', ['find', 'insert', 'update', 'remove', 'createIndex', 'listIndexes']),
  allow('credential_types', ['find', 'insert', 'update', 'remove', 'createIndex', 'listIndexes']),
  allow('credential_configurations', ['find', 'insert', 'update', 'remove', 'createIndex', 'listIndexes']),
  allow('credential_versions', ['find', 'insert', 'update', 'remove', 'createIndex', 'listIndexes']),
  allow('credential_schedules', ['find', 'insert', 'update', 'remove', 'createIndex', 'listIndexes']),
  allow('assets', ['find', 'insert', 'update', 'remove', 'createIndex', 'listIndexes']),
  allow('contexts', ['find', 'insert', 'update', 'remove', 'createIndex', 'listIndexes']),
  allow('rules_in_force', ['find', 'insert', 'update', 'remove', 'createIndex', 'listIndexes']),
  allow('issuer_profile', ['find', 'insert', 'update', 'remove', 'createIndex', 'listIndexes']),
  allow('issuer_keys', ['find', 'insert', 'update', 'remove', 'createIndex', 'listIndexes']),
  allow('issuer_status_lists', ['find', 'insert', 'update', 'remove', 'createIndex', 'listIndexes']),
  allow('database_form', ['find', 'insert', 'update', 'remove', 'createIndex', 'listIndexes']),
  allow('rate_limits', ['find', 'insert', 'update', 'remove', 'createIndex', 'listIndexes']),
  allow('kept_answers', ['find', 'insert', 'update', 'remove', 'createIndex', 'listIndexes']),
  allow('files.files', ['find', 'insert', 'remove', 'createIndex', 'listIndexes']),
  allow('files.chunks', ['find', 'insert', 'remove', 'createIndex', 'listIndexes']),
  allow('badges', ['find']),
  allow('badge_versions', ['find']),
];
if (db.getRole('laurel') === null) db.createRole({ role: 'laurel', privileges, roles: [] });
else db.updateRole('laurel', { privileges, roles: [] });
print(`The role laurel of the database ${database} has ${privileges.length} privileges.`);
