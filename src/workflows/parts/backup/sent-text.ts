import type { Sending } from '../../../activities/offsite/send/send.ts';
import { countText } from '../../../config/text/count-text.ts';

/** What of the backups went off-site, for the ledger. */
export function sentText(sending: Sending | undefined): string {
  if (!sending) return 'Not done';
  const { backups, bytes, place } = sending;
  if (backups.length === 0) return `All were there before: ${place}`;
  return `${backups.join(', ')}: ${countText(bytes, 'byte')} sent, ${place}`;
}
