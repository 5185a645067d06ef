import type * as vscode from 'vscode';

/** What VS Code knows of a setting: the values of each place. */
export type Inspected = ReturnType<vscode.WorkspaceConfiguration['inspect']>;

/** The person's own value, or the manifest's; a remote machine's, which a devcontainer.json can write, is not theirs. */
export function ownValue(inspected: Inspected): unknown {
  const own = remoteValue(inspected) === undefined ? inspected?.globalValue : localValue(inspected);
  return own ?? inspected?.defaultValue;
}

/** What files say that come with a folder: its settings, its workspace's, its devcontainer's. */
export function valuesOfFolder(inspected: Inspected): readonly unknown[] {
  const values = [
    inspected?.workspaceFolderValue,
    inspected?.workspaceValue,
    remoteValue(inspected),
  ];
  return values.filter((value) => value !== undefined);
}

/** VS Code has told these two apart for long, though its types do not say so. */
function remoteValue(inspected: Inspected): unknown {
  return inspected && 'globalRemoteValue' in inspected ? inspected.globalRemoteValue : undefined;
}

function localValue(inspected: Inspected): unknown {
  return inspected && 'globalLocalValue' in inspected ? inspected.globalLocalValue : undefined;
}
