import type { Stamp } from '../../config/time/stamp.ts';
import { passing, permanent } from '../../os/failure.ts';
import { noteRenewal } from '../../state/renewal.ts';
import { newValue, type OpenSecret, openSecret, type Secretive } from './find-secret.ts';
import { destroy, expectKept, keep, type Kept, readKept } from './vault/vault.ts';
import { noteRotation, readRotations } from './vault/rotations.ts';

export interface Changed {
  readonly changed: boolean;
}

/** Makes a new value, and keeps both until the end. Nobody but this target's state directory knows it yet. */
export async function generate(target: Secretive, stamp: Stamp, name: string): Promise<Changed> {
  if (readKept(target, stamp)) return { changed: false };
  const { provider } = openSecret(target, name);
  keep(target, stamp, { name, old: await provider.read(), new: newValue(), phase: 'made' });
  return { changed: true };
}

/** Has who takes both take the new one, too. */
export async function admit(target: Secretive, stamp: Stamp): Promise<Changed> {
  const { kept, holder } = opened(target, stamp);
  if (holder.takes !== 'both') return { changed: false };
  return { changed: await holder.accept(kept.new, kept.old) };
}

/** Writes the new one where the application finds it; where one only is taken, it is that from now on. */
export async function write(target: Secretive, stamp: Stamp): Promise<Changed> {
  const { kept, holder, provider } = opened(target, stamp);
  const admitted = holder.takes === 'one' && (await holder.accept(kept.new, kept.old));
  return {
    changed: (await replace(target, { provider, from: kept.old, to: kept.new })) || admitted,
  };
}

/** Demands a login by the new one. Error: `SecretUnproven`. */
export async function expectAccepted(target: Secretive, stamp: Stamp): Promise<{ note: string }> {
  const { kept, holder } = opened(target, stamp);
  if ((await holder.login(kept.new)) === 'accepted')
    return { note: `${holder.place} takes the new one` };
  throw permanent('SecretUnproven', `${holder.place} refuses the new one`);
}

/** The new one is proven: from here there is no way but forward for who finds this. Has the old one refused. */
export async function dismiss(target: Secretive, stamp: Stamp): Promise<Changed> {
  const { kept, holder } = opened(target, stamp);
  if (kept.phase === 'made') keep(target, stamp, { ...kept, phase: 'proven' });
  return { changed: (await holder.dismiss(kept.old, kept.new)) || kept.phase === 'made' };
}

/** Demands that a login by the old one fails. Error: `SecretUnproven`. */
export async function expectRefused(target: Secretive, stamp: Stamp): Promise<{ note: string }> {
  const { kept, holder } = opened(target, stamp);
  if ((await holder.login(kept.old)) === 'refused')
    return { note: `${holder.place} refuses the old one` };
  throw permanent('SecretUnproven', `${holder.place} still takes the old one`);
}

/** Notes its age, and destroys what was kept of both. */
export async function finish(
  target: Secretive,
  stamp: Stamp,
  { name, at }: { readonly name: string; readonly at: string },
): Promise<Changed> {
  const noted = readRotations(target)[name] === at;
  if (!noted) noteRotation(target, name, at);
  return { changed: destroy(target, stamp) || !noted };
}

/** What a run has left of a secret: `both` where its new one is not proven, `proven` where only the old one is to be ended. */
export async function differ(
  target: Secretive,
  stamp: Stamp,
): Promise<{ readonly left: 'nothing' | 'both' | 'proven' }> {
  const kept = readKept(target, stamp);
  return { left: kept === undefined ? 'nothing' : kept.phase === 'proven' ? 'proven' : 'both' };
}

/** Puts the old one back, with who takes it and where the application finds it. Nothing where nothing is kept. */
export async function putBack(target: Secretive, stamp: Stamp): Promise<Changed> {
  if (!readKept(target, stamp)) return { changed: false };
  const { kept, holder, provider } = opened(target, stamp);
  if (kept.phase === 'proven') keep(target, stamp, { ...kept, phase: 'made' });
  const taken = await takeAgain();
  return { changed: (await replace(target, { provider, from: kept.new, to: kept.old })) || taken };

  async function takeAgain(): Promise<boolean> {
    if (holder.takes === 'read' || (await holder.login(kept.old)) === 'accepted') return false;
    return holder.accept(kept.old, kept.new);
  }
}

/**
 * Has the new one refused, when the old one is taken, and destroys what was kept of both. One that was proven `stays`, and only the rest of
 * its way is gone.
 */
export async function forget(
  target: Secretive,
  stamp: Stamp,
): Promise<Changed & { readonly stays?: true }> {
  if (!readKept(target, stamp)) return { changed: false };
  const { kept, holder, provider } = opened(target, stamp);
  if (kept.phase === 'proven') return { ...(await complete(target, stamp)), stays: true };
  const stands = await provider.read();
  if (stands !== kept.old)
    throw permanent(
      'FileChanged',
      `${provider.place} is neither the old secret nor was it put back: what run ${stamp} keeps of both stays`,
    );
  if (holder.takes === 'both' && (await holder.login(kept.new)) === 'accepted')
    await holder.dismiss(kept.new, kept.old);
  destroy(target, stamp);
  return { changed: true };
}

/** Ends what a run that was terminated had proven: the old one is over. */
export async function complete(target: Secretive, stamp: Stamp): Promise<Changed> {
  const kept = readKept(target, stamp);
  if (kept?.phase !== 'proven') return { changed: false };
  await dismiss(target, stamp);
  return finish(target, stamp, { name: kept.name, at: new Date().toISOString() });
}

function opened(target: Secretive, stamp: Stamp): OpenSecret & { readonly kept: Kept } {
  const kept = expectKept(target, stamp);
  return { kept, ...openSecret(target, kept.name) };
}

/** Where somebody has written a third value meanwhile, theirs stays. Error: `FileChanged`. */
async function replace(
  target: Secretive,
  { provider, from, to }: Pick<OpenSecret, 'provider'> & { from: string; to: string },
): Promise<boolean> {
  provider.tidy();
  const stands = await provider.read();
  if (stands === to) return false;
  if (stands !== from)
    throw permanent('FileChanged', `Somebody else has changed ${provider.place}: theirs stays`);
  // A file that is mounted by itself stays the old one for a container that is only started again.
  if (target.runtime.kind === 'compose') noteRenewal(target);
  await provider.write(to);
  if ((await provider.read()) === to) return true;
  throw passing('FileChanged', `${provider.place} does not hold what was written into it`);
}
