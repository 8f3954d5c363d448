import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const REPOSITORY = resolve(import.meta.dirname, '..');

interface Bill {
  readonly metadata: { readonly component: { name: string } };
  components: { readonly name: string; readonly version: string; readonly 'bom-ref': string }[];
  dependencies: { readonly ref: string; dependsOn: string[] }[];
}

/**
 * What a release is made of, as CycloneDX: every package that it needs, with version, licence and hash, as package-lock.json has it.
 * What `npm ci` installs is that, or nothing.
 */
export function sbom(): Bill {
  const bill = fullBill();
  const { name, packages } = readLock();
  // npm takes the name of the directory.
  bill.metadata.component.name = name;

  // `--omit=dev` of npm 11 leaves out what both we and a tool of ours need, such as zod.
  const shipped = new Set(
    Object.entries(packages)
      .filter(([, { dev }]) => !dev)
      .map(([path, { version }]) => `${path.split('node_modules/').at(-1) || name}@${version}`),
  );
  bill.components = bill.components.filter((one) => shipped.has(one['bom-ref']));
  bill.dependencies = bill.dependencies
    .filter(({ ref }) => shipped.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => shipped.has(one)) }));
  return bill;
}

function fullBill(): Bill {
  const format = ['--package-lock-only', '--sbom-format=cyclonedx', '--sbom-type=application'];
  const options = { cwd: REPOSITORY, encoding: 'utf8', maxBuffer: 2 ** 26 } as const;
  return JSON.parse(execFileSync('npm', ['sbom', ...format], options));
}

function readLock(): {
  name: string;
  packages: Record<string, { version: string; dev?: boolean }>;
} {
  return JSON.parse(readFileSync(join(REPOSITORY, 'package-lock.json'), 'utf8'));
}

if (import.meta.main) {
  mkdirSync(join(REPOSITORY, 'dist'), { recursive: true });
  writeFileSync(
    join(REPOSITORY, 'dist/sbom.cdx.json'),
    `${JSON.stringify(sbom(), undefined, 2)}\n`,
  );
}
