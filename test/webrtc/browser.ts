import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { findTool } from '../support/tools.ts';

const waitMs = 15_000;

/** Headless Chromium with a profile of its own, and with a microphone that beeps. */
export class Browser {
  readonly #context: BrowserContext;
  readonly #profile: string;

  private constructor(context: BrowserContext, profile: string) {
    this.#context = context;
    this.#profile = profile;
  }

  static async start(): Promise<Browser> {
    const profile = mkdtempSync(join(tmpdir(), 'olelo-chromium-'));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: findTool('chromium') ?? '/usr/bin/chromium',
      headless: true,
      ignoreHTTPSErrors: true,
      permissions: ['microphone'],
      viewport: { width: 760, height: 640 },
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--use-fake-device-for-media-stream',
        '--use-fake-ui-for-media-stream',
        '--allow-loopback-in-peer-connection',
      ],
    });
    return new Browser(context, profile);
  }

  async open(url: string): Promise<BrowserPhone> {
    const page = await this.#context.newPage();
    await page.goto(url);
    const phone = new BrowserPhone(page);
    await phone.event(/^ready/);
    return phone;
  }

  async stop(): Promise<void> {
    await this.#context.close();
    rmSync(this.#profile, { recursive: true, force: true });
  }
}

type PhoneFunction = 'register' | 'call' | 'answer' | 'hangup' | 'hold' | 'unhold' | 'dtmf' | 'packets';

/** The phone of a page, led by the functions that its buttons use. */
export class BrowserPhone {
  readonly page: Page;
  #seen = 0;

  constructor(page: Page) {
    this.page = page;
  }

  run(name: PhoneFunction, ...args: readonly string[]): Promise<unknown> {
    return this.page.evaluate(`Promise.resolve(phone.${name}(...${JSON.stringify(args)})).then((value) =>
      value !== null && typeof value === 'object' && 'sent' in value ? value : null)`);
  }

  /** The next event that matches; rejects with all there were. */
  async event(pattern: RegExp): Promise<string> {
    const from = this.#seen;
    const index = `events.findIndex((each, i) => i >= ${from} && ${pattern}.test(each))`;
    await this.page.waitForFunction(`${index} >= 0`, undefined, { timeout: waitMs }).catch(async () => {
      throw new Error(
        `${pattern} did not come; these did: ${JSON.stringify(await this.page.evaluate('events'))}`,
      );
    });
    const at = (await this.page.evaluate(index)) as number;
    this.#seen = at + 1;
    return (await this.page.evaluate(`events[${at}]`)) as string;
  }

  async packets(): Promise<{ readonly sent: number; readonly received: number }> {
    return (await this.run('packets')) as { sent: number; received: number };
  }

  /** Resolves when that many more audio packets have gone each way. */
  async talks(more = 25): Promise<void> {
    const before = await this.packets();
    const deadline = Date.now() + waitMs;
    for (;;) {
      const now = await this.packets();
      if (now.sent >= before.sent + more && now.received >= before.received + more) return;
      if (Date.now() > deadline)
        throw new Error(`audio does not flow: ${JSON.stringify(before)}, then ${JSON.stringify(now)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
