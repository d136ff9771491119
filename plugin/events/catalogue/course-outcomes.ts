/** What learners achieve: passing, grades, certificates, badges. */

import {
  course,
  courseKey,
  date,
  decimal,
  eventTypes,
  flag,
  integer,
  optional,
  record,
  text,
  user,
  versionOne,
} from './shapes.ts';

export const BADGE_AWARDED = 'org.openedx.learning.badge.awarded.v1';
export const BADGE_REVOKED = 'org.openedx.learning.badge.revoked.v1';

export const courseOutcomes = [
  ...eventTypes(['org.openedx.learning.course.passing.status.updated.v1'], 'course_passing_status', 'user', [
    flag('is_passing'),
    course,
    user(),
  ]),

  // the user stands before the course here, and the dates are plain text
  ...eventTypes(['org.openedx.learning.ccx.course.passing.status.updated.v1'], 'course_passing_status', 'user', [
    flag('is_passing'),
    user(),
    record('course', [
      text('ccx_course_key', 'ccx-key'),
      courseKey('master_course_key'),
      text('display_name'),
      text('coach_email'),
      optional(text('start')),
      optional(text('end')),
      optional(integer('max_students_allowed')),
    ]),
  ]),

  ...eventTypes(['org.openedx.learning.course.persistent_grade_summary.changed.v1'], 'grade', null, [
    integer('user_id'),
    course,
    date('course_edited_timestamp'),
    text('course_version'),
    text('grading_policy_hash'),
    decimal('percent_grade'),
    text('letter_grade'),
    date('passed_timestamp'),
  ]),

  ...eventTypes(
    versionOne('org.openedx.learning.certificate', 'created', 'changed', 'revoked'),
    'certificate',
    'user',
    [
      user(),
      course,
      text('mode'),
      text('grade'),
      text('download_url'),
      text('name'),
      text('current_status'),
      text('previous_status'),
    ],
  ),

  ...eventTypes(
    versionOne('org.openedx.learning.program.certificate', 'awarded', 'revoked'),
    'program_certificate',
    'user',
    [
      user(),
      record('program', [text('uuid'), text('title'), text('program_type')]),
      text('uuid'),
      text('status'),
      text('url'),
      optional(date('certificate_available_date')),
    ],
  ),

  ...eventTypes([BADGE_AWARDED, BADGE_REVOKED], 'badge', 'user', [
    text('uuid'),
    user(),
    record('template', [
      text('uuid'),
      text('origin'),
      optional(text('name')),
      optional(text('description')),
      optional(text('image_url')),
    ]),
  ]),
];
