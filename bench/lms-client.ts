/** One retrieval from an LMS in a process of its own; prints what it took as JSON. Arguments: address, context key. */

import { readOptions } from '../plugin/extensions/options.ts';
import { completionsAndGrades, createLms } from '../providers/index.ts';
import { CLIENT } from '../server/stand-ins/lms/stand-in-lms.ts';

const [, , baseUrl = '', contextKey = ''] = process.argv;

let peak = process.memoryUsage.rss();
const before = peak;
const watch = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss());
}, 50);

const { records } = createLms({
  baseUrl,
  ...CLIENT,
  completionSources: ['aggregator', 'blocks'],
  gradeSources: ['gradebook', 'progress', 'subsections'],
});
const options = readOptions(completionsAndGrades.options, { criteria: 'completion >= 0.8 and grades.exam >= 65' });
const begun = performance.now();
let seen = 0;
let eligible = 0;
for await (const learner of completionsAndGrades.retrieve(contextKey, options, { records })) {
  seen += 1;
  if (learner.eligible) eligible += 1;
}
const seconds = (performance.now() - begun) / 1000;
clearInterval(watch);
console.log(JSON.stringify({ seen, eligible, seconds, before, peak }));
