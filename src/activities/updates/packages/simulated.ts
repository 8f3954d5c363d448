/** What becomes of one package of the host. Versions as Debian writes them. */
export interface PackageChange {
  readonly name: string;
  readonly architecture: string;
  /** Missing: it is not installed yet. */
  readonly from?: string;
  /** Of the installed one, where that is another: `all` becomes `amd64`. */
  readonly fromArchitecture?: string;
  readonly to: string;
}

export interface Simulated {
  readonly changes: readonly (PackageChange & { readonly isSecurity: boolean })[];
  /** Names of packages that would be removed. */
  readonly removed: readonly string[];
}

/** `Inst name[:arch] [old] (new Label:version/suite, ... [arch])`; what follows in brackets is broken meanwhile. */
const INST =
  /^Inst (?<name>[a-z0-9][a-z0-9+.-]*)(?::\w+)? (?:\[(?<from>[^\]\s]+)\] )?\((?<to>\S+) (?<origins>.*?) ?\[(?<architecture>[\w-]+)\]\)/;
const REMOVED = /^(?:Remv|Purg) (?<name>[a-z0-9][a-z0-9+.-]*)/;

/** Of Debian's archive, and of Ubuntu's. A point release is no security archive, though `unattended-upgrades` takes it for one. */
const SECURITY = /(?:^|[ ,])(?:Debian-Security:|[\w-]+:[\w./]+\/[\w-]+-security(?:[ ,]|$))/;

/** What `apt-get --simulate` printed. A line that cannot be read is an error of its own: nothing is guessed. */
export function readSimulation(text: string): Simulated | { readonly unreadable: string } {
  const lines = text.split('\n');
  const changes: Simulated['changes'][number][] = [];
  for (const line of lines.filter((one) => one.startsWith('Inst '))) {
    const found = INST.exec(line)?.groups;
    if (!found) return { unreadable: line };
    changes.push({
      name: found['name']!,
      architecture: found['architecture']!,
      ...(found['from'] !== undefined && { from: found['from'] }),
      to: found['to']!,
      isSecurity: SECURITY.test(found['origins']!),
    });
  }
  const removed = lines.flatMap((line) => REMOVED.exec(line)?.groups?.['name'] ?? []);
  return { changes, removed };
}

/** What keeps the application, or every service, running: an update of it stops them, so that it is approved by itself. */
const CORE =
  /^(?:docker(?:\.io|-ce.*|-engine)?|docker-(?:buildx|compose).*|moby-.*|containerd(?:\.io)?|runc|podman|systemd(?:-.*)?|libsystemd.*|libpam-systemd|udev|libudev.*|dbus(?:-.*)?|libdbus.*)$/;

export function isCore(name: string): boolean {
  return CORE.test(name);
}

/** The version from before, as if it were to come. */
export function oldOf({
  name,
  architecture,
  from = '',
  fromArchitecture,
}: PackageChange): PackageChange {
  return { name, architecture: fromArchitecture ?? architecture, to: from };
}

/** For people: `openssl 3.0.15-1 -> 3.0.17-1`. */
export function changeText({ name, from, to }: PackageChange): string {
  return `${name} ${from ?? '(new)'} -> ${to}`;
}

/** The same list is the same text, in whichever order a simulation names it. */
export function inOrder<Change extends PackageChange>(changes: readonly Change[]): Change[] {
  const key = ({ name, architecture }: PackageChange) => `${name}:${architecture}`;
  return changes.toSorted((one, other) => (key(one) < key(other) ? -1 : 1));
}
