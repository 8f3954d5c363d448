import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ensureSigningKey, publicKeyIn } from '../../../src/os/sign/signing-key.ts';
import { signerOf } from '../../../src/os/sign/ssh-signature.ts';

const namespace = 'test@durable-runbooks';
const content = 'what was done, and by whom\n';
const hasSsh = spawnSync('ssh-keygen', ['-?']).error === undefined;
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'signing-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('ensureSigningKey', () => {
  test('makes a key that only its owner reads, and keeps it', () => {
    expect(publicKeyIn(join(directory, 'keys'))).toBeUndefined();

    const { publicKey } = ensureSigningKey(join(directory, 'keys'));

    expect(publicKey).toMatch(/^ssh-ed25519 [A-Za-z0-9+/]+=*$/);
    expect(ensureSigningKey(join(directory, 'keys')).publicKey).toBe(publicKey);
    expect(publicKeyIn(join(directory, 'keys'))).toBe(publicKey);
    expect(statSync(join(directory, 'keys')).mode & 0o777).toBe(0o700);
    expect(statSync(join(directory, 'keys/signing-key.pem')).mode & 0o777).toBe(0o600);
  });

  test('takes no key that others may read, that is a link, or that is none', () => {
    const file = join(directory, 'signing-key.pem');
    ensureSigningKey(directory);

    chmodSync(file, 0o640);
    expect(() => ensureSigningKey(directory)).toThrow('others may read or write it: chmod 600 it');
    chmodSync(file, 0o600);
    expect(() => ensureSigningKey(directory)).not.toThrow();

    renameSync(file, join(directory, 'elsewhere'));
    symlinkSync('elsewhere', file);
    expect(() => ensureSigningKey(directory)).toThrow('Cannot use the signing key');

    rmSync(file);
    writeFileSync(file, 'nothing\n', { mode: 0o600 });
    expect(() => ensureSigningKey(directory)).toThrow('it holds no private key');
  });
});

describe('a signature', () => {
  test('tells its signer, and nothing of another content, purpose or half of it', () => {
    const key = ensureSigningKey(directory);
    const signature = key.sign({ namespace, content });

    expect(signerOf(signature, { namespace, content })).toBe(key.publicKey);
    expect(signerOf(signature, { namespace, content: `${content} ` })).toBeUndefined();
    expect(signerOf(signature, { namespace: 'else', content })).toBeUndefined();
    expect(signerOf(signature.slice(0, -60), { namespace, content })).toBeUndefined();
    expect(signerOf(signature.replace(/\n.{40}/, '\n'), { namespace, content })).toBeUndefined();
    expect(signerOf('', { namespace, content })).toBeUndefined();
    expect(signerOf('x'.repeat(1_000_000), { namespace, content })).toBeUndefined();
  });

  test.skipIf(!hasSsh)('is one that ssh-keygen verifies alone, and we verify what it signs', () => {
    const key = ensureSigningKey(directory);
    const signers = join(directory, 'signers');
    writeFileSync(signers, `runbook ${key.publicKey}\n`);
    writeFileSync(join(directory, 'sig'), key.sign({ namespace, content }));
    const verify = (input: string) =>
      spawnSync(
        'ssh-keygen',
        [
          '-Y',
          'verify',
          '-f',
          signers,
          '-I',
          'runbook',
          '-n',
          namespace,
          '-s',
          join(directory, 'sig'),
        ],
        { input },
      );

    expect(verify(content).status).toBe(0);
    expect(verify(content.toUpperCase()).status).not.toBe(0);

    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(directory, 'theirs')]);
    writeFileSync(join(directory, 'file'), content);
    execFileSync(
      'ssh-keygen',
      [
        '-q',
        '-Y',
        'sign',
        '-f',
        join(directory, 'theirs'),
        '-n',
        namespace,
        join(directory, 'file'),
      ],
      { stdio: 'ignore' },
    );
    const theirs = execFileSync('cat', [join(directory, 'theirs.pub')], { encoding: 'utf8' });
    const signature = execFileSync('cat', [join(directory, 'file.sig')], { encoding: 'utf8' });
    expect(theirs).toContain(signerOf(signature, { namespace, content })!);
  });
});
