import { inMilliseconds } from '../config/time/duration.ts';

/** A channel that failed is tried again after 15 s, then 30 s, 1 min, ... */
const FIRST_INTERVAL = inMilliseconds('15s');
const MAX_INTERVAL = inMilliseconds('10m');

/** Moments are ISO 8601 in UTC, and compared as text. */
/** Whatever form it has: they are compared as text. */
export function isoOf(time: string): string {
  return new Date(time).toISOString();
}

export function after(time: string, milliseconds: number): string {
  return new Date(Date.parse(time) + milliseconds).toISOString();
}

export function earlier(one: string, other: string): string {
  return one < other ? one : other;
}

export function later(one: string, other: string): string {
  return one > other ? one : other;
}

/** Milliseconds until the next try, after so many that failed. */
export function retryInterval(tries: number): number {
  return Math.min(FIRST_INTERVAL * 2 ** (tries - 1), MAX_INTERVAL);
}
