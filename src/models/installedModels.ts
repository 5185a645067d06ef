import * as vscode from 'vscode';
import { asIconLabel } from '../shared/hiddenCharacters';
import type { ConnectionProbe, InstalledModel, ModelList } from '../conversation/ports';
import { parseModelArgument, sameModel } from '../ollama/modelName';
import type { FixAction } from '../shared/protocol';
import { type FocusReturn, showError, showInformation, showWarning } from '../ui/dialogs';
import { failureNotice } from '../ui/failureMessages';

const { t } = vscode.l10n;

export interface ServerModelsDependencies {
  readonly connection: ConnectionProbe;
  /** Runs the recovery action that the user chose in a notification. */
  readonly recover: (action: FixAction) => void;
  readonly focusReturn: FocusReturn;
}

/** The models that the server has, and which of them a command is about. */
export class InstalledModels {
  readonly #deps: ServerModelsDependencies;

  constructor(deps: ServerModelsDependencies) {
    this.#deps = deps;
  }

  /** What was known when the server was last asked. */
  get known(): readonly InstalledModel[] {
    const { state } = this.#deps.connection;
    return state.kind === 'connected' ? state.models : [];
  }

  /** Asks for them; undefined after saying why there are none to be had. */
  async ask(): Promise<ModelList | undefined> {
    const { connection, recover } = this.#deps;
    const state = await vscode.window.withProgress({ location: { viewId: 'cria.chat' } }, () =>
      connection.check(),
    );
    if (state.kind === 'connected') return state.models;
    if (state.kind !== 'failed') return undefined;
    this.#deps.focusReturn.release();
    const { sentence, buttons } = failureNotice(state.failure, '', connection.origin);
    const labels = buttons.map(({ label }) => label);
    const chosen = await showError(sentence, ...labels);
    const action = buttons.find(({ label }) => label === chosen)?.action;
    if (action === 'retry') return this.ask();
    if (action) recover(action);
    return undefined;
  }

  /** The model that a command was called for, else one that the person chooses. */
  async one(
    argument: unknown,
    title: string,
    filter: (model: InstalledModel) => boolean = () => true,
  ): Promise<InstalledModel | undefined> {
    const models = await this.ask();
    if (!models) return undefined;
    const wanted = findListedName(argument, models) ?? parseModelArgument(argument);
    if (wanted === undefined) {
      return this.#deps.focusReturn.whileOpen(choose(models.filter(filter), title));
    }
    const named =
      models.find(({ name }) => name === wanted) ??
      models.find(({ name }) => sameModel(name, wanted));
    if (!named) {
      await showWarning(t('Model {0} is not installed.', wanted));
    }
    return named;
  }
}

/** The name of a listed model, also one that other servers give and Ollama does not take, such as a path. */
function findListedName(argument: unknown, models: readonly InstalledModel[]): string | undefined {
  const isEntry = typeof argument === 'object' && argument !== null && 'model' in argument;
  const wanted = isEntry ? argument.model : argument;
  return models.find(({ name }) => name === wanted)?.name;
}

async function choose(
  models: readonly InstalledModel[],
  title: string,
): Promise<InstalledModel | undefined> {
  if (models.length === 0) {
    await showInformation(t('{0}: no model available.', title));
    return undefined;
  }
  const rows = models.map((model) => ({ label: asIconLabel(model.name), model }));
  return (await vscode.window.showQuickPick(rows, { title }))?.model;
}
