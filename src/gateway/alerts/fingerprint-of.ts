import { createHash } from 'node:crypto';
import type { Alert } from './alert.ts';

const MAX_LETTERS = 60;

/**
 * The same for every notification of one fault: `high-error-rate-1a2b3c4d`. How bad it is does not count: a warning that turns
 * critical is one incident.
 */
export function fingerprintOf({ labels, identity }: Pick<Alert, 'labels' | 'identity'>): string {
  const identifying = Object.entries(labels)
    .filter(([name]) => name !== 'severity')
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  const hash = createHash('sha256').update(identity ?? JSON.stringify(identifying));
  return `${slugOf(identity ?? labels['alertname'] ?? '')}-${hash.digest('hex').slice(0, 8)}`;
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
