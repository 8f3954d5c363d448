import { countText } from '../../../config/text/count-text.ts';
import { permanent } from '../../../os/failure.ts';
import { factsOf, type ObjectFacts } from '../bucket/object.ts';
import type { Bucket } from '../bucket/open-bucket.ts';

/**
 * Demands that an object is what was sent, by the bucket's own word: it computed the checksum when the bytes came, and nothing is
 * downloaded. Error: `OffsiteDiffers`.
 */
export async function expectSame(
  bucket: Bucket,
  key: string,
  expected: ObjectFacts,
): Promise<ObjectFacts> {
  const found = await factsOf(bucket, key);
  const difference = differenceOf(found, expected);
  if (found && difference === undefined) return found;
  throw permanent(
    'OffsiteDiffers',
    `"s3://${bucket.name}/${key}" is not what is here: ${difference}. Nothing there is overwritten`,
  );
}

/** As text. Undefined: they are the same. */
function differenceOf(found: ObjectFacts | undefined, expected: ObjectFacts): string | undefined {
  if (!found) return 'it is not there';
  if (found.bytes !== expected.bytes)
    return `it has ${countText(found.bytes, 'byte')}, expected ${expected.bytes}`;
  if (found.checksum === undefined) return 'the bucket keeps no sha256 of it';
  if (found.checksum !== expected.checksum)
    return `its sha256 is "${found.checksum}", expected "${expected.checksum}"`;
  return undefined;
}
