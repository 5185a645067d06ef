// Serves the local test model in Ollama's form: `node scripts/run.mjs localModel [port]`.
import { installModel } from '../support/localModel/installModel';
import { serveModel } from '../support/localModel/server';

const port = Number(process.argv[2] ?? 0);
const url = await serveModel(await installModel(), port);
process.stdout.write(`smollm2:135m is listening on ${url}\n`);
