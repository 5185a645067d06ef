// Builds everything that runs: the extension host bundle, the page and its highlighter, and, with
// --tools, the programs and tests under test/.
//   node esbuild.js [--watch] [--production] [--tools] [--outdir=DIR]
const fs = require('node:fs');
const path = require('node:path');
const esbuild = require('esbuild');

const flags = new Set(process.argv.slice(2));
const production = flags.has('--production');
const watch = flags.has('--watch');
const outdirFlag = process.argv.find((flag) => flag.startsWith('--outdir='));
/** Where the extension's own bundles go. */
const outdir = outdirFlag?.slice('--outdir='.length) ?? 'dist';

/** @type {import('esbuild').BuildOptions} */
const base = {
  bundle: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  define: { 'process.env.NODE_ENV': production ? '"production"' : '"development"' },
};

/** Node 20 and Chromium 132 are what VS Code 1.100, the floor in package.json, runs on. */
const node = { platform: 'node', target: 'node20' };
const browser = { platform: 'browser', target: 'chrome132' };

/**
 * `vscode` as one module of the bundle. Left outside, its hundred properties would be copied once for each
 * file that imports it, which takes longer than all that activation does.
 * @type {import('esbuild').Plugin}
 */
const vscodeOnce = {
  name: 'vscode-once',
  setup(build) {
    build.onResolve({ filter: /^vscode$/ }, ({ namespace }) =>
      namespace === 'vscode-once'
        ? { path: 'vscode', external: true }
        : { path: 'vscode', namespace: 'vscode-once' },
    );
    build.onLoad({ filter: /^/, namespace: 'vscode-once' }, () => ({
      contents: "export * from 'vscode';",
    }));
  },
};

/**
 * What is read later than its bundle is a file next to it: `import('../app')` in a source finds `app.js`.
 * @type {import('esbuild').Plugin}
 */
const laterBundles = {
  name: 'later-bundles',
  setup(build) {
    build.onResolve({ filter: /\/(?:app|highlighter|formulas)$/ }, ({ kind, path: source }) =>
      kind === 'dynamic-import'
        ? { path: `./${path.posix.basename(source)}.js`, external: true }
        : undefined,
    );
  },
};

/** The two bundles of the host: what is read at activation, and all else, read on first use. */
const host = {
  ...base,
  ...node,
  entryPoints: { extension: 'src/extension.ts', app: 'src/app.ts' },
  outdir,
  format: 'cjs',
  plugins: [vscodeOnce, laterBundles],
  // Its other form requires its parts in a way that cannot be bundled.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  // What is read later is required, as VS Code itself does it.
  supported: { 'dynamic-import': false },
};

/** The page's texts in other languages. A script that runs before the page leaves them in a global. */
const pageTexts = {
  ...base,
  ...browser,
  entryPoints: {
    'texts.de': 'src/webview/texts/de.ts',
    'texts.zh-cn': 'src/webview/texts/zhCn.ts',
  },
  outdir,
  format: 'iife',
  globalName: 'criaTexts',
  charset: 'utf8',
};

/** @type {Record<string, import('esbuild').BuildOptions>} */
const extension = {
  pageTexts,
  host,
  page: {
    ...base,
    ...browser,
    entryPoints: { page: 'src/webview/main.ts' },
    outdir,
    format: 'esm',
    plugins: [laterBundles],
  },
  highlighter: {
    ...base,
    ...browser,
    entryPoints: {
      highlighter: 'src/webview/highlighter.ts',
      formulas: 'src/webview/formulas.ts',
    },
    outdir,
    format: 'esm',
  },
};

