import { existsSync } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { installedBrowser } from './browserFinder';
import { repoRoot } from './paths';
import { nameOfContent, repoFiles } from './repoFiles';
import type { TestCounts } from './runMocha';

/** What a part's tests ran on. They find the same again as long as both are the same. */
export interface Ground {
  /** Names all files that its tests can reach. */
  readonly files: string;
  /** Names what is outside of the clone: Node, the browser, variables that widen the tests. */
  readonly machine: string;
}

interface Run {
  readonly ground: Ground;
  readonly counts: TestCounts;
}

/** What the last run of each part found, in `.cache/runs` of a clone. */
export class EarlierRuns {
  readonly #root: string;

  constructor(root = repoRoot()) {
    this.#root = root;
  }

  /**
   * What a part runs on now. Its files are all there are but the tests of other parts, which nothing
   * imports, and documents that only `contract` reads.
   *
   * @param part such as `unit/webview`
   */
  async ground(part: string): Promise<Ground> {
    const files = (await repoFiles(this.#root)).filter((file) => reaches(part, file));
    return { files: await nameOfContent(this.#root, files), machine: await nameOfMachine() };
  }

  /** What the part's last run counted, if it was on this ground. */
  async find(part: string, ground: Ground): Promise<TestCounts | undefined> {
    const file = this.#recordOf(part);
    if (!existsSync(file)) return undefined;
    const run = JSON.parse(await readFile(file, 'utf8')) as Run;
    const isSame = run.ground.files === ground.files && run.ground.machine === ground.machine;
    return isSame ? run.counts : undefined;
  }

  /** Keeps what a run counted that began on `before`, unless a file was changed while it ran. */
  async keep(part: string, before: Ground, counts: TestCounts): Promise<void> {
    // The browser may have been installed meanwhile.
    const ground = await this.ground(part);
    if (ground.files !== before.files) return;
    const run: Run = { ground, counts };
    await mkdir(path.dirname(this.#recordOf(part)), { recursive: true });
    await writeFile(this.#recordOf(part), JSON.stringify(run));
  }

  #recordOf(part: string): string {
    return path.join(this.#root, '.cache', 'runs', `${part.replaceAll('/', '-')}.json`);
  }
}

/** The README is shown by VS Code, and a test looks at that. */
const documents = /^(?!README)[A-Z]+\.md$|^docs\//u;

function reaches(part: string, file: string): boolean {
  if (documents.test(file)) return false;
  const own = file === `test/${part}.test.ts` || file.startsWith(`test/${part}/`);
  return own || !file.endsWith('.test.ts');
}

async function nameOfMachine(): Promise<string> {
  const { version, platform, arch, env } = process;
  const switches = Object.entries(env).filter(
    ([name]) => name.startsWith('CRIA_') && name !== 'CRIA_CACHE',
  );
  const browser = env['CHROME_PATH'] ?? installedBrowser(env);
  const built = browser !== undefined && existsSync(browser) ? await stat(browser) : undefined;
  return JSON.stringify([
    ...[version, platform, arch, env['TZ'], env['LANG']],
    ...[browser, built?.size, built?.mtimeMs, switches.sort()],
  ]);
}
