/** What is meant for this program, and for the Node that runs it. */
const OURS =
  /^(NODE_(OPTIONS|COMPILE_CACHE.*|CHANNEL_.*|UNIQUE_ID|V8_COVERAGE)|npm_.*|INIT_CWD|VITEST.*|TEMPORAL_.*|RUNBOOK_.*)$/;

let withheld: ReadonlySet<string> = new Set();

/** From now on, the names of secrets that no application or command may inherit: those of every target that this worker knows. */
export function withhold(names: readonly string[]): void {
  withheld = new Set(names);
}

/** This process's environment as an application or a command may inherit it, without what is ours and what is secret. */
export function inheritedEnvironment(): NodeJS.ProcessEnv {
  const { env } = process;
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !OURS.test(name) && !withheld.has(name)),
  );
}