/** @returns {Record<string, import('esbuild').BuildOptions>} */
function tools() {
  const runnable = { ...base, ...node, minify: false, packages: 'external', sourcemap: 'linked' };
  return {
    programs: {
      ...runnable,
      entryPoints: [...listFiles('test/tools/*.ts')],
      outbase: 'test/tools',
      outdir: '.cache/tools',
      format: 'esm',
      splitting: true,
      outExtension: { '.js': '.mjs' },
    },
    tests: {
      ...runnable,
      entryPoints: [
        ...listFiles('test/unit/**/*.test.ts'),
        ...listFiles('test/contract/**/*.test.ts'),
        ...listFiles('test/e2e/**/*.test.ts'),
        ...listFiles('test/bench/**/*.bench.ts'),
        // Programs that a bench runs in a process of their own.
        ...listFiles('test/bench/**/*.child.ts'),
      ],
      outbase: 'test',
      outdir: '.cache/test',
      format: 'esm',
      splitting: true,
      outExtension: { '.js': '.mjs' },
    },
    inHost: {
      ...runnable,
      entryPoints: [
        'test/integration/index.ts',
        ...listFiles('test/integration/**/*.test.ts'),
        // What a bench runs inside the extension host.
        ...listFiles('test/bench/**/*.inHost.ts'),
      ],
      outbase: 'test',
      outdir: '.cache/test',
      format: 'cjs',
      external: ['vscode'],
    },
  };
}

/** Understands the two forms of pattern used above; `fs.globSync` came only with Node 22. */
function listFiles(/** @type {string} */ glob) {
  const [dir = '.', ext = ''] = glob.split(/\/(?:\*\*\/)?\*/u);
  if (!fs.existsSync(dir)) return [];
  return fs
    .readdirSync(dir, { recursive: glob.includes('**'), encoding: 'utf8' })
    .filter((name) => name.endsWith(ext))
    .map((name) => path.posix.join(dir, name.replaceAll('\\', '/')));
}

/** VS Code's problem matcher for watch tasks waits for the begin and end lines. */
const watchLines = {
  name: 'watch-lines',
  setup(/** @type {import('esbuild').PluginBuild} */ build) {
    // esbuild takes what a callback returns for its result: these return nothing.
    build.onStart(() => {
      process.stdout.write('[watch] build started\n');
    });
    build.onEnd((result) => {
      for (const { text, location } of result.errors) {
        const at = location ? `${location.file}:${location.line}:${location.column}: ` : '';
        process.stderr.write(`✘ [ERROR] ${at}${text}\n`);
      }
      process.stdout.write('[watch] build finished\n');
    });
  },
};

/** The icon font is the one asset that is copied and not bundled. */
function copyIcons() {
  const from = path.dirname(require.resolve('@vscode/codicons/package.json'));
  fs.mkdirSync(outdir, { recursive: true });
  for (const name of ['codicon.css', 'codicon.ttf']) {
    fs.copyFileSync(path.join(from, 'dist', name), path.join(outdir, name));
  }
}

/** A bundle whose test was deleted or renamed must not be run again. */
function removeStaleTests() {
  const bundles = [
    ...listFiles('.cache/test/**/*.test.mjs'),
    ...listFiles('.cache/test/**/*.test.js'),
  ];
  for (const bundle of bundles) {
    const source = bundle.replace(/^\.cache\//u, '').replace(/\.m?js$/u, '.ts');
    if (!fs.existsSync(source)) fs.rmSync(bundle);
  }
}

async function main() {
  copyIcons();
  if (flags.has('--tools')) removeStaleTests();
  const builds = Object.entries({ ...extension, ...(flags.has('--tools') ? tools() : {}) });
  if (watch) {
    for (const [, options] of builds) {
      const context = await esbuild.context({
        ...options,
        plugins: [...(options.plugins ?? []), watchLines],
      });
      await context.watch();
    }
    return;
  }
  const results = await Promise.all(
    builds
      .filter(([, options]) => Object.keys(options.entryPoints ?? {}).length > 0)
      .map(async ([name, options]) => [name, (await esbuild.build(options)).metafile]),
  );
  // What each bundle was made of; the package's notices are written from it.
  const metafile = JSON.stringify(Object.fromEntries(results));
  fs.writeFileSync(path.join(outdir, 'metafile.json'), metafile);
}

main().catch((error) => {
  // esbuild has already printed its own errors; anything else is shown.
  if (!(error && error.errors)) process.stderr.write(`${error.stack ?? error}\n`);
  process.exitCode = 1;
});
