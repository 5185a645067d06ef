import { readFileSync } from 'node:fs';
import { inRepo } from '../support/folders';

interface MenuEntry {
  /** An entry has either a command or a submenu. */
  readonly command?: string;
  readonly submenu?: string;
  readonly when?: string;
}

interface SettingDeclaration {
  readonly type: string | readonly string[];
  readonly default: unknown;
  readonly scope: string;
  readonly order: number;
  readonly markdownDescription: string;
  readonly ignoreSync?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** The parts of package.json that the code must agree with. */
export interface Manifest {
  readonly engines: { readonly vscode: string };
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] };
  };
  readonly contributes: {
    readonly commands: readonly {
      readonly command: string;
      readonly title: string;
      readonly category: string;
    }[];
    readonly menus: Readonly<Record<string, readonly MenuEntry[]>>;
    readonly submenus: readonly { readonly id: string; readonly label: string }[];
    readonly keybindings: readonly MenuEntry[];
    readonly configuration: {
      readonly properties: Readonly<Record<string, SettingDeclaration>>;
    };
    readonly configurationDefaults: Readonly<Record<string, unknown>>;
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
  };
}

export function readText(...path: readonly string[]): string {
  return readFileSync(inRepo(...path), 'utf8');
}

export const manifest = JSON.parse(readText('package.json')) as Manifest;
