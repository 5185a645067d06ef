import assert from 'node:assert/strict';
import { languages } from '../support/texts';
import { answer, tokensOf } from '../support/ollamaServer/scripts';
import { settingsFor, useWindow } from './support/fixture';
import { showsAll } from './support/workbench';

/** What Cria says in each language: in the manifest, the host and the page. */
const said = {
  de: {
    openChat: 'Cria: Chat öffnen',
    message: 'Nachricht',
    copy: 'Antwort kopieren',
    explain: 'Cria: Auswahl erklären',
    chooseModel: 'Cria: Modell auswählen',
    pull: 'Modell herunterladen…',
    again: 'Erklärung neu generieren',
    address: 'Cria: Serveradresse ändern',
    wrong: '„ftp://x“ ist keine gültige Serveradresse: nur http und https werden unterstützt.',
  },
  'zh-cn': {
    openChat: 'Cria: 打开聊天',
    message: '消息',
    copy: '复制回答',
    explain: 'Cria: 解释所选内容',
    chooseModel: 'Cria: 选择模型',
    pull: '拉取模型…',
    again: '重新生成解释',
    address: 'Cria: 更改服务器地址',
    wrong: '“ftp://x”不是有效的服务器地址: 仅支持 http 和 https。',
  },
} as const;

for (const displayLanguage of showsAll ? languages : languages.slice(0, 1)) {
  describe(`Cria in a VS Code that speaks ${displayLanguage}`, () => {
    const shared = useWindow((server) => ({ settings: settingsFor(server), displayLanguage }));
    const words = said[displayLanguage];

    it('has the panel in that language', async () => {
      const { window, server } = shared;
      const { content } = window.chat;
      await window.workbench.runCommand(words.openChat);
      const box = content.getByRole('textbox', { name: words.message, exact: true });
      await box.waitFor();
      await window.workbench.setSideBarWidth(300);
      await window.screenshot(`e2e/language-${displayLanguage}-empty`);
      server.onChat(answer(tokensOf('A chunk is not a line.')));
      await box.fill('What is a chunk?');
      await box.press('Enter');
      await window.chat.waitForState('done');
      await content.getByRole('button', { name: words.copy, exact: true }).waitFor();
      await window.screenshot(`e2e/language-${displayLanguage}-answered`);
    });

    it('has its commands and lists in it', async () => {
      const { workbench } = shared.window;
      await workbench.runCommand(words.chooseModel);
      await workbench.pickRow(words.pull).waitFor();
      await shared.window.screenshot(`e2e/language-${displayLanguage}-models`);
      await workbench.page.keyboard.press('Escape');
    });

    it('says in it what is made where there is no VS Code', async () => {
      const { workbench } = shared.window;
      await workbench.runCommand(words.address);
      await workbench.typeInPick('ftp://x');
      await workbench.page.locator('.quick-input-message').getByText(words.wrong).waitFor();
      await workbench.page.keyboard.press('Escape');
    });

    it('explains in it, but asks the model in English', async () => {
      const { window, server } = shared;
      await window.workbench.openFile('debounce.ts');
      await window.workbench.selectLines(5, 8);
      server.onGenerate(answer(tokensOf('It waits.')));
      await window.workbench.runCommand(words.explain);
      await window.thread.action(words.again).waitFor();
      await window.screenshot(`e2e/language-${displayLanguage}-explained`);
      const asked = server.requestsTo('/api/generate').at(-1);
      assert.match(JSON.stringify(asked?.body), /Explain this code from/u);
    });
  });
}
