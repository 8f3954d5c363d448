/** npm passes on a Ctrl-C that the terminal has sent to us already: what follows so soon is the same one. */
const SAME_MILLISECONDS = 1000;

/** Settles at the first SIGINT or SIGTERM. A later one ends the process at once, as people expect of Ctrl-C. */
export async function untilSignal(): Promise<NodeJS.Signals> {
  return new Promise((settle) => {
    let first: number | undefined;
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.on(signal, () => {
        first ??= Date.now();
        settle(signal);
        if (Date.now() - first > SAME_MILLISECONDS) process.exit(130);
      });
  });
}
