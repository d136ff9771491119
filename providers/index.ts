/** The adapters to the outside, by the names that rules and configurations use. */

// Badge providers
export { capabilitiesOf as accredibleCapabilities, defaultHosts as accredibleHosts } from './accredible/hosts.ts';
export { accredibleLimit } from './accredible/limits.ts';
export { AccredibleProvider } from './accredible/provider.ts';
export { CREDLY_ADDRESSES, credlyAccountForm } from './credly/account.ts';
export type { AwardOptions as CredlyAwardOptions } from './credly/award.ts';
export { CredlyProvider } from './credly/provider.ts';
export type { HttpClient, HttpClientFactory, HttpClientOptions } from './http/client.ts';
export { createHttpClient, type HttpParts } from './http/create-client.ts';
export { ExchangeFailure, exchange } from './http/exchange.ts';
export { createGuardedFetch } from './http/fetch.ts';
export { createRateLimiter } from './http/rate-limiter.ts';
// Learner records of a real LMS
export type { CheckLine } from './lms/check.ts';
export { type CompletionSourceName, createLms, type GradeSourceName, type Lms } from './lms/lms.ts';
export { createLmsSignIn, type LmsSignIn, newSignInSecrets, type SignInSecrets } from './lms/sign-in.ts';
// Mail
export { checkSmtp, createSmtpMailer } from './mail/smtp-mailer.ts';
export { MemoryProvider } from './memory/provider.ts';

// Open Badges: Laurel as an issuer
export { type Addresses, addressesOf } from './openbadges/addresses.ts';
export { achievementOf, STATUS_TTL_MS, standalone } from './openbadges/credential.ts';
export { createOpenBadgeIssuer, type OpenBadgeIssuer } from './openbadges/issuer.ts';
export { createKeyRing, type KeyRing, sealedIssuerKeys } from './openbadges/key-ring.ts';
export { bakePng, pngSize } from './openbadges/png.ts';
export { OpenBadgesProvider } from './openbadges/provider.ts';
export { badgeLimits, readBadge } from './openbadges/read-badge.ts';
export {
  ACHIEVEMENT_TYPES,
  type Alignment,
  OPEN_BADGES,
  type OpenBadgeDetails,
  OWN_ACCOUNT,
  openBadgeDetails,
} from './openbadges/template.ts';
export { createVerificationDesk, isMadeOutTo, type VerificationDesk } from './openbadges/verification-desk.ts';
export { type Check, type CheckResult, verdictOf } from './openbadges/verify.ts';
export { createPdfGeneration, type SiteStyles } from './pdf/generate-pdf-credential.ts';
// PDF credentials
export { NAME_STYLES, type NameStyle, writeName } from './pdf/name-style.ts';
export { pdfOptions } from './pdf/pdf-options.ts';
export { createProcessPool } from './pdf/processes/process-pool.ts';
// Pictures
export { createPictureFetch, type PictureFetch } from './pictures/picture-fetch.ts';
export { pictureKind } from './pictures/picture-kind.ts';
export { type ImportedRecords, type LearnerLine, parseLearnerLines } from './records/learner-lines.ts';
export { completionsAndGrades, courseCompletions, subsectionGrades } from './records/retrieval-functions.ts';
