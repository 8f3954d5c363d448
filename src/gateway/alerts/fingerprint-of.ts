import { createHash } from 'node:crypto';
import type { Alert } from './alert.ts';

const MAX_LETTERS = 60;

/**
 * The same for every notification of one fault by one sender: `high-error-rate-` and 32 hexadecimal digits, 128 bits. How bad it is does
 * not count: a warning that turns critical is one incident. Who sent it does: nobody reaches the incidents of another sender.
 */
export function fingerprintOf(alert: Identified, source: string): string {
  return named(alert, hashOf(JSON.stringify([source, identityOf(alert)])).slice(0, 32));
}

/** What it was called up to version 0.1, when anybody could make another alert of the same name: an incident of then goes on. */
export function formerFingerprintOf(alert: Identified): string {
  return named(alert, hashOf(identityOf(alert)).slice(0, 8));
}

/** Of the incident that several alerts of one sender are, by what they have in common. */
export function groupFingerprintOf(
  name: string,
  common: readonly unknown[],
  source: string,
): string {
  const hash = hashOf(JSON.stringify(['group', source, ...common])).slice(0, 32);
  return `${slugOf(name)}-${hash}`;
}

type Identified = Pick<Alert, 'labels' | 'identity'>;

function named({ labels, identity }: Identified, hash: string): string {
  return `${slugOf(identity ?? labels['alertname'] ?? '')}-${hash}`;
}

function identityOf({ labels, identity }: Identified): string {
  const identifying = Object.entries(labels)
    .filter(([name]) => name !== 'severity')
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return identity ?? JSON.stringify(identifying);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function slugOf(text: string): string {
  const slug = text
    .slice(0, 4 * MAX_LETTERS)
    .replaceAll(/([a-z\d])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z\d]+/g, '-')
    .replace(/^-/, '')
    .slice(0, MAX_LETTERS)
    .replace(/-$/, '');
  return slug || 'alert';
}
