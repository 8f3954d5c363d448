import { setTimeout as sleep } from 'node:timers/promises';
import { askDoor } from '../../door/ask-door.ts';
import { knownDoor, loopbackPort } from '../../door/known-door.ts';
import { loginOfUid, userAtPort } from '../../door/user-at-port.ts';
import { UnreachableError } from './unreachable-error.ts';

/** A server that lets us in has answered by then. */
const PATIENCE_MILLISECONDS = 300;

/**
 * Fails when whoever listens on this machine is a closed server that does not let us in, or is not the one we have a certificate for:
 * gRPC would go on trying, and not say why. Never settles otherwise.
 */
export async function refusalAt(address: string, options: { tls?: unknown }): Promise<never> {
  await sleep(PATIENCE_MILLISECONDS, undefined, { ref: false });
  const port = loopbackPort(address);
  const key = knownDoor(address)?.key;
  // Whoever sets TEMPORAL_TLS_* means another server.
  const isOurs = key !== undefined || !options.tls;
  const answer = port === undefined || !isOurs ? undefined : await askDoor(address, key);
  if (answer === 'refused') throw closed(address, Number(port));
  if (answer === 'other' && key)
    throw new UnreachableError(
      `Who listens at ${address} is not the server that "runbook dev" had there: it cannot show the certificate of that one`,
      'end that process and start "runbook dev" again; or, if you mean that other server, set TEMPORAL_TLS=false',
    );
  return new Promise(() => {});
}

function closed(address: string, port: number): UnreachableError {
  const owner = userAtPort(port);
  const username = loginOfUid(process.getuid?.() ?? -1);
  if (owner === username)
    return new UnreachableError(
      `The Temporal server at ${address} is closed, and what opens it is not there yet, or not where this command looks for it`,
      'the same again in a moment; if it stays so, with the HOME and XDG_DATA_HOME that "runbook dev" has',
    );
  const whose = owner === undefined ? 'to somebody else' : `to user "${owner}"`;
  return new UnreachableError(
    `The Temporal server at ${address} belongs ${whose}, and is closed to user "${username}"`,
    owner === 'root'
      ? `ask whoever is root here for: runbook access grant ${username}`
      : `ask user "${owner ?? 'who started it'}" to do it, or do it as that user: sudo -u ${owner ?? '<user>'} runbook ...`,
  );
}
