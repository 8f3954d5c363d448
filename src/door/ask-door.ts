import { connect } from 'node:tls';
import { ORGANISATION } from './certificate.ts';
import { connectionTo, WAYS, WELCOME } from './connection-to.ts';
import type { DoorKey } from './known-door.ts';

/**
 * `welcome`: it lets us in. `refused`: it is a door, and does not. `other`: it is no door, or not the one of that key. `unknown`: it
 * did not say in time, or went away.
 */
export type Answer = 'welcome' | 'refused' | 'other' | 'unknown';

const LIMIT_MILLISECONDS = 2000;

/** Asks who listens on this machine's loopback whether it is a door, and whether it lets us in. */
export function askDoor(address: string, key?: DoorKey): Promise<Answer> {
  return new Promise((settle) => {
    let isDoor = false;
    let said = '';
    const socket = connect(connectionTo(address, key, WAYS.ask));
    const end = (answer: Answer) => {
      socket.destroy();
      settle(answer);
    };
    socket.setTimeout(LIMIT_MILLISECONDS, () => end('unknown'));
    socket.once('secureConnect', () => {
      isDoor = key !== undefined || socket.getPeerCertificate().subject?.O === ORGANISATION;
    });
    socket.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.startsWith(WELCOME)) end('welcome');
    });
    socket.once('error', ({ code = '' }: NodeJS.ErrnoException) => {
      if (isDoor) end('refused');
      else end(WENT_AWAY.has(code) ? 'unknown' : 'other');
    });
    socket.once('close', () => end(isDoor ? 'refused' : 'unknown'));
  });
}

/** All other errors are those of TLS: it does not speak it, or shows another certificate. */
const WENT_AWAY = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT']);
