import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemTree, whyNoSystemd } from '../../../support/systemd/system-tree.ts';

/** Why no Debian can be made here. Undefined: it can. */
export const whyNoDebian = whyNoSystemd;

export interface PackageOptions {
  /** Its maintainer's script after the installation, for sh. Default: nothing. */
  readonly postinst?: string;
  /** Likewise, before it is unpacked. */
  readonly preinst?: string;
  /** Default: all. */
  readonly architecture?: string;
  /** More of its control file. */
  readonly fields?: string;
  /** What its configuration file holds. Default: its version. */
  readonly configuration?: string;
}

export type DebianHost = Awaited<ReturnType<typeof makeDebianHost>>;

/**
 * A Debian of its own, which apt and dpkg change for real, with one archive of ours, of Debian's security label. What is written lies over a tree that
 * was made once for all tests.
 */
export async function makeDebianHost() {
  const tree = await systemTree();
  const directory = mkdtempSync(join(tmpdir(), 'debian-'));
  const [root, upper, work] = ['root', 'upper', 'work'].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  // In memory: dpkg syncs each file.
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', directory]);
  for (const one of [root, upper, work]) mkdirSync(one, { mode: 0o755 });
  const options = `lowerdir=${tree},upperdir=${upper},workdir=${work}`;
  execFileSync('mount', ['-t', 'overlay', 'overlay', '-o', options, root]);
  const archive = join(root, 'srv/archive');
  mkdirSync(archive, { recursive: true });
  const sources = join(root, 'etc/apt/sources.list');
  writeFileSync(sources, 'deb [trusted=yes] file:/srv/archive ./\n');
  const inside = (...command: string[]): string =>
    execFileSync('chroot', [root, ...command], {
      encoding: 'utf8',
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  return {
    root,
    sources,
    inside,

    /** Makes a package, and puts it into the archive, from where it replaces an older one of that name. */
    publish(name: string, version: string, how: PackageOptions = {}): void {
      build(name, version, how);
      writeIndex();
    },

    /** Installs one that no archive has any more. `cached`: apt has what it had fetched yet. */
    install(name: string, version: string, { cached }: { readonly cached: boolean }): void {
      const file = build(name, version, {});
      inside('dpkg', '--install', `/srv/archive/${file}`);
      const kept = join(root, 'var/cache/apt/archives', file);
      if (cached) copyFileSync(join(archive, file), kept);
      rmSync(join(archive, file));
    },

    /** Leaves one unpacked, as a package manager that was killed does. */
    interrupt(name: string, version: string): void {
      const file = build(name, version, {});
      inside('dpkg', '--unpack', `/srv/archive/${file}`);
      rmSync(join(archive, file));
    },

    /** Installed packages and their versions. */
    versions(): Record<string, string> {
      const text = inside('dpkg-query', '-W', '-f=${Package} ${Version}\n');
      return Object.fromEntries(
        text
          .trim()
          .split('\n')
          .map((line) => line.split(' ') as [string, string]),
      );
    },

    audit: () => spawnSync('chroot', [root, 'dpkg', '--audit'], { encoding: 'utf8' }).stdout.trim(),

    /** What apt did, a text each. */
    history: () =>
      readFileSync(join(root, 'var/log/apt/history.log'), 'utf8')
        .split('\n\n')
        .map((part) => part.trim())
        .filter(Boolean),

    remove(): void {
      execFileSync('umount', [root]);
      execFileSync('umount', [directory]);
      rmSync(directory, { recursive: true });
    },
  };

  function build(
    name: string,
    version: string,
    {
      preinst = '',
      postinst = '',
      configuration = `of ${version}\n`,
      architecture = 'all',
      fields,
    }: PackageOptions,
  ): string {
    const parts = mkdtempSync(join(tmpdir(), 'package-'));
    mkdirSync(join(parts, 'DEBIAN'), { mode: 0o755 });
    mkdirSync(join(parts, 'etc', name), { recursive: true });
    const control = `Package: ${name}\nVersion: ${version}\nArchitecture: ${architecture}\nMaintainer: Test <test@example.org>\n${fields === undefined ? '' : `${fields}\n`}Description: of a test\n`;
    writeFileSync(join(parts, 'DEBIAN/control'), control);
    writeFileSync(join(parts, 'DEBIAN/conffiles'), `/etc/${name}/${name}.conf\n`);
    for (const [script, text] of Object.entries({ preinst, postinst }))
      writeFileSync(join(parts, 'DEBIAN', script), `#!/bin/sh\nset -e\n${text}\n`, {
        mode: 0o755,
      });
    writeFileSync(join(parts, 'etc', name, `${name}.conf`), configuration);
    const file = `${name}_${version.replace(/^\d+:/, '')}_${architecture}.deb`;
    execFileSync('dpkg-deb', ['--root-owner-group', '-b', parts, join(archive, file)], {
      stdio: 'ignore',
    });
    rmSync(parts, { recursive: true });
    return file;
  }

  /** As apt-ftparchive writes it. */
  function writeIndex(): void {
    const packages = readdirSync(archive)
      .filter((name) => name.endsWith('.deb'))
      .map((name) => {
        const file = join(archive, name);
        const bytes = readFileSync(file);
        const fields = execFileSync('dpkg-deb', ['-f', file], { encoding: 'utf8' });
        return `${fields}Filename: ./${name}\nSize: ${bytes.length}\nSHA256: ${sha256(bytes)}\n`;
      })
      .join('\n');
    writeFileSync(join(archive, 'Packages'), packages);
    const release = [
      'Origin: Debian',
      'Label: Debian-Security',
      'Suite: stable-security',
      'Version: 12',
      'Codename: bookworm-security',
      'Architectures: amd64 arm64 all',
      `Date: ${new Date().toUTCString()}`,
      'SHA256:',
      ` ${sha256(Buffer.from(packages))} ${Buffer.byteLength(packages)} Packages`,
    ];
    writeFileSync(join(archive, 'Release'), `${release.join('\n')}\n`);
  }
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
