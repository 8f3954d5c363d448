/** What is meant for this program, and for the Node that runs it. */
const OURS =
  /^(NODE_(OPTIONS|COMPILE_CACHE.*|CHANNEL_.*|UNIQUE_ID|V8_COVERAGE)|npm_.*|INIT_CWD|VITEST.*|TEMPORAL_.*|RUNBOOK_.*|OTEL_.*)$/;

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

/** Nothing of it is a secret, and without it programs do not find what they need, or write in another language. */
const ALLOWED =
  /^(PATH|LANG|LANGUAGE|LC_\w+|TZ|TERM|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|PYTHON(UNBUFFERED|UTF8|IOENCODING|DONTWRITEBYTECODE))$/;

/** What of it somebody with other rights than ours may inherit: an allow list, and what is named. */
export function allowedEnvironment(named: readonly string[]): NodeJS.ProcessEnv {
  const { env } = process;
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => ALLOWED.test(name) || named.includes(name)),
  );
}

/** Of these names, those that are set for this process, and that nothing it starts inherits. */
export function keptBack(names: readonly string[]): string[] {
  const { env } = process;
  const inherited = inheritedEnvironment();
  return names.filter((name) => env[name] && inherited[name] === undefined);
}
