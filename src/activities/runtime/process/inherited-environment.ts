/** What is meant for this program, and for the Node that runs it. */
const OURS =
  /^(NODE_(OPTIONS|COMPILE_CACHE.*|CHANNEL_.*|UNIQUE_ID|V8_COVERAGE)|npm_.*|INIT_CWD|VITEST.*|TEMPORAL_.*|RUNBOOK_.*)$/;

/** The worker's environment as an application may inherit it, without what is ours. */
export function inheritedEnvironment(): NodeJS.ProcessEnv {
  const { env } = process;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !OURS.test(name)));
}
