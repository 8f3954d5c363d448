import { InvalidArgumentError } from 'commander';

/** Reads a flag that counts something. */
export function positive(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw new InvalidArgumentError('Expected a whole number of 1 or more');
  return number;
}
