import { existsSync } from 'node:fs';
import path from 'node:path';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { cacheFolder } from './cache';
import { repoRoot } from './paths';

interface DesktopRun {
  /** An executable of VS Code, or a version to download, such as `1.100.0` or `stable`. */
  wanted: string;
  /** The bundle whose `run()` is called inside the extension host. */
  entry: string;
  workspaceFolder: string;
  userDataFolder: string;
  env: Record<string, string>;
}

/** Runs the integration tests in desktop VS Code; resolves with its exit code. Needs a display. */
export async function runInDesktop(run: DesktopRun): Promise<number> {
  const vscodeExecutablePath = existsSync(run.wanted)
    ? run.wanted
    : await downloadAndUnzipVSCode({
        version: run.wanted,
        cachePath: path.join(cacheFolder(), 'vscode-desktop'),
      });
  return runTests({
    vscodeExecutablePath,
    extensionDevelopmentPath: repoRoot(),
    extensionTestsPath: run.entry,
    extensionTestsEnv: { ...run.env, CRIA_ROOT: repoRoot() },
    launchArgs: [
      run.workspaceFolder,
      '--disable-extensions',
      '--disable-workspace-trust',
      `--user-data-dir=${run.userDataFolder}`,
    ],
  });
}
