import type { Sending } from '../../../activities/offsite/send/send.ts';
import { sizeText } from '../../../config/text/size-text.ts';

/** What of the backups went off-site, for the ledger. */
export function sentText({ backups, bytes, place, by, gone }: Sending): string {
  if (by !== undefined) return `"${by}" sends, and takes along what has come since`;
  const left = gone.length > 0 ? `. No longer here: ${gone.join(', ')}` : '';
  if (backups.length === 0) return `All were there before: ${place}${left}`;
  return `${backups.join(', ')}: ${sizeText(bytes)} sent, ${place}${left}`;
}
