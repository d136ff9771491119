/** A process that dies at a given call of its stores: from then on nothing it has begun ever ends, and it does nothing more. */

export interface Death {
  /** Which call, from 1 on, over all that `mortal` was given. */
  readonly atCall: number;
  /** The call's effect is there, only its answer never comes. */
  readonly done: boolean;
}

export interface Life {
  /** Resolves when it has died. */
  readonly died: Promise<void>;
  /** The same object as this process has it. */
  give<Target extends object>(target: Target): Target;
}

export function mortal({ atCall, done }: Death): Life {
  let calls = 0;
  let die = () => {};
  const died = new Promise<void>((resolve) => {
    die = resolve;
  });
  const never = () => new Promise<never>(() => {});
  const call = async (work: () => unknown) => {
    calls += 1;
    if (calls < atCall) return work();
    if (calls === atCall && done) await work();
    die();
    return never();
  };
  return {
    died,
    give: (target) =>
      new Proxy(target, {
        get(from, name) {
          const member = Reflect.get(from, name, from) as unknown;
          if (typeof member !== 'function') return member;
          return (...args: unknown[]) => call(() => Reflect.apply(member, from, args));
        },
      }),
  };
}
