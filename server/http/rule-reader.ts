export { createRuleReader, type RuleReader } from '../../plugin/badges/rule-reader.ts';
