/** The adapters to the outside, by the names that rules and configurations use. */

/** Words allowed after `template` in a rule file. */
export const providerNames: readonly string[] = ['accredible', 'credly', 'memory', 'openbadges'];

// Badge providers
export { MemoryProvider } from './memory/provider.ts';

// PDF credentials
export { createPdfGeneration } from './pdf/generate-pdf-credential.ts';
export { pdfOptions } from './pdf/pdf-options.ts';
export { createThreadPool } from './pdf/threads/thread-pool.ts';
export { type LearnerLine, parseLearnerLines } from './records/learner-lines.ts';
export { completionsAndGrades, courseCompletions, subsectionGrades } from './records/retrieval-functions.ts';
