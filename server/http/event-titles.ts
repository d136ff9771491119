/** What the events of the LMS are called on pages, where their types would say less. */

import { msg } from '../../plugin/words.ts';
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
