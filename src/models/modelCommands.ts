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
  | 'cria.forgetPull'
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
    'cria.pullModel': async (model) => {
      await models.pull(model);
    },
    'cria.pausePull': (model) => models.pausePull(model),
    'cria.forgetPull': (model) => models.forgetPull(model),
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
    'cria.diagnoseConnection': () => models.diagnose(),
    'cria.setApiKey': async () => {
      await models.setApiKey();
    },
    'cria.copyReport': (path) => models.copyReport(path),
    'cria.showMenu': () => models.showMenu(),
  };
}
