import { userName } from '../config/user-name.ts';
import { type Certificate, isFit } from './certificate.ts';
import { type DoorFiles, makeDoorDirectory } from './door-files.ts';
import { readPrivate, writePrivate } from './private-file.ts';

export interface OwnCertificates {
  readonly authority: Certificate;
  readonly server: Certificate;
  /** Of the user who opens the door. */
  readonly client: Certificate;
}

/** Those of a door, made where there are none, and made anew where their time is nearly over or a file is spoilt. */
export async function ownCertificates(files: DoorFiles): Promise<OwnCertificates> {
  makeDoorDirectory(files);
  const authority = await kept(files.authority, undefined, async () =>
    (await maker()).makeAuthority(),
  );
  return {
    authority,
    server: await kept(files.server, authority, async () =>
      (await maker()).makeServerCertificate(authority),
    ),
    client: await kept(files.client, authority, async () =>
      (await maker()).makeClientCertificate(authority, userName()),
    ),
  };
}

/** Undefined: there is none, or it is spoilt. */
export function readCertificate(file: string): Certificate | undefined {
  const { certificate, key } = (readPrivate(file) ?? {}) as Partial<Certificate>;
  if (typeof certificate !== 'string' || typeof key !== 'string') return undefined;
  return { certificate, key };
}

/** What makes them is loaded only where one has to be made. */
function maker() {
  return import('./make-certificate.ts');
}

async function kept(
  file: string,
  /** Missing: it is an authority itself. */
  authority: Certificate | undefined,
  make: () => Promise<Certificate>,
): Promise<Certificate> {
  const known = readCertificate(file);
  if (known && isFit(known, authority ?? known)) return known;
  const made = await make();
  writePrivate(file, made);
  return made;
}
