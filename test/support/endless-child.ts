/** A child process that has no time for anything, once it has told so. */

import { endWithParent } from '../../providers/pdf/processes/end-with-parent.ts';

endWithParent(process.ppid);
process.send?.('endless', () => {
  for (;;);
});
