/** The limit of the heap leaves out buffers, and the parser of templates unpacks what it finds into buffers without
 *  a limit of its own: a file of some kilobytes could take all memory of the machine. */

import { InputError } from '../../../plugin/errors.ts';

const MIB = 1024 * 1024;
const MAX_ONE = 128 * MIB;
const MAX_ALL = 1024 * MIB;

/** From now on, making byte arrays in this process fails when one is too large, or all since `reset` together.
 *  @throws where an array is made: InputError `input.template` */
export function limitAllocations(): { reset(): void } {
  let allocated = 0;
  globalThis.Uint8Array = new Proxy(Uint8Array, {
    construct(target, given: ConstructorParameters<Uint8ArrayConstructor>, newTarget) {
      const [length] = given as readonly unknown[];
      if (typeof length === 'number') {
        allocated += length;
        if (length > MAX_ONE || allocated > MAX_ALL) {
          throw new InputError(
            'template',
            `the file cannot be used: it unpacks to more than ${MAX_ONE / MIB} MiB; reduce its images`,
          );
        }
      }
      return Reflect.construct(target, given, newTarget);
    },
  });
  return {
    reset() {
      allocated = 0;
    },
  };
}
