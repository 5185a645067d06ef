/** Every command of the manifest; a contract test compares the two. */
export const commandIds = [
  'cria.openChat',
  'cria.newConversation',
  'cria.showHistory',
  'cria.renameConversation',
  'cria.deleteConversation',
  'cria.exportConversation',
  'cria.importConversations',
  'cria.stop',
  'cria.regenerate',
  'cria.continueAnswer',
  'cria.askWithModel',
  'cria.deleteMessage',
  'cria.selectModel',
  'cria.explainSelection',
  'cria.followUpExplanation',
  'cria.stopExplanation',
  'cria.retryExplanation',
  'cria.dismissExplanation',
  'cria.fixExplanation',
  'cria.showLog',
] as const;
export type CommandId = (typeof commandIds)[number];
