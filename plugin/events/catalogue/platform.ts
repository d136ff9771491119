/** What happens to courses, libraries, roles and subsidies: events about no particular learner. */

import {
  aFlag,
  aRecord,
  aText,
  courseKey,
  date,
  eventTypes,
  flag,
  integer,
  libraryKey,
  list,
  map,
  optional,
  record,
  text,
  usageKey,
  uuid,
  versionOne,
} from './shapes.ts';

const authoring = 'org.openedx.content_authoring';
const enterprise = 'org.openedx.enterprise';

/** Both a subsidy's transaction and its reversal begin like this. */
const transaction = [
  uuid('uuid'),
  date('created'),
  date('modified'),
  text('idempotency_key'),
  integer('quantity'),
  text('state'),
];

const xblock = [usageKey(), text('block_type')];

const contentAuthoring = [
  ...eventTypes([`${authoring}.content.object.associations.changed.v1`], 'content_object', null, [
    text('object_id'),
    list('changes', aText),
  ]),
  ...eventTypes([`${authoring}.content.object.tags.changed.v1`], 'content_object', null, [text('object_id')]),
  ...eventTypes(versionOne(`${authoring}.content_library`, 'created', 'updated', 'deleted'), 'content_library', null, [
    libraryKey(),
    flag('update_blocks'),
  ]),
  ...eventTypes(
    versionOne(`${authoring}.content_library.collection`, 'created', 'updated', 'deleted'),
    'library_collection',
    null,
    [text('collection_key', 'key'), flag('background')],
  ),
  ...eventTypes(
    versionOne(`${authoring}.content_library.container`, 'created', 'updated', 'deleted', 'published'),
    'library_container',
    null,
    [text('container_key', 'key'), flag('background')],
  ),
  ...eventTypes(
    versionOne(`${authoring}.library_block`, 'created', 'updated', 'deleted', 'published'),
    'library_block',
    null,
    [libraryKey(), usageKey()],
  ),
  ...eventTypes(
    versionOne(`${authoring}.xblock`, 'created', 'updated', 'deleted', 'published'),
    'xblock_info',
    null,
    xblock,
  ),
  ...eventTypes([`${authoring}.xblock.duplicated.v1`], 'xblock_info', null, [...xblock, usageKey('source_usage_key')]),
  ...eventTypes(versionOne(`${authoring}.course`, 'created', 'import.completed', 'rerun.completed'), 'course', null, [
    courseKey(),
  ]),
  ...eventTypes([`${authoring}.course.catalog_info.changed.v1`], 'catalog_info', null, [
    courseKey(),
    text('name'),
    record('schedule_data', [
      date('start'),
      text('pacing'),
      optional(date('end')),
      optional(date('enrollment_start')),
      optional(date('enrollment_end')),
    ]),
    flag('hidden'),
    flag('invitation_only'),
  ]),
  ...eventTypes(['org.openedx.learning.discussions.configuration.changed.v1'], 'configuration', null, [
    courseKey(),
    text('provider_type'),
    flag('enabled'),
    flag('enable_in_context'),
    flag('enable_graded_units'),
    flag('unit_level_visibility'),
    map('plugin_configuration', aFlag),
    list(
      'contexts',
      aRecord([
        text('title'),
        optional(text('usage_key')),
        optional(integer('group_id')),
        optional(text('external_id')),
        optional(integer('ordering')),
        map('context', aText),
      ]),
    ),
  ]),
];

const enterpriseSubsidies = [
  ...eventTypes([`${enterprise}.enterprise_group.deleted.v1`], 'enterprise_group', null, [uuid('uuid')]),
  ...eventTypes(versionOne(`${enterprise}.subsidy`, 'redeemed', 'redemption-reversed'), 'redemption', null, [
    text('subsidy_identifier'),
    text('content_key'),
    integer('lms_user_id'),
  ]),
  ...eventTypes(
    versionOne(`${enterprise}.subsidy_ledger_transaction`, 'created', 'committed', 'failed', 'reversed'),
    'ledger_transaction',
    null,
    [
      ...transaction,
      uuid('ledger_uuid'),
      uuid('subsidy_access_policy_uuid'),
      integer('lms_user_id'),
      courseKey('content_key'),
      optional(text('parent_content_key')),
      optional(text('fulfillment_identifier')),
      optional(record('reversal', transaction)),
    ],
  ),
  ...eventTypes(
    [`${enterprise}.learner_credit_course_enrollment.revoked.v1`],
    'learner_credit_course_enrollment',
    null,
    [
      uuid('uuid'),
      date('created'),
      date('modified'),
      text('fulfillment_type'),
      flag('is_revoked'),
      optional(uuid('enterprise_course_entitlement_uuid')),
      optional(
        record('enterprise_course_enrollment', [
          integer('id'),
          date('created'),
          date('modified'),
          record('enterprise_customer_user', [
            integer('id'),
            date('created'),
            date('modified'),
            uuid('enterprise_customer_uuid'),
            integer('user_id'),
            flag('active'),
            flag('linked'),
            flag('is_relinkable'),
            flag('should_inactivate_other_customers'),
            optional(uuid('invite_key')),
          ]),
          courseKey('course_id'),
          flag('saved_for_later'),
          optional(text('source_slug')),
          optional(flag('unenrolled')),
          optional(date('unenrolled_at')),
        ]),
      ),
      optional(uuid('transaction_id')),
    ],
  ),
];

const administration = [
  // the only event types without a version in their names
  ...eventTypes(
    ['org.openedx.authz.role_assignment.created', 'org.openedx.authz.role_assignment.deleted'],
    'role_assignment',
    null,
    [text('operation'), text('subject'), text('role'), text('scope'), optional(integer('actor_id'))],
  ),
  ...eventTypes(['org.openedx.analytics.tracking.event.emitted.v1'], 'tracking_log', null, [
    text('name'),
    date('timestamp'),
    text('data'),
    text('context'),
  ]),
];

export const platform = [...contentAuthoring, ...enterpriseSubsidies, ...administration];
