import { errors, type FrameLocator, type Locator, type Page } from 'playwright-core';
import { eventually } from '../../support/clock';
import { escapeRegExp } from '../../../src/shared/text';

/** The colour themes that stand for VS Code's four kinds, and the class each puts on the workbench. */
export const themes = {
  dark: { id: 'Dark Modern', label: 'Dark Modern', className: 'vs-dark' },
  solarized: { id: 'Solarized Light', label: 'Solarized Light', className: 'vs' },
  light: { id: 'Light Modern', label: 'Light Modern', className: 'vs' },
  highContrastDark: {
    id: 'Default High Contrast',
    label: 'Dark High Contrast',
    className: 'hc-black',
  },
  highContrastLight: {
    id: 'Default High Contrast Light',
    label: 'Light High Contrast',
    className: 'hc-light',
  },
} as const;

export type ThemeKind = keyof typeof themes;

/** All that can differ is drawn and spoken with `CRIA_LOOKS=all`; else what is farthest apart. */
export const showsAll = process.env['CRIA_LOOKS'] === 'all';

/** The kinds of theme in which pictures are taken, besides the dark one of most tests. */
export const picturedThemes: readonly ThemeKind[] = showsAll
  ? ['dark', 'light', 'highContrastDark', 'highContrastLight']
  : ['highContrastLight'];

