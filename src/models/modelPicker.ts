import * as vscode from 'vscode';
import type {
  ConnectionProbe,
  InstalledModel,
  LoadedModel,
  ModelList,
  ModelServer,
} from '../conversation/ports';
import { sameModel } from '../ollama/modelName';
import type { FocusReturn } from '../ui/dialogs';
import { asLabel } from '../shared/hiddenCharacters';
import { joined } from '../ui/formatNumbers';
import { describeNotListed, serverPlace } from '../ui/serverNames';
import type { ModelInfo } from './modelDetails';
import { itemButtons, type ModelItem, modelItems, withGroupTitles } from './modelItems';

const { t } = vscode.l10n;

/** More than this many models are not each asked about: the list tells what is needed most. */
const mostAsked = 60;
const askedAtOnce = 4;

export interface PickDependencies {
  readonly connection: ConnectionProbe;
  readonly info: ModelInfo;
  readonly server: ModelServer;
  readonly lastUsed: (model: string) => number | undefined;
  readonly nowMs: () => number;
  readonly focusReturn: FocusReturn;
}

export interface PickRequest {
  readonly title: string;
  readonly placeholder: string;
  readonly current: string;
  readonly models: ModelList;
  /** Above the models, such as "the same as in the chat". */
  readonly first?: vscode.QuickPickItem;
}

/** What was picked: a model, one of the buttons of its row, or one of the other rows. */
export type Picked =
  | { readonly kind: 'model'; readonly model: InstalledModel }
  | { readonly kind: 'first' | 'pull' }
  | { readonly kind: keyof typeof itemButtons; readonly model: InstalledModel };

type Row = vscode.QuickPickItem | ModelItem;

/** Shows all models, also those that cannot be chosen, and tells what was picked; undefined: nothing. */
export class ModelPicker {
  readonly #deps: PickDependencies;
  readonly #request: PickRequest;
  readonly #pick = vscode.window.createQuickPick<Row>();
  readonly #pull: vscode.QuickPickItem = {
    label: `$(cloud-download) ${t('Pull Model…')}`,
    description: t('recommended for this machine'),
    alwaysShow: true,
  };
  #loaded: readonly LoadedModel[] = [];
  #isOpen = true;
  /** The row that was proposed; the list stays on another one that the user has moved to. */
  #proposed: string | undefined;

  constructor(deps: PickDependencies, request: PickRequest) {
    this.#deps = deps;
    this.#request = request;
  }

  async show(): Promise<Picked | undefined> {
    const pick = this.#pick;
    const { connection } = this.#deps;
    const place = serverPlace(connection.state, connection.origin);
    pick.title = asLabel(joined([this.#request.title, place]));
    pick.placeholder = describeNotListed(this.#request.models) ?? this.#request.placeholder;
    pick.matchOnDescription = true;
    pick.matchOnDetail = true;
    pick.keepScrollPosition = true;
    this.#draw();
    const picked = new Promise<Picked | undefined>((resolve) => {
      pick.onDidAccept(() => this.#accept(resolve));
      pick.onDidTriggerItemButton(({ item, button }) => {
        const kind = findButtonKind(button);
        if (kind && 'model' in item) resolve({ kind, model: item.model });
      });
      pick.onDidHide(() => resolve(undefined));
    });
    void this.#deps.focusReturn.whileOpen(picked);
    pick.show();
    try {
      await Promise.race([this.#learn(), picked]);
      return await picked;
    } finally {
      this.#isOpen = false;
      pick.dispose();
    }
  }

  #accept(resolve: (picked: Picked) => void): void {
    const [row] = this.#pick.selectedItems;
    if (row === undefined) return;
    if (row === this.#pull) resolve({ kind: 'pull' });
    else if (row === this.#request.first) resolve({ kind: 'first' });
    else if ('model' in row && row.reason === undefined)
      resolve({ kind: 'model', model: row.model });
    // VS Code cannot grey a row out: the list stays, and says why not.
    else if ('model' in row) this.#pick.title = asLabel(row.reason ?? '');
  }

  /** What is loaded, and of each model what it takes: it is drawn as it comes. */
  async #learn(): Promise<void> {
    const { info } = this.#deps;
    this.#pick.busy = true;
    this.#loaded = await info.loaded();
    this.#draw();
    const rest = this.#request.models.filter(({ cloud }) => !cloud).slice(0, mostAsked);
    while (rest.length > 0 && this.#isOpen) {
      await Promise.all(rest.splice(0, askedAtOnce).map((model) => info.learn(model)));
      this.#draw();
    }
    if (this.#isOpen) this.#pick.busy = false;
  }

  #draw(): void {
    if (!this.#isOpen) return;
    const pick = this.#pick;
    const { info, server, lastUsed, nowMs } = this.#deps;
    const { models, current, first } = this.#request;
    const rows = modelItems(models, {
      info,
      loaded: this.#loaded,
      lastUsed,
      current,
      admin: server.admin,
      nowMs: nowMs(),
    });
    const active = getName(pick.activeItems[0]);
    const isMoved = this.#proposed !== undefined && active !== this.#proposed;
    const line = { label: '', kind: vscode.QuickPickItemKind.Separator };
    const pull = server.admin.pull ? [line, this.#pull] : [];
    pick.items = [...(first ? [first] : []), ...withGroupTitles(rows), ...pull];
    const wanted = isMoved ? active : current;
    const now =
      rows.find(({ model }) => wanted !== undefined && sameModel(model.name, wanted)) ??
      (isMoved || first ? undefined : rows[0]);
    if (!now) return;
    pick.activeItems = [now];
    if (!isMoved) this.#proposed = now.model.name;
  }
}

function getName(row: Row | undefined): string | undefined {
  return row && 'model' in row ? row.model.name : undefined;
}

/** VS Code hands back a copy of the button. */
function findButtonKind({
  tooltip,
}: vscode.QuickInputButton): keyof typeof itemButtons | undefined {
  const kinds = Object.keys(itemButtons) as (keyof typeof itemButtons)[];
  return kinds.find((kind) => itemButtons[kind]().tooltip === tooltip);
}

export type ModelSetting = 'model' | 'explain.model';

/** Shows the models to choose from for a setting, or for one answer where no setting is named. */
export function pickFor(
  setting: ModelSetting | undefined,
  current: string,
  models: ModelList,
  deps: PickDependencies,
): Promise<Picked | undefined> {
  const isExplain = setting === 'explain.model';
  const sameLabel = `$(comment-discussion) ${t('Same as Chat')}`;
  const request = {
    ...{ models, current },
    title: isExplain ? t('Select Model for Explanations') : t('Select Model'),
    placeholder: isExplain ? t('Small models answer faster') : t('Model for this window'),
    ...(isExplain ? { first: { label: sameLabel } } : {}),
  };
  return new ModelPicker(deps, request).show();
}

/** Writes where the value in force was written, so that the change is seen. */
export async function saveModel(name: string, key: ModelSetting): Promise<void> {
  const config = vscode.workspace.getConfiguration('cria');
  const inspected = config.inspect(key);
  const target =
    inspected?.workspaceValue === undefined
      ? vscode.ConfigurationTarget.Global
      : vscode.ConfigurationTarget.Workspace;
  await config.update(key, name, target);
}
