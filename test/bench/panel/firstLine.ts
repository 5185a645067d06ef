import type { Frame } from 'playwright-core';
import { CriaWindow } from '../../e2e/support/criaWindow';
import { sized, type Sample } from '../../support/bench';
import { answer } from '../../support/ollamaServer/scripts';
import { Gate } from '../../support/ollamaServer/exchange';
import { OllamaServer } from '../../support/ollamaServer/ollamaServer';

const model = 'qwen3:8b';
const answersPerSample = sized(20, 1);

/** A real VS Code with the chat panel open, and a scripted server. */
export class FirstLine {
  readonly #server: OllamaServer;
  readonly #window: CriaWindow;

  private constructor(server: OllamaServer, window: CriaWindow) {
    this.#server = server;
    this.#window = window;
  }

  static async open(): Promise<FirstLine> {
    const server = await OllamaServer.start();
    server.models([model]);
    server.loaded([model]);
    const settings = { 'cria.endpoint': server.url, 'cria.model': model };
    const window = await CriaWindow.open({ settings });
    await window.chat.open();
    const opened = new FirstLine(server, window);
    // What is measured is compiled code.
    for (let count = 0; count < sized(5, 0); count++) await opened.#delay();
    return opened;
  }

  /** From the server's write of the first line to the end of the frame that shows it, in milliseconds. */
  async measure(): Promise<Sample> {
    const delays: number[] = [];
    while (delays.length < answersPerSample) delays.push(await this.#delay());
    delays.sort((a, b) => a - b);
    const at = (part: number): number => delays[Math.floor(delays.length * part)] ?? Number.NaN;
    return { median: at(0.5), most: 30, nearlyAll: at(0.95), nearlyMost: 50 };
  }

  async close(): Promise<void> {
    await this.#window.close();
    await this.#server.close();
  }

  async #delay(): Promise<number> {
    const { chat } = this.#window;
    const gate = new Gate();
    this.#server.forget();
    this.#server.onChat(answer(['Hello'], { pacing: { gate } }));
    await chat.send('Hello?');
    await this.#server.received('/api/chat');
    const frame = await this.#frame();
    await frame.evaluate(watchLastAnswer);
    // The one clock that both processes read: `timeOrigin` is from when each of them began.
    const written = Date.now();
    gate.release();
    const shown = await frame.evaluate(async () => window.firstLineShown);
    gate.open();
    await chat.waitForState('done');
    return shown - written;
  }

  async #frame(): Promise<Frame> {
    const element = await this.#window.chat.transcript().elementHandle();
    const frame = await element.ownerFrame();
    if (!frame) throw new Error('The chat view has no page.');
    return frame;
  }
}

declare global {
  interface Window {
    firstLineShown: Promise<number>;
  }
}

/** Runs in the page: promises the end of the frame that shows text in the newest answer. */
function watchLastAnswer(): void {
  const place = [...document.querySelectorAll('article[data-role="assistant"] .markdown')].at(-1);
  window.firstLineShown = new Promise((shown) => {
    const observer = new MutationObserver(() => {
      if (place?.textContent === '') return;
      observer.disconnect();
      // The text is put in while a frame is made; a message is handled once that frame is painted.
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => shown(Date.now());
      port2.postMessage('');
    });
    if (place) observer.observe(place, { childList: true, subtree: true, characterData: true });
  });
}
