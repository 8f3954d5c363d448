import type { Target } from '../../../config/schema/target.ts';

type Policy = Target['backups']['secrets'];

/** Wide on purpose: to keep a live value that is no secret is told, and costs less than to lose one that is. */
const KEYS = `
  *PASS* *PWD* *PSW* *PW *SECRET* *TOKEN* *KEY* *CRED* *AUTH* *DSN* *HOOK* *PRIVATE* *SALT* *PEPPER* *HASH* *JWT* *HMAC*
  *SIGN* *CRYPT* *CIPHER* *SEED* *MNEMONIC* *COOKIE* *BEARER* *OTP* *_PIN PIN *CONNECTION_STRING* *CONN_STR* *CERT*
  *LICENSE* *LICENCE* *PHRASE* *SESSION* *IDENTITY* *UNSEAL* *_PAT PAT *_SK SK *_SAS SAS`;

/** Somebody in front of a host, or a password among parameters, or what is only ever made to be secret. */
const VALUES = [
  /\w:\/\/\S*@/,
  /(?:pass(?:word|wd)?|pwd|secret|token|key|sig|signature)=[^\s&;]/i,
  /-----BEGIN/,
  /\b(?:sk|pk|rk)_(?:live|test)_|\bgh[opsur]_|\bgithub_pat_|\bglpat-|\bxox[a-z]-|\bxapp-|\bA[KS]IA[0-9A-Z]{12}|\beyJ[\w-]{8}/,
  /\bsk-[\w-]{16}|\bAIza[\w-]{20}|\bSG\.[\w-]{16}|\bhf_\w{16}|\bnpm_\w{16}|\bdop_v1_|\bAGE-SECRET-KEY-/,
  // Bots of Telegram, and services of notifiers whose address is the secret.
  /\b\d{6,}:[\w-]{30}|^["']?(?:slack|discord|tgram|pover|pushover|gotify|msteams|matrix):\/\/|\bhc-ping\.com\//,
  /\bhooks\.slack\.com\/|\bdiscord(?:app)?\.com\/api\/webhooks\//,
];

/** Files that are one secret: their live content stays as a whole. A certificate stays with its key. */
const FILES = `
  secrets.* secrets/* .envrc credentials.json service-account*.json .pgpass .my.cnf .netrc .htpasswd htpasswd id_rsa id_ecdsa
  id_ed25519 *.pem *.key *.crt *.cer *.p12 *.pfx *.jks *.keystore *.kdbx *.secret *.token`;

/** No setting is longer. */
const MAX_LENGTH = 4096;

/** Whether the live value of a key stays when a backup is restored: by its name, or by what it looks like. */
export function secretKeys({ keys, notKeys }: Policy): (key: string, value: string) => boolean {
  const [always, never] = [expressionOf([...wordsOf(KEYS), ...keys]), expressionOf(notKeys)];
  return (key, value) =>
    !never.test(key) &&
    (always.test(key) || value.length > MAX_LENGTH || VALUES.some((one) => one.test(value)));
}

/** `path` is relative to the target's directory. A pattern without a slash is for the name in any directory. */
export function isSecretFile({ files, notFiles }: Policy, path: string): boolean {
  return !isNamed(notFiles, path) && isNamed([...wordsOf(FILES), ...files], path);
}

/** `.env`, `.env.local`, `prod.env`, and what the target calls so. */
export function isEnvFile({ environment }: Policy, path: string): boolean {
  const [name] = path.split('/').slice(-1) as [string];
  return /^\.env(\..+)?$|\.env$/.test(name) || isNamed(environment, path);
}

function isNamed(patterns: readonly string[], path: string): boolean {
  const parts = path.split('/');
  return patterns.some((pattern) => {
    const expression = expressionOf([pattern]);
    if (!pattern.includes('/')) return expression.test(parts.at(-1)!);
    // From each directory on: `secrets/*` is for `conf/secrets/db/password`, too.
    return parts.some((_, from) => expression.test(parts.slice(from).join('/')));
  });
}

/** `*` is for any characters, upper and lower case are the same. Without a pattern nothing fits. */
function expressionOf(patterns: readonly string[]): RegExp {
  const each = patterns.map((pattern) =>
    pattern.replaceAll(/[\\^$.|?+(){}[\]]/g, String.raw`\$&`).replaceAll('*', '.*'),
  );
  return each.length === 0 ? /$.^/ : new RegExp(`^(?:${each.join('|')})$`, 'is');
}

function wordsOf(text: string): string[] {
  return text.trim().split(/\s+/);
}
