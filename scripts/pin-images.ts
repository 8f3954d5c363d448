import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const REPOSITORY = resolve(import.meta.dirname, '..');
/** All that names an image of others. */
export const FILES = ['Dockerfile', 'docker-compose.yml'];
const IMAGE = /^(ARG \w+_IMAGE=|\s+image: )(\S+)$/gm;
const DIGEST = /@sha256:[0-9a-f]{64}$/;

/** Images that are named by a tag alone: whoever owns the tag decides what they are tomorrow. */
export function unpinned(text: string): string[] {
  const images = [...text.matchAll(IMAGE)].map(([, , image]) => image!);
  return [...new Set(images)].filter((image) => !DIGEST.test(image));
}

/** The same text, each image with the digest that `resolveDigest` tells of its tag today. The tag stays, for people. */
export function pin(text: string, resolveDigest: (image: string) => string): string {
  return text.replaceAll(IMAGE, (_, before: string, image: string) => {
    const tagged = image.replace(DIGEST, '');
    return `${before}${tagged}@${resolveDigest(tagged)}`;
  });
}

/** Pulls the image. Its digest is that of all platforms, where its registry has several. */
export function digestByDocker(image: string): string {
  const docker = (...args: string[]) => execFileSync('docker', args, { encoding: 'utf8' });
  docker('pull', '--quiet', image);
  const all: string[] = JSON.parse(
    docker('image', 'inspect', '--format', '{{json .RepoDigests}}', image),
  );
  const repository = image.replace(/:[^:/]+$/, '');
  const digest = all.find((one) => one.startsWith(`${repository}@`))?.split('@')[1];
  if (!digest) throw new Error(`Cannot find the digest of "${image}" in ${all.join(', ')}`);
  return digest;
}

/** `--check` tells which are not pinned, and fails then. */
function main(): void {
  const check = process.argv.includes('--check');
  const missing = FILES.flatMap((file) => {
    const path = join(REPOSITORY, file);
    const text = readFileSync(path, 'utf8');
    if (!check) writeFileSync(path, pin(text, digestByDocker));
    return check ? unpinned(text).map((image) => `"${image}" in ${file}`) : [];
  });
  if (missing.length === 0) return;
  process.stderr.write(
    `Error: A release names images by digest, and these have none: ${missing.join(', ')}\n` +
      'Try: npm run pin-images, where their registry can be reached, and commit what it writes\n',
  );
  process.exitCode = 1;
}

if (import.meta.main) main();
