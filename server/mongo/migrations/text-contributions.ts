/** What counts is one JSON text in a progress document, where it was a tree. Documents of before are read as they are and
 *  get the text with their next save, so nothing is rewritten here; but a program of before cannot read the text. */
export async function announceTextContributions(): Promise<number> {
  return 0;
}
