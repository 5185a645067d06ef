import * as vscode from 'vscode';
import * as v from 'valibot';
import type { Logger } from '../conversation/ports';
import type { CodeColors } from '../shared/tokenScopes';
import { type Disposable, DisposableStore } from '../ui/disposables';
import {
  createCodeColors,
  readCustomRules,
  readThemeRules,
  themeLimits,
  type ThemeRule,
} from './themeRules';

const manifestSchema = v.object({
  contributes: v.object({
    themes: v.array(v.looseObject({ id: v.optional(v.string()), path: v.string() })),
  }),
});

/** VS Code's own theme of each kind, for the token colors of themes that cannot be read; the newest name first. */
const ownThemes: Readonly<Record<vscode.ColorThemeKind, readonly string[]>> = {
  [vscode.ColorThemeKind.Light]: ['Light Modern', 'Default Light Modern'],
  [vscode.ColorThemeKind.Dark]: ['Dark Modern', 'Default Dark Modern'],
  [vscode.ColorThemeKind.HighContrast]: ['Default High Contrast'],
  [vscode.ColorThemeKind.HighContrastLight]: ['Default High Contrast Light'],
};

const customizations = 'editor.tokenColorCustomizations';

interface ThemePlace {
  readonly extension: vscode.Uri;
  readonly path: string;
}

/** Finds out which colors the editor gives to code, from the file of the theme. VS Code has no API for them. */
export class EditorTheme implements Disposable {
  readonly #logger: Logger;
  readonly #owned = new DisposableStore();
  readonly #changed = this.#owned.add(new vscode.EventEmitter<void>());
  /** The rules of the theme that was read last. */
  #known: { readonly id: string; readonly rules: readonly ThemeRule[] } | undefined;

  constructor(logger: Logger) {
    this.#logger = logger;
    this.#owned.add(
      vscode.extensions.onDidChange(() => {
        this.#known = undefined;
        this.#changed.fire();
      }),
    );
    this.#owned.add(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(customizations)) this.#changed.fire();
      }),
    );
  }

  /** The user has changed the colors of a theme, or installed one. */
  onChanged(listener: () => void): Disposable {
    return this.#changed.event(listener);
  }

  /** @param id of the theme, as the page sees it: untrusted. Undefined if no theme can be read. */
  async readColors(id: string): Promise<CodeColors | undefined> {
    const rules = await this.#readRules(id);
    if (!rules) return undefined;
    const setting = vscode.workspace.getConfiguration().get<unknown>(customizations);
    return createCodeColors([...rules, ...readCustomRules(setting, id)]);
  }

  dispose(): void {
    this.#owned.dispose();
  }

  async #readRules(id: string): Promise<readonly ThemeRule[] | undefined> {
    if (this.#known?.id === id) return this.#known.rules;
    for (const name of [id, ...ownThemes[vscode.window.activeColorTheme.kind]]) {
      const place = findTheme(name);
      const rules = place && (await this.#readPlace(place));
      if (!rules) continue;
      this.#known = { id, rules };
      return rules;
    }
    return undefined;
  }

  async #readPlace({ extension, path }: ThemePlace): Promise<readonly ThemeRule[] | undefined> {
    try {
      return await readThemeRules(path, (file) => readText(vscode.Uri.joinPath(extension, file)));
    } catch (error) {
      this.#logger.warn(`The theme ${path} cannot be read: ${String(error)}`);
      return undefined;
    }
  }
}

/** Where the theme is whose id this is: VS Code takes the label for the id of a theme that has none. */
function findTheme(name: string): ThemePlace | undefined {
  for (const { extensionUri, packageJSON } of vscode.extensions.all) {
    const manifest = v.safeParse(manifestSchema, packageJSON);
    if (!manifest.success) continue;
    const theme = manifest.output.contributes.themes.find((each) => getThemeId(each) === name);
    if (theme) return { extension: extensionUri, path: theme.path };
  }
  return undefined;
}

function getThemeId(theme: { readonly id?: string | undefined }): unknown {
  return theme.id ?? Reflect.get(theme, 'label');
}

async function readText(file: vscode.Uri): Promise<string | undefined> {
  const { size } = await vscode.workspace.fs.stat(file);
  // In bytes, of which a character has up to four.
  if (size > themeLimits.fileLength * 4) return undefined;
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
}