/** VS Code's window, driven as a person does: by keys, clicks and the command palette. */
export class Workbench {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Waits until the window is drawn and its extensions are known. */
  async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench').waitFor();
    await this.page.locator('.activitybar [aria-label^="Cria"]').first().waitFor();
  }

  /** Runs a command by its full title, such as `Cria: Open Chat`. */
  async runCommand(title: string): Promise<void> {
    await this.#findCommand(title);
    await this.#clickRow(title);
  }

  /** As {@link runCommand}, without the mouse. */
  async runCommandByKeys(title: string): Promise<void> {
    await this.#findCommand(title);
    const focused = this.#row(title).and(this.page.locator('.focused'));
    while (!(await focused.isVisible())) await this.page.keyboard.press('ArrowDown');
    await this.page.keyboard.press('Enter');
  }

  async #findCommand(title: string): Promise<void> {
    // The palette does not learn of extensions that are found after it was opened.
    await this.#find('F1', `>${title}`, this.#row(title));
  }

  /**
   * Types into the list that a key opens until it shows the row. A view's page that has just been shown takes the
   * focus from the list, which then closes: it is opened again.
   */
  async #find(key: string, text: string, row: Locator): Promise<void> {
    for (let attempt = 1; attempt <= 10; attempt++) {
      await this.#openQuickInput(key);
      if ((await this.#fills(text)) && (await this.#appears(row))) return;
      await this.page.keyboard.press('Escape');
      await this.#quickInput().waitFor({ state: 'hidden' });
    }
    await row.waitFor();
  }

  /** Opens a file of the workspace by its name, in an editor that stays. */
  async openFile(name: string): Promise<void> {
    // The list is filled more than once: what is clicked may be another row by then.
    await this.#find('Control+P', name, this.#row(name).and(this.page.locator('.focused')));
    await this.page.keyboard.press('Enter');
    await this.tab(name).waitFor();
    await this.editor(name).waitFor();
  }

  /** The text of the open editor of that file. */
  editor(name: string): Locator {
    return this.page.locator(`.editor-instance .monaco-editor[data-uri$="/${name}"]`).first();
  }

  tab(file: string): Locator {
    return this.page.locator(`.tab[data-resource-name="${file}"]`);
  }

  /** The tab that shows what an answer would make of that file. */
  changeOf(file: string): Locator {
    return this.page.locator('.tab').filter({ hasText: `${file} (Suggested Change)` });
  }

  /** Selects whole lines, both ends included, counted from 1. */
  async selectLines(first: number, last: number): Promise<void> {
    await this.#openQuickInput('Control+G');
    await this.#quickInput().fill(`:${first}`);
    await this.page.keyboard.press('Enter');
    await this.#quickInput().waitFor({ state: 'hidden' });
    await this.page.keyboard.press('Home');
    for (let line = first; line < last; line++) await this.page.keyboard.press('Shift+ArrowDown');
    await this.page.keyboard.press('Shift+End');
  }

  /** Waits until something has not moved for 20 frames: VS Code moves it some frames after a layout. */
  async settled(locator: Locator): Promise<void> {
    // What was replaced meanwhile is looked up again.
    while (!(await locator.evaluate(standsStill)));
  }

  /** Replaces the text in an open pick list. */
  async typeInPick(text: string): Promise<void> {
    await this.#quickInput().waitFor();
    await this.#quickInput().fill(text);
  }

  /** Waits until the list or box of that title is there: the one before it stays until then. */
  async asks(title: string): Promise<void> {
    await this.page.locator('.quick-input-title:visible').getByText(title).waitFor();
  }

  /** The labels of an open pick list's rows, from the top. */
  async pickLabels(): Promise<string[]> {
    const labels = this.page.locator('.quick-input-list-row:first-child .label-name');
    return labels.allInnerTexts();
  }

  /** A row of an open pick list, by its label. */
  pickRow(label: string): Locator {
    return this.#row(label);
  }

  /** Presses a button of a row, which is shown only under the mouse. */
  async pressRowButton(label: string, name: string): Promise<void> {
    const button = this.#row(label).getByRole('button', { name, exact: true });
    // The list is filled more than once: the row may move away from the mouse.
    await eventually(async () => {
      await this.#row(label).hover();
      await button.click({ timeout: 1_000 });
    });
  }

  /** Types into an open input box, and accepts. */
  async enter(text: string): Promise<void> {
    await this.typeInPick(text);
    await this.page.keyboard.press('Enter');
  }

  /** Names a file in the dialog for saving, which comes up with `proposed`, and accepts. */
  async saveAs(proposed: string, file: string): Promise<void> {
    await this.#showsInInput(proposed);
    await this.#quickInput().fill(file);
    // The dialog ignores the key while it looks the folder up.
    await eventually(async () => {
      await this.page.keyboard.press('Enter');
      await this.#quickInput().waitFor({ state: 'hidden', timeout: 1_000 });
    });
  }

  /** Chooses a row of an open pick list by its label. */
  async pick(label: string): Promise<void> {
    await this.#quickInput().waitFor();
    await this.#clickRow(label);
  }

  /** Leaves the list or box of that title: a key that comes too early is lost. */
  async leavePick(title: string): Promise<void> {
    const shown = this.page.locator('.quick-input-title:visible').getByText(title);
    await eventually(async () => {
      await this.page.keyboard.press('Escape');
      await shown.waitFor({ state: 'hidden', timeout: 1_000 });
    });
  }

  /** The dialog that everything waits for. */
  dialog(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }

  async pressInDialog(name: string): Promise<void> {
    await this.dialog().getByRole('button', { name, exact: true }).click();
    await this.dialog().waitFor({ state: 'detached' });
  }

  /** The page of a report in the editor. */
  get reportPage(): FrameLocator {
    return this.page
      .frameLocator(
        '.webview.ready[src*="extensionId=cria.cria"]:not([src*="purpose="]) >> visible=true',
      )
      .frameLocator('#active-frame');
  }

  /** A report of ours in the editor, once it has these words and its buttons. */
  async report(words: string | RegExp): Promise<Locator> {
    const report = this.reportPage.locator('main');
    await report.getByText(words).first().waitFor();
    await report.getByRole('button', { name: 'Copy' }).waitFor();
    return report;
  }

  /** Picks the first row whose label contains this, with or without an icon. */
  async pickContaining(text: string): Promise<void> {
    await this.#quickInput().waitFor();
    await this.page
      .locator('.quick-input-list .monaco-list-row')
      .filter({ hasText: text })
      .first()
      .click();
  }

  /** Waits until VS Code asks something at the top of the window. */
  async isAsking(): Promise<void> {
    await this.#quickInput().waitFor();
  }

  /** Chooses an entry of the context menu that is open: by key, for a click right after it opened is ignored. */
  async pickInMenu(...labels: readonly string[]): Promise<void> {
    const menu = this.page.locator('.context-view .action-item');
    for (const label of labels) {
      await menu.getByText(label, { exact: true }).hover();
      await this.page.keyboard.press('Enter');
    }
    await menu.first().waitFor({ state: 'detached' });
  }

  /** Whether VS Code has stored this text, in whatever it keeps of this window, at whatever depth of JSON. */
  hasStored(text: string): Promise<boolean> {
    return this.page.evaluate(isInDatabases, text);
  }

  /** The notifications so far. VS Code shows no toasts to a driver of its smoke tests. */
  async openNotifications(): Promise<Locator> {
    const center = this.page.locator('.notifications-center');
    // A notification that comes at the same moment closes what the bell has just opened.
    for (let attempt = 1; attempt <= 5; attempt++) {
      if (!(await center.isVisible())) await this.page.locator('#status\\.notifications').click();
      if (await this.#appears(center)) return center;
    }
    await center.waitFor();
    return center;
  }

  /** Drags the edge of the side bar until it is that wide, in CSS pixels. */
  async setSideBarWidth(width: number): Promise<void> {
    const box = await this.page.locator('.part.sidebar').boundingBox();
    if (box === null) throw new Error('The side bar is not shown.');
    const middle = box.y + box.height / 2;
    await this.page.mouse.move(box.x + box.width, middle);
    await this.page.mouse.down();
    await this.page.mouse.move(box.x + width, middle, { steps: 5 });
    await this.page.mouse.up();
    // Away from the edge, which is drawn in colour under the mouse.
    await this.page.mouse.move(box.x + width / 2, box.y);
  }

  /** Picks a theme of that kind, and waits until the window shows it. */
  async pickTheme(kind: ThemeKind): Promise<void> {
    await this.runCommand('Preferences: Color Theme');
    await this.#quickInput().fill(themes[kind].label);
    await this.#row(themes[kind].label).click();
    await this.page.locator(`.monaco-workbench.${themes[kind].className}`).waitFor();
  }

  #quickInput(): Locator {
    return this.page.locator('.quick-input-widget:visible input').first();
  }

  /** A key that is pressed while a view's page takes or gives the focus is lost: press it again. */
  async #openQuickInput(key: string): Promise<void> {
    for (let attempt = 1; attempt <= 5; attempt++) {
      await this.page.keyboard.press(key);
      if (await this.#appears(this.#quickInput())) return;
    }
    await this.#quickInput().waitFor();
  }

  async #showsInInput(text: string): Promise<void> {
    await this.page.waitForFunction(
      (wanted) =>
        [...document.querySelectorAll<HTMLInputElement>('.quick-input-widget input')].some(
          (input) => input.checkVisibility() && input.value.includes(wanted),
        ),
      text,
    );
  }

  /** Where the mouse rests on a row, VS Code shows more of it in time, and that covers the row. */
  async #clickRow(label: string): Promise<void> {
    await this.page.mouse.move(1, 1);
    await this.#row(label).click();
  }

  /** The whole label counts: longer labels have a separate element that highlights what was typed. */
  #row(label: string): Locator {
    const rows = this.page.locator('.quick-input-list .monaco-list-row');
    const whole = new RegExp(`^\\s*${escapeRegExp(label)}\\s*$`, 'u');
    return rows.filter({ has: this.page.locator('.label-name', { hasText: whole }) }).first();
  }

  #appears(locator: Locator): Promise<boolean> {
    return isInTime(locator.waitFor({ timeout: 3_000 }));
  }

  /** False when the list closed again. */
  #fills(text: string): Promise<boolean> {
    return isInTime(this.#quickInput().fill(text, { timeout: 3_000 }));
  }
}

async function isInTime(work: Promise<void>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (error instanceof errors.TimeoutError) return false;
    throw error;
  }
}

/** Runs in the page. False when the element is gone. */
function standsStill(element: Element): Promise<boolean> {
  return new Promise((resolve) => {
    let before = '';
    let frames = 0;
    const look = (): void => {
      const now = JSON.stringify(element.getBoundingClientRect());
      frames = now === before ? frames + 1 : 0;
      before = now;
      if (frames < 20 && element.isConnected) requestAnimationFrame(look);
      else resolve(element.isConnected);
    };
    look();
  });
}

/** Runs in the page: VS Code in a browser keeps its state in databases of the browser. */
async function isInDatabases(text: string): Promise<boolean> {
  const result = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error('The database cannot be read.'));
    });
  for (const { name } of await indexedDB.databases()) {
    const database = await result(indexedDB.open(name ?? ''));
    for (const store of database.objectStoreNames) {
      const values: unknown[] = await result(
        database.transaction(store).objectStore(store).getAll(),
      );
      if (JSON.stringify(values).replaceAll('\\', '').includes(text)) return true;
    }
    database.close();
  }
  return false;
}
