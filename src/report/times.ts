/** `2026-01-05 02:00:00 UTC`. */
export function timeText(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

/** `02:00:00`, with its day before it when that is not the day of `since`. */
export function clockText(iso: string, since: string): string {
  const time = iso.slice(11, 19);
  return iso.slice(0, 10) === since.slice(0, 10) ? time : `${iso.slice(0, 10)} ${time}`;
}

/** Such as `0.42 s`, `12.3 s`, `4 min 05 s`, `2 h 05 min`. */
export function durationText(milliseconds: number): string {
  const seconds = Math.max(milliseconds, 0) / 1000;
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${twoDigits(whole % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} min`;
}

function twoDigits(count: number): string {
  return String(count).padStart(2, '0');
}
