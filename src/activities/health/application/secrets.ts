import type { Figure } from '../../../figures/figure.ts';
import { secretAge } from '../../secrets/secret-age.ts';
import { measured, type Sampling } from '../sampling.ts';

/** `secrets.age <name>`: how long ago we have replaced it, or since when we know of it. */
export async function secrets(
  sampling: Pick<Sampling, 'target' | 'at'>,
): Promise<readonly Figure[]> {
  const { target, at } = sampling;
  return target.secrets.map((secret) => {
    const { age, replaced, old } = secretAge(target, secret, Date.parse(at));
    const days = Math.floor(age / 86_400_000);
    const note = replaced
      ? `Replaced ${days} d ago`
      : `Never replaced in the ${days} d that it is known`;
    const source = `${target.state}/secrets`;
    const reading = { value: age / 1000, unit: 'seconds', source, note } as const;
    const verdict = old ? 'warning' : 'ok';
    const limit = `warning above ${secret.maximumAge}`;
    return measured(sampling, `secrets.age ${secret.name}`, reading, { verdict, limit });
  });
}
