/** Functions by name. Filled at start, then frozen: what a stored type refers to cannot change under it. */

import { suggest } from '../../dsl/index.ts';
import { InvariantError, NotFoundError } from '../errors.ts';
import type { GenerationFunction } from './generation-function.ts';
import type { RetrievalFunction } from './retrieval-function.ts';

const NAME = /^[a-z][a-z0-9-]*$/;

export class ExtensionRegistry {
  readonly #retrieval = new Map<string, RetrievalFunction>();
  readonly #generation = new Map<string, GenerationFunction>();
  #frozen = false;

  /** @throws InvariantError for a name that is taken or not `[a-z][a-z0-9-]*`, and after `freeze` */
  addRetrieval(extension: RetrievalFunction): this {
    return this.#add(this.#retrieval, extension, 'retrieval');
  }

  /** @throws InvariantError as `addRetrieval` */
  addGeneration(extension: GenerationFunction): this {
    return this.#add(this.#generation, extension, 'generation');
  }

  freeze(): this {
    this.#frozen = true;
    return this;
  }

  /** @throws NotFoundError `not-found.retrieval-function` */
  retrieval(name: string): RetrievalFunction {
    return find(this.#retrieval, name, 'retrieval');
  }

  /** @throws NotFoundError `not-found.generation-function` */
  generation(name: string): GenerationFunction {
    return find(this.#generation, name, 'generation');
  }

  retrievals(): readonly RetrievalFunction[] {
    return [...this.#retrieval.values()];
  }

  generations(): readonly GenerationFunction[] {
    return [...this.#generation.values()];
  }

  #add<Extension extends { readonly name: string }>(
    known: Map<string, Extension>,
    extension: Extension,
    kind: string,
  ): this {
    const { name } = extension;
    if (this.#frozen) {
      throw new InvariantError(`the ${kind} function "${name}" came too late: register it before the server starts`);
    }
    if (!NAME.test(name)) {
      throw new InvariantError(`the ${kind} function "${name}" needs a name of lower-case letters, digits and hyphens`);
    }
    if (known.has(name)) {
      throw new InvariantError(`there are two ${kind} functions named "${name}": give one of them another name`);
    }
    known.set(name, extension);
    return this;
  }
}

function find<Extension>(known: ReadonlyMap<string, Extension>, name: string, kind: string): Extension {
  const extension = known.get(name);
  if (extension) return extension;
  const names = [...known.keys()];
  const near = suggest(name, names);
  throw new NotFoundError(
    `${kind}-function`,
    `there is no ${kind} function "${name}"; ${near === null ? `there are ${names.join(', ')}` : `did you mean "${near}"?`}`,
  );
}
