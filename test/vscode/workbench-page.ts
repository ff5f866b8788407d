import type { FrameLocator, Locator, Page } from 'playwright-core';

/** What a person does in the workbench, by keyboard and mouse. */
export class WorkbenchPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** The text editor in front. */
  get editor(): Locator {
    return this.page.locator('.editor-group-container.active .monaco-editor').first();
  }

  /** Runs a command from the palette, by its title. */
  async command(title: string): Promise<void> {
    await this.#pick('F1', `>${title}`, title);
  }

  async open(path: string): Promise<void> {
    const name = path.slice(path.lastIndexOf('/') + 1);
    await this.#pick('Control+P', path, name);
    await this.page.locator('.tab.active', { hasText: name }).waitFor();
    await this.editor.locator('.view-line').first().waitFor();
  }

  /** The tab of a file. */
  tab(path: string): Locator {
    const name = path.slice(path.lastIndexOf('/') + 1);
    return this.page.locator(`.tab[data-resource-name="${name}"]`);
  }

  /** Puts the cursor somewhere; line and column from 1. */
  async goTo(line: number, column: number): Promise<void> {
    const place = `:${line}:${column}`;
    await this.#press('Control+G', this.prompt);
    await this.prompt.locator('input').first().fill(place);
    await this.page.keyboard.press('Enter');
    await this.prompt.waitFor({ state: 'hidden' });
    await this.page.locator('.statusbar-item', { hasText: `Ln ${line}, Col ${column}` }).waitFor();
  }

  /** Opens the menu of quick fixes at the cursor. */
  async quickFixes(): Promise<Locator> {
    const menu = this.page.locator('.action-widget:not(.action-list-submenu-panel)');
    await this.#press('Control+.', menu);
    return menu;
  }

  /** Rests the mouse on a word of a line until the hover is there. */
  async hover(line: string, word: string): Promise<void> {
    const words = this.editor
      .locator('.view-line', { hasText: line })
      .locator('span span', { hasText: word });
    await words.last().hover();
    await this.page.locator('.monaco-hover:visible').first().waitFor();
  }

  /** The input at the top of the window. */
  get prompt(): Locator {
    return this.page.locator('.quick-input-widget');
  }

  /** Answers what the input at the top of the window asks for. */
  async answer(text: string): Promise<void> {
    await this.prompt.locator('input').first().fill(text);
    await this.page.keyboard.press('Enter');
    await this.prompt.waitFor({ state: 'hidden' });
  }

  /** Answers what the input asks for, which may ask on. */
  async fill(text: string): Promise<void> {
    await this.prompt.locator('input').first().fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** Takes an entry of the list of suggestions, once it is the chosen one. */
  async complete(label: string): Promise<void> {
    const list = this.page.locator('.suggest-widget.visible');
    await this.#press('Control+Space', list);
    await list.locator('.monaco-list-row.focused', { hasText: label }).waitFor();
    await this.page.keyboard.press('Enter');
    await list.waitFor({ state: 'hidden' });
  }

  /** Takes an entry of the list that the input at the top of the window shows. */
  async pick(label: string): Promise<void> {
    await this.prompt.getByRole('option', { name: new RegExp(`^${label},`) }).click();
  }

  /** The question in the middle of the window, which nothing else can be done beside. */
  get dialog(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }

  /** Answers the question in the middle of the window. */
  async decide(button: string): Promise<void> {
    await this.dialog.getByRole('button', { name: button, exact: true }).click();
    await this.dialog.waitFor({ state: 'hidden' });
  }

  /** Two texts beside each other, or one below the other. */
  get diff(): Locator {
    return this.page.locator('.editor-group-container.active .monaco-diff-editor');
  }

  /** Types into the input that a key opens, and takes the first proposal once it is `wanted`. */
  async #pick(key: string, text: string, wanted: string): Promise<void> {
    const row = this.prompt.locator('.monaco-list-row.focused', { hasText: wanted });
    for (let attempt = 1; ; attempt++) {
      await this.#press(key, this.prompt);
      await this.prompt.locator('input').first().fill(text);
      try {
        await row.waitFor({ timeout: 10_000 });
        break;
      } catch (error) {
        if (attempt === 3) throw error;
        // The list of files may have been made before the file was there: closing it makes it anew.
        await this.page.keyboard.press('Escape');
        await this.prompt.waitFor({ state: 'hidden' });
      }
    }
    await this.page.keyboard.press('Enter');
  }

  /** Presses a key until it opens what it should: while the window is busy with something else a key can come to nothing. */
  async #press(key: string, opened: Locator): Promise<void> {
    for (let attempt = 0; attempt < 5; attempt++) {
      await this.page.keyboard.press(key);
      const shown = await opened.waitFor({ timeout: 3000 }).then(
        () => true,
        () => false,
      );
      if (shown) return;
    }
    throw new Error(`${key} opened nothing.`);
  }

  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-toast', { hasText: text });
  }

  get statusBarEntry(): Locator {
    return this.page.locator('.statusbar-item[id="holdfast.holdfast.findings"]');
  }

  async statusBarBecomes(label: string): Promise<void> {
    await this.page
      .locator(`.statusbar-item[id="holdfast.holdfast.findings"][aria-label^="${label}"]`)
      .waitFor();
  }

  /** Waits until the editor in front shows all of these texts, each within a line. */
  async textBecomes(...parts: readonly string[]): Promise<void> {
    for (const part of parts) await this.editor.locator('.view-line', { hasText: part }).waitFor();
  }

  /** The inside of the Markdown preview. */
  get preview(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  }
}
