import { describe, expect, test } from 'vitest';
import {
  isEnvFile,
  isSecretFile,
  secretKeys,
} from '../../../../src/activities/files/env/secret-keys.ts';
import { Backups } from '../../../../src/config/schema/backups.ts';

const POLICY = Backups.parse({}).secrets;

describe('secretKeys', () => {
  const isSecret = secretKeys({ ...POLICY, keys: ['*quirk'], notKeys: ['KEYBOARD'] });

  test.each([
    'DB_PASSWORD',
    'apiKey',
    'SENTRY_DSN',
    'SMTP_AUTH',
    'SLACK_WEBHOOK_URL',
    'my.credential',
    'PRIVATE',
    'FLASK_SALT',
    'AZURE_STORAGE_CONNECTION_STRING',
    'BASIC_AUTH_HASH',
    'MYSQL_PWD',
    'DBPW',
    'SMTP_PSWD',
    'GPG_PHRASE',
    'SESSION',
    'VAULT_UNSEAL_1',
    'AGE_IDENTITY',
    'GITHUB_PAT',
    'STRIPE_SK',
    'SLACK_HOOK',
    'quirk',
  ])('takes %s for a secret', (key) => {
    expect(isSecret(key, 'x')).toBe(true);
  });

  test.each([
    'postgres://me:pass@db/shop',
    '"redis://:p@cache"',
    'https://ghp_abc@example.com/x.git',
    "'host=db password=x'",
    'AccountName=a;AccountKey=b',
    'https://x/?sig=abc',
    'sk_live_abc',
    '"-----BEGIN RSA',
    'eyJhbGciOiJIUzI1NiJ9.x.y',
    'https://hooks.slack.com/services/T/B/x',
    'github_pat_11ABC_x',
    'sk-ant-api03-abcdefgh',
    '123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc',
    'slack://tokenA/tokenB/tokenC',
    'https://hc-ping.com/5bf66975',
  ])('takes the value %s for a secret, whatever its key', (value) => {
    expect(isSecret('X', value)).toBe(true);
    expect(isSecret('keyboard', value)).toBe(false);
  });

  test('takes nothing else for one', () => {
    const others = {
      LEVEL: 'info',
      URL: 'http://x/a?b=c',
      PORT: '5432',
      MAIL: 'me@example.com',
      BIND: '127.0.0.1:8080',
      PATTERN: 'a-z',
      IMAGE: 'app@sha256:0',
    };

    expect(Object.entries(others).filter(([key, value]) => isSecret(key, value))).toEqual([]);
  });
});

describe('isEnvFile', () => {
  test('is for files of that name, and those that the target names', () => {
    const isEnv = (path: string) => isEnvFile({ ...POLICY, environment: ['conf/*.vars'] }, path);

    expect(
      ['.env', '.env.local', 'app.env', 'conf/.env', 'conf/app.vars'].filter(
        (path) => !isEnv(path),
      ),
    ).toEqual([]);
    expect(['environment', '.envrc', 'x.env.txt', 'app.vars'].filter(isEnv)).toEqual([]);
  });
});

describe('isSecretFile', () => {
  test('is for files that are one secret, in any directory', () => {
    const policy = { ...POLICY, files: ['conf/app.ini'], notFiles: ['*.crt'] };
    const isSecret = (path: string) => isSecretFile(policy, path);

    expect(
      ['.streamlit/secrets.toml', 'tls/server.KEY', 'x/secrets/db/pass', 'conf/app.ini'].filter(
        (path) => !isSecret(path),
      ),
    ).toEqual([]);
    expect(['tls/server.crt', 'app.conf', '.env', 'secretshare.toml'].filter(isSecret)).toEqual([]);
  });
});
