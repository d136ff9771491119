/** Values that some texts of events are known to take, offered to whoever writes a rule; the LMS may send others. */

const COURSE_MODES = [
  'audit',
  'honor',
  'verified',
  'professional',
  'no-id-professional',
  'credit',
  'masters',
  'executive-education',
] as const;
const CERTIFICATE_STATUSES = [
  'downloadable',
  'generating',
  'notpassing',
  'unavailable',
  'unverified',
  'audit_passing',
  'audit_notpassing',
  'honor_passing',
  'restricted',
  'error',
] as const;

const certificate = {
  mode: COURSE_MODES,
  current_status: CERTIFICATE_STATUSES,
  previous_status: CERTIFICATE_STATUSES,
};
const enrollment = { mode: COURSE_MODES };
const programCertificate = { status: ['awarded', 'revoked'] };
const identityVerification = { status: ['created', 'pending', 'approved', 'denied'] };

/** By event type, then by dotted path. */
export const knownValues: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'org.openedx.learning.certificate.created.v1': certificate,
  'org.openedx.learning.certificate.changed.v1': certificate,
  'org.openedx.learning.certificate.revoked.v1': certificate,
  'org.openedx.learning.course.enrollment.created.v1': enrollment,
  'org.openedx.learning.course.enrollment.changed.v1': enrollment,
  'org.openedx.learning.course.unenrollment.completed.v1': enrollment,
  'org.openedx.learning.program.certificate.awarded.v1': programCertificate,
  'org.openedx.learning.program.certificate.revoked.v1': programCertificate,
  'org.openedx.learning.idv_attempt.created.v1': identityVerification,
  'org.openedx.learning.idv_attempt.pending.v1': identityVerification,
  'org.openedx.learning.idv_attempt.approved.v1': identityVerification,
  'org.openedx.learning.idv_attempt.denied.v1': identityVerification,
};
