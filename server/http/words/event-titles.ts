/** What the events of the LMS are called on pages, where their types would say less. */

import { msg } from '../../../plugin/words.ts';
import { shortEventType } from './format.ts';

const titles: Readonly<Record<string, string>> = {
  'auth.session.login.completed': msg('Auth session login completed'),
  'badge.awarded': msg('Badge awarded'),
  'badge.revoked': msg('Badge revoked'),
  'ccx.course.passing.status.updated': msg('CCX course passing status updated'),
  'certificate.changed': msg('Certificate changed'),
  'certificate.created': msg('Certificate created'),
  'certificate.revoked': msg('Certificate revoked'),
  'cohort_membership.changed': msg('Cohort membership changed'),
  'course.enrollment.changed': msg('Course enrollment changed'),
  'course.enrollment.created': msg('Course enrollment created'),
  'course.notification.requested': msg('Course notification requested'),
  'course.passed': msg('Course passed'),
  'course.passing.status.updated': msg('Course passing status updated'),
  'course.persistent_grade_summary.changed': msg('Course persistent grade summary changed'),
  'course.unenrollment.completed': msg('Course unenrollment completed'),
  'discussions.configuration.changed': msg('Discussions configuration changed'),
  'exam.attempt.errored': msg('Exam attempt errored'),
  'exam.attempt.rejected': msg('Exam attempt rejected'),
  'exam.attempt.reset': msg('Exam attempt reset'),
  'exam.attempt.submitted': msg('Exam attempt submitted'),
  'exam.attempt.verified': msg('Exam attempt verified'),
  'forum.thread.response.comment.created': msg('Forum thread response comment created'),
  'forum.thread.response.created': msg('Forum thread response created'),
  'forum.thread.created': msg('Forum thread created'),
  'idv_attempt.approved': msg('Idv attempt approved'),
  'idv_attempt.created': msg('Idv attempt created'),
  'idv_attempt.denied': msg('Idv attempt denied'),
  'idv_attempt.pending': msg('Idv attempt pending'),
  'lti_provider.launch.success': msg('Lti provider launch success'),
  'ora.submission.created': msg('Ora submission created'),
  'program.certificate.awarded': msg('Program certificate awarded'),
  'program.certificate.revoked': msg('Program certificate revoked'),
  'student.registration.completed': msg('Student registration completed'),
  'user.course_access_role.added': msg('User course access role added'),
  'user.course_access_role.removed': msg('User course access role removed'),
  'user.notification.requested': msg('User notification requested'),
  'xblock.skill.verified': msg('Xblock skill verified'),
};

/** `Course passing status updated`, to be looked up; of a type that is not known here, its own words. */
export function eventTitle(type: string): string {
  const short = shortEventType(type);
  const known = Object.hasOwn(titles, short) ? titles[short] : undefined;
  return known ?? inWords(short);
}

function inWords(short: string): string {
  const words = short.replaceAll(/[._]/g, ' ').replace(/\bccx\b/, 'CCX');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
