import * as vscode from 'vscode';
import type {
  ConnectionProbe,
  ConnectionState,
  InstalledModel,
  ModelList,
  ModelServer,
  RequestProfile,
  ServedModels,
} from '../conversation/ports';
import { isCloudName, parseModelArgument, sameModel } from '../ollama/modelName';
import type { CloudConsent } from '../server/cloudConsent';
import type { Credentials, SplitAddress } from '../server/credentials';
import { runDiagnosis } from '../server/diagnosis';
import type { LastUsed } from '../server/modelMemory';
import { changeAddress, setApiKey } from '../server/serverSettings';
import { startOllama } from '../server/startOllama';
import type { SettingsReader } from '../settings/settingsReader';
import type { Clock } from '../shared/clock';
import { Emitter } from '../shared/emitter';
import { asLabel } from '../shared/hiddenCharacters';
import type { FixAction } from '../shared/protocol';
import { type FocusReturn, showStatus, showWarning } from '../ui/dialogs';
import type { ErrorLog } from '../ui/errorLog';
import { DisposableStore } from '../ui/disposables';
import type { Requester } from '../ui/recoveryActions';
import { Downloads } from './downloads';
import { InstalledModels } from './installedModels';
import {
  type ActionDependencies,
  changeContextLength,
  deleteModel,
  explainDecidedByServer,
  editOverrides,
  loadModel,
  unloadModel,
} from './modelActions';
import { formatDetails, ModelInfo } from './modelDetails';
import { Reports } from './reportPage';
import { findObstacle, findOnlyChoice } from './modelItems';
import { type ModelSetting, type Picked, pickFor, saveModel } from './modelPicker';
import { showMenu } from './modelMenu';
import { ModelsTree, type ShownTree } from './modelsTree';
import { confirmSource, type PullDependencies, pullModel } from './pullModel';

const { t } = vscode.l10n;

export interface ModelsDependencies {
  readonly server: ModelServer;
  readonly servedModels: ServedModels;
  readonly connection: ConnectionProbe;
  readonly settings: SettingsReader;
  readonly getProfile: (model: string) => RequestProfile;
  readonly consent: CloudConsent;
  readonly credentials: Credentials;
  readonly lastUsed: LastUsed;
  readonly focusReturn: FocusReturn;
  readonly clock: Clock;
  readonly logger: ErrorLog;
  readonly memento: vscode.Memento;
  readonly logFolder: string;
  /** Where Cria itself runs. */
  readonly extensionKind: vscode.ExtensionKind;
  readonly addressProblem: (address: string) => string | undefined;
  readonly splitAddress: (address: string) => SplitAddress | undefined;
  /** Asks a server at another address, once. */
  readonly probe: (
    address: string,
  ) => Promise<{ readonly origin: string; readonly state: ConnectionState }>;
  readonly reconnect: () => void;
  readonly tree: ShownTree;
  readonly extensionUri: vscode.Uri;
}

/** What the user does with models and the connection: pick, pull, unload, delete, diagnose. */
export class Models implements vscode.Disposable {
  readonly #deps: ModelsDependencies;
  readonly #owned = new DisposableStore();
  readonly #recoveryWanted = new Emitter<FixAction>();
  readonly #info: ModelInfo;
  readonly #models: InstalledModels;
  readonly #downloads: Downloads;
  readonly #reports: Reports;
  readonly tree: ModelsTree;

