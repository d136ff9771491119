/** Resolves at the first SIGTERM or SIGINT; a second one ends the process at once. To be called before the start, so that
 *  a signal that comes early stops the process in order, as soon as it has started. */
export function waitForSignal(host: Pick<NodeJS.Process, 'once' | 'exit'>): Promise<void> {
  return new Promise((resolve) => {
    let stopping = false;
    const once = (): void => {
      if (stopping) return;
      stopping = true;
      for (const signal of ['SIGTERM', 'SIGINT'] as const) host.once(signal, () => host.exit(1));
      resolve();
    };
    host.once('SIGTERM', once);
    host.once('SIGINT', once);
  });
}
