import { HumanError } from './humanError';
import { OllamaServer } from './ollamaServer/ollamaServer';
import { replay } from './ollamaServer/scripts';
import { findRealModel, type RealModel } from './realModel';

/** The name says it where a person looks: in the chat view. */
const replayedModel = 'recorded-answers:no-model-here';

/** A real model, or recorded answers of one when there is none to be had. */
export async function demoModel(print: (text: string) => void): Promise<RealModel> {
  try {
    return await findRealModel();
  } catch (error) {
    if (!(error instanceof HumanError)) throw error;
    print(`${error.message}\n`);
    return recordedModel();
  }
}

/** Whatever is asked, the answer was recorded from a real model. */
async function recordedModel(): Promise<RealModel> {
  const server = await OllamaServer.start();
  server.models([replayedModel]);
  server.loaded([replayedModel]);
  server.onChat(replay('chat-stream', { pacing: 'recorded' }));
  server.onGenerate(replay('generate-stream', { pacing: 'recorded' }));
  return {
    url: server.url,
    model: replayedModel,
    origin: 'recorded answers, since there is no model here',
    stop: () => server.close(),
  };
}
