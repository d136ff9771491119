/** What learners do and what is done for them: accounts, enrollments, exams, discussions, identity. */

import {
  aFlag,
  aList,
  aMap,
  anInteger,
  aText,
  course,
  courseKey,
  date,
  eventTypes,
  flag,
  integer,
  list,
  map,
  optional,
  record,
  text,
  usageKey,
  user,
  userData,
  versionOne,
} from './shapes.ts';

export const learnerActivity = [
  ...eventTypes(
    ['org.openedx.learning.student.registration.completed.v1', 'org.openedx.learning.auth.session.login.completed.v1'],
    'user',
    '',
    userData,
  ),

  ...eventTypes(
    [
      'org.openedx.learning.course.enrollment.created.v1',
      'org.openedx.learning.course.enrollment.changed.v1',
      'org.openedx.learning.course.unenrollment.completed.v1',
    ],
    'enrollment',
    'user',
    [user(), course, text('mode'), flag('is_active'), date('creation_date'), optional(user('created_by'))],
  ),

  ...eventTypes(['org.openedx.learning.cohort_membership.changed.v1'], 'cohort', 'user', [
    user(),
    course,
    text('name'),
  ]),

  ...eventTypes(
    versionOne('org.openedx.learning.user.course_access_role', 'added', 'removed'),
    'course_access_role_data',
    'user',
    [user(), text('org_key'), courseKey(), text('role')],
  ),

  // two people, neither under `user`: the attempt is the student's, whoever asked for the change
  ...eventTypes(
    versionOne('org.openedx.learning.exam.attempt', 'submitted', 'verified', 'rejected', 'errored', 'reset'),
    'exam_attempt',
    'student_user',
    [user('student_user'), courseKey(), usageKey(), text('exam_type'), optional(user('requesting_user'))],
  ),

  ...eventTypes(
    versionOne('org.openedx.learning.idv_attempt', 'created', 'pending', 'approved', 'denied'),
    'idv_attempt',
    'user',
    [integer('attempt_id'), user(), text('status'), optional(text('name')), optional(date('expiration_date'))],
  ),

  ...eventTypes(
    versionOne('org.openedx.learning.forum.thread', 'created', 'response.created', 'response.comment.created'),
    'thread',
    'user',
    [
      text('body'),
      text('commentable_id'),
      text('id'),
      flag('truncated'),
      text('url'),
      user(),
      courseKey('course_id'),
      optional(text('thread_type')),
      optional(flag('anonymous')),
      optional(flag('anonymous_to_peers')),
      optional(text('title')),
      optional(flag('title_truncated')),
      optional(integer('group_id')),
      optional(integer('team_id')),
      optional(integer('category_id')),
      optional(text('category_name')),
      optional(map('discussion', aText)),
      list('user_course_roles', aText),
      list('user_forums_roles', aText),
      map('options', aFlag),
    ],
  ),

  ...eventTypes(['org.openedx.learning.lti_provider.launch.success.v1'], 'launch_data', 'user', [
    user(),
    courseKey(),
    usageKey(),
    record('launch_params', [text('roles'), text('context_id'), text('user_id'), map('extra_params', aText)]),
  ]),

  ...eventTypes(['org.openedx.learning.ora.submission.created.v1'], 'submission', null, [
    text('uuid'),
    text('anonymous_user_id'),
    text('location'),
    integer('attempt_number'),
    date('created_at'),
    date('submitted_at'),
    record('answer', [
      list('parts', aMap(aText)),
      list('file_keys', aText),
      list('file_descriptions', aText),
      list('file_names', aText),
      list('file_sizes', anInteger),
      list('file_urls', aText),
    ]),
  ]),

  ...eventTypes(['org.openedx.learning.user.notification.requested.v1'], 'notification_data', null, [
    list('user_ids', anInteger),
    text('notification_type'),
    text('content_url'),
    text('app_name'),
    courseKey(),
    map('context', aText),
  ]),

  ...eventTypes(['org.openedx.learning.course.notification.requested.v1'], 'course_notification_data', null, [
    courseKey(),
    text('app_name'),
    text('notification_type'),
    text('content_url'),
    map('content_context', aText),
    map('audience_filters', aList(aText)),
  ]),

  ...eventTypes(['org.openedx.learning.xblock.skill.verified.v1'], 'xblock_info', null, [
    usageKey(),
    list('verified_skills', anInteger),
    list('ignored_skills', anInteger),
  ]),
];