  constructor(deps: ModelsDependencies) {
    this.#deps = deps;
    const { connection, memento, server, getProfile, logger, clock } = deps;
    this.#info = new ModelInfo({ server, connection, getProfile, logger });
    this.#models = new InstalledModels({
      connection,
      focusReturn: deps.focusReturn,
      recover: (action) => this.#recoveryWanted.emit(action),
    });
    this.#reports = this.#owned.add(new Reports(deps.extensionUri));
    const origin = (): string => connection.origin;
    this.#downloads = this.#owned.add(new Downloads({ server, memento, origin, clock }));
    const [info, downloads] = [this.#info, this.#downloads];
    this.tree = this.#owned.add(
      new ModelsTree({ connection, info, downloads, server, clock }, deps.tree),
    );
    this.#owned.addCall(connection.onChanged(() => void this.#takeOnly()));
  }

  /** The user chose a recovery action in a notification of this feature. */
  onRecoveryWanted(listener: (action: FixAction) => void): () => void {
    return this.#recoveryWanted.on(listener);
  }

  /** Lets the user select the model for chat or explanations. Returns whether a model was saved. */
  async pickModel(setting: ModelSetting = 'model'): Promise<boolean> {
    const name = await this.#choose(setting);
    if (name === undefined) return false;
    await saveModel(name, setting);
    return true;
  }

  /** Lets the user select another model for the setting that is used: of the chat or of explanations. */
  pickModelFor(explains = false): Promise<boolean> {
    return this.pickModel(this.#settingFor(explains));
  }

  /** Lets the person choose a model for one answer; undefined when none was chosen. */
  chooseModel(): Promise<string | undefined> {
    return this.#choose(undefined);
  }

  /** Downloads a model; true when it is there. The first one becomes the one that answers. */
  async pull(argument?: unknown): Promise<boolean> {
    const named = parseModelArgument(argument);
    if (named !== undefined && !(await confirmSource(named))) return false;
    const state = await this.#models.ask();
    if (!state) return false;
    const { origin } = this.#deps.connection;
    if (!this.#deps.server.admin.pull) return explainDecidedByServer(this.#deps.server);
    const before = new Set(state.map(({ name }) => name));
    const isPulled = await pullModel(this.#pullParts(), named);
    if (!isPulled) return false;
    const added = this.#models.known.find(({ name }) => !before.has(name));
    if (added) await this.#takeFirst(added, origin);
    showStatus(t('{0} is ready.', added?.name ?? t('The model')));
    return true;
  }

  /** Downloads the model that is set, and is missing. */
  pullMissing(explains = false): Promise<boolean> {
    const model = this.#deps.settings.current[this.#settingFor(explains)];
    const isMissing =
      model !== '' && !this.#models.known.some(({ name }) => sameModel(name, model));
    return this.pull(isMissing ? model : undefined);
  }

  /** Asks whether a model may run elsewhere than on the server; true when it may now. */
  allowCloud({ model, explains }: Pick<Requester, 'model' | 'explains'>): Promise<boolean> {
    const { server, settings, consent, connection } = this.#deps;
    const name = model ?? settings.current[this.#settingFor(explains)];
    if (!server.takesLoadOptions) return consent.ask(name, connection.origin, 'isPublicServer');
    const isCloud =
      isCloudName(name) || this.#models.known.some((one) => one.cloud && sameModel(one.name, name));
    return consent.ask(name, connection.origin, isCloud ? 'runsElsewhere' : 'isUnknown');
  }

  pausePull(argument: unknown): void {
    const model = parseModelArgument(argument);
    if (model !== undefined) this.#downloads.pause(model);
  }

  forgetPull(argument: unknown): void {
    const model = parseModelArgument(argument);
    if (model !== undefined) this.#downloads.forget(model);
  }

  /** Makes a model the one that chats; true once it is. */
  async use(argument: unknown): Promise<boolean> {
    const model = await this.#models.one(argument, t('Use for Chat'));
    if (!model) return false;
    await this.#info.learn(model);
    const obstacle = findObstacle(model, this.#info.capabilities(model));
    if (obstacle !== undefined) {
      await showWarning(obstacle);
      return false;
    }
    if (model.cloud && !(await this.#deps.consent.ask(model.name, this.#deps.connection.origin)))
      return false;
    await saveModel(model.name, 'model');
    return true;
  }

  /** Loads a model into memory, so that the first answer does not wait for it. */
  async load(argument: unknown): Promise<void> {
    const loaded = new Set((await this.#info.loaded()).map(({ name }) => name));
    const model = await this.#models.one(
      argument,
      t('Load Model'),
      ({ name, cloud }) => !cloud && !loaded.has(name),
    );
    if (model) await loadModel(this.#actions(), model.name);
    await this.tree.refresh();
  }

  async unload(argument: unknown): Promise<void> {
    const loaded = new Set((await this.#info.loaded()).map(({ name }) => name));
    const isLoaded = ({ name, status }: InstalledModel): boolean =>
      loaded.has(name) || status === 'loaded';
    const model = await this.#models.one(argument, t('Unload Model'), isLoaded);
    if (model) await unloadModel(this.#actions(), model.name);
    await this.tree.refresh();
  }

  async remove(argument: unknown): Promise<void> {
    const model = await this.#models.one(argument, t('Delete Model'));
    if (model) await deleteModel(this.#actions(), model);
  }

  async copyName(argument: unknown): Promise<void> {
    const model = await this.#models.one(argument, t('Copy Model Name'));
    if (model) await vscode.env.clipboard.writeText(model.name);
  }

  async showDetails(argument: unknown): Promise<void> {
    const model = await this.#models.one(argument, t('Show Model Details'));
    if (!model) return;
    const card = (await this.#info.learn(model)) ?? {};
    const loaded = (await this.#info.loaded()).find(({ name }) => name === model.name);
    const capabilities = this.#info.capabilities(model);
    const estimate = this.#info.estimate(model);
    const text = formatDetails({ model, card, loaded, estimate, capabilities });
    const args = [model.name];
    this.#reports.show(asLabel(model.name), text, [
      {
        line: 0,
        title: t('Set Context Length…'),
        command: 'cria.setContextLength',
        arguments: args,
      },
      { line: 0, title: t('Settings…'), command: 'cria.editModelValues', arguments: args },
    ]);
  }

  async editValues(argument: unknown): Promise<void> {
    const model = await this.#models.one(argument, t('Edit Model Settings'));
    if (model) await editOverrides(this.#actions(), model);
  }

  async setContextLength(argument: unknown): Promise<void> {
    const wanted = parseModelArgument(argument) ?? this.#deps.settings.current.model;
    const model = await this.#models.one(
      wanted === '' ? undefined : wanted,
      t('Set Context Length'),
    );
    if (model) await changeContextLength(this.#actions(), model);
  }

  startServer(): Promise<boolean> {
    const { connection, clock, logger, logFolder, settings } = this.#deps;
    const isUsual = settings.current.endpoint === '';
    return startOllama({ connection, clock, logger, logFolder, isUsual, env: process.env });
  }

  async changeAddress(): Promise<boolean> {
    const { settings, addressProblem, splitAddress, credentials } = this.#deps;
    const { logger, focusReturn, probe } = this.#deps;
    return changeAddress({
      current: () => settings.current.endpoint,
      addressProblem,
      splitAddress,
      credentials,
      logger,
      focusReturn,
      probe,
      model: () => settings.current.model,
      pickModel: () => this.pickModel(),
    });
  }

  setApiKey(): Promise<boolean> {
    const { credentials, focusReturn, reconnect, connection } = this.#deps;
    return setApiKey({ credentials, focusReturn, reconnect, origin: () => connection.origin });
  }

  /** @param argument of the command: whether the model is asked, too */
  diagnose(argument?: unknown): Promise<void> {
    const { server, servedModels, connection, settings, credentials, extensionKind } = this.#deps;
    const showReport = this.#reports.show.bind(this.#reports);
    const target = { server, servedModels, connection, settings, credentials };
    return runDiagnosis({ ...target, extensionKind, showReport }, argument);
  }

  copyReport(path: unknown): Promise<void> {
    return this.#reports.copy(path);
  }

  async showMenu(): Promise<void> {
    const { server, connection, settings, clock } = this.#deps;
    const loaded = await this.#info.loaded();
    await showMenu({ server, connection, settings, clock, loaded });
  }

  dispose(): void {
    this.#owned.dispose();
  }

  /** The first model becomes the one that answers, if it can; one that runs elsewhere after asking. */
  async #takeFirst(model: InstalledModel, origin: string): Promise<void> {
    if (this.#deps.settings.current.model !== '' || !canChat(model, this.#info)) return;
    if (model.cloud && !(await this.#deps.consent.ask(model.name, origin))) return;
    await saveModel(model.name, 'model');
  }

  /** Where one model alone can chat and none is set, there is nothing to ask. */
  async #takeOnly(): Promise<void> {
    const isUnset = (): boolean => this.#deps.settings.current.model === '';
    if (!isUnset()) return;
    const only = await findOnlyChoice(this.#models.known, this.#info);
    if (!only || !isUnset()) return;
    await saveModel(only.name, 'model');
    showStatus(t('{0} selected.', only.name));
  }

  /** The setting that names the model which chats or explains. */
  #settingFor(explains = false): ModelSetting {
    return explains && this.#deps.settings.current['explain.model'] !== ''
      ? 'explain.model'
      : 'model';
  }

  async #choose(setting: ModelSetting | undefined): Promise<string | undefined> {
    const models = await this.#models.ask();
    if (!models) return undefined;
    const { origin } = this.#deps.connection;
    if (models.length === 0) return (await this.pull()) ? this.#choose(setting) : undefined;
    const picked = await this.#show(models, setting);
    return picked && this.#picked(picked, setting, origin);
  }

  #show(models: ModelList, setting: ModelSetting | undefined): Promise<Picked | undefined> {
    const { connection, settings, lastUsed, clock, focusReturn } = this.#deps;
    return pickFor(setting, settings.current[setting ?? 'model'], models, {
      connection,
      focusReturn,
      info: this.#info,
      server: this.#deps.server,
      lastUsed: (name) => lastUsed.of(name),
      nowMs: () => clock.wallMs(),
    });
  }

  async #picked(
    picked: Picked,
    setting: ModelSetting | undefined,
    origin: string,
  ): Promise<string | undefined> {
    switch (picked.kind) {
      case 'first':
        return '';
      case 'pull':
        await this.pull();
        break;
      case 'model': {
        const { name, cloud } = picked.model;
        if (!cloud || (await this.#deps.consent.ask(name, origin))) return name;
        this.#deps.focusReturn.returnToMessage();
        return undefined;
      }
      case 'details':
        this.#deps.focusReturn.release();
        await this.showDetails(picked.model.name);
        return undefined;
      case 'overrides':
        await this.editValues(picked.model.name);
        break;
      case 'unload':
        await this.unload(picked.model.name);
        break;
      case 'remove':
        await this.remove(picked.model.name);
        break;
    }
    return this.#choose(setting);
  }

  #actions(): ActionDependencies {
    const { server, connection, settings, getProfile, focusReturn } = this.#deps;
    return { server, connection, info: this.#info, settings, getProfile, focusReturn };
  }

  #pullParts(): PullDependencies {
    const { connection, focusReturn } = this.#deps;
    return {
      downloads: this.#downloads,
      connection,
      focusReturn,
      machine: () => this.#info.machine(),
    };
  }
}

function canChat(model: InstalledModel, info: ModelInfo): boolean {
  return findObstacle(model, info.capabilities(model)) === undefined;
}
