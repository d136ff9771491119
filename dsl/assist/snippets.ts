/** Whole blocks in place of their first word. */

/** Where the cursor stands afterwards: at what nobody can guess. */
const CURSOR = '#{}';

const SNIPPETS: ReadonlyMap<string, string> = new Map([
  ['badge badge', `badge "${CURSOR}" {\n  name     ""\n  template \n  active   false\n}`],
  ['requirement requirement', `requirement ${CURSOR} {\n  on    \n  where \n}`],
  ['penalty penalty', `penalty ${CURSOR} {\n  on     \n  where  \n  resets \n}`],
  ['test test', `test "${CURSOR}" {\n  badge ""\n  event \n  expect awarded\n}`],
]);

/** @param rule of the grammar in which the word begins */
export function snippetFor(word: string, rule: string): string | null {
  return SNIPPETS.get(`${rule} ${word}`) ?? null;
}
