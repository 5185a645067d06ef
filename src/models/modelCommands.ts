import type { CommandId } from '../ui/commandIds';
import type { Commands } from '../ui/commands';
import type { FocusReturn } from '../ui/dialogs';
import type { Models } from './models';

type ModelCommand = Extract<
  CommandId,
  | 'cria.selectModel'
  | 'cria.selectExplainModel'
  | 'cria.pullModel'
  | 'cria.pausePull'
  | 'cria.resumePull'
  | 'cria.forgetPull'
  | 'cria.useModel'
  | 'cria.loadModel'
  | 'cria.unloadModel'
  | 'cria.deleteModel'
  | 'cria.copyModelName'
  | 'cria.showModelDetails'
  | 'cria.editModelValues'
  | 'cria.setContextLength'
  | 'cria.refreshModels'
  | 'cria.startOllama'
  | 'cria.changeAddress'
  | 'cria.diagnoseConnection'
  | 'cria.setApiKey'
  | 'cria.copyReport'
  | 'cria.showMenu'
>;

/** The commands about models and the connection. */
export function modelCommands(models: Models, focus: FocusReturn): Commands<ModelCommand> {
  /** Also a button above the panel: once a model is chosen, the caret returns to the message. */
  const pick = (choose: () => Promise<boolean>, args: readonly unknown[]): Promise<void> =>
    focus.fromTitle(args, async () => {
      if (await choose()) focus.returnToMessage();
    });
  return {
    'cria.selectModel': (...args) => pick(() => models.pickModel(), args),
    'cria.selectExplainModel': (...args) => pick(() => models.pickModel('explain.model'), args),
    // A button in a view's title gets the selected entry, which is not what the user wants to pull.
    'cria.pullModel': async (model) => {
      await models.pull(typeof model === 'string' ? model : undefined);
    },
    'cria.resumePull': async (entry) => {
      await models.pull(entry);
    },
    'cria.pausePull': (model) => models.pausePull(model),
    'cria.forgetPull': (model) => models.forgetPull(model),
    'cria.useModel': async (model) => {
      await models.use(model);
    },
    'cria.loadModel': (model) => models.load(model),
    'cria.unloadModel': (model) => models.unload(model),
    'cria.deleteModel': (model) => models.remove(model),
    'cria.copyModelName': (model) => models.copyName(model),
    'cria.showModelDetails': (model) => models.showDetails(model),
    'cria.editModelValues': (model) => models.editValues(model),
    'cria.setContextLength': (model) => models.setContextLength(model),
    'cria.refreshModels': () => models.tree.refresh(),
    'cria.startOllama': async () => {
      await models.startServer();
    },
    'cria.changeAddress': async () => {
      await models.changeAddress();
    },
    'cria.diagnoseConnection': (what) => models.diagnose(what),
    'cria.setApiKey': async () => {
      await models.setApiKey();
    },
    'cria.copyReport': (path) => models.copyReport(path),
    'cria.showMenu': () => models.showMenu(),
  };
}
