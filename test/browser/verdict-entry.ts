/** What the comparison of verdicts needs of the editor, as one bundle. */

export { diagnose } from '../../browser/check.ts';
export { readVocabulary } from '../../plugin/badges/rule-vocabulary.ts';
