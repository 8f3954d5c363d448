/**
 * Sha256 of the archives that Temporal publishes of the CLI, by version, platform and processor as Node names them: what
 * `checksums.txt` of https://github.com/temporalio/cli/releases says. A new pin in go.mod needs new rows, or nothing is downloaded.
 */
export const ARCHIVES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'v1.9.1': {
    'darwin-arm64': '41e0425378fcb4fb5766340b97435e20fe47bbff2d7bf644ec2d51f7662b7c56',
    'darwin-x64': '48cdd6c84c56e27ae8e4d9a47052b89289a9c552dee029b49dd312c6fb72873f',
    'linux-arm64': '6c57c352d52fc3df34412376fd9ba6f74b7e3ace8e426e6cba8600156d36a145',
    'linux-x64': '09a0326a51db84d02735e53542b9ebd8c4758daf47482a9ab0abce15844e60d5',
  },
};

export interface TemporalArchive {
  readonly url: string;
  readonly sha256: string;
}

/** The archive for this machine. Throws when we know no hash of it: nobody could say what it is. */
export function temporalArchive(
  version: string,
  { platform, arch }: Pick<NodeJS.Process, 'platform' | 'arch'> = process,
): TemporalArchive {
  const sha256 = ARCHIVES[version]?.[`${platform}-${arch}`];
  if (!sha256)
    throw new Error(`no hash of Temporal CLI ${version} for ${platform}-${arch} is known`);
  const name = `temporal_cli_${version.slice(1)}_${platform}_${arch === 'x64' ? 'amd64' : arch}`;
  return {
    url: `https://github.com/temporalio/cli/releases/download/${version}/${name}.tar.gz`,
    sha256,
  };
}
