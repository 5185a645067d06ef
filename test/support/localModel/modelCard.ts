/** What the server says about its one model, in the words of Ollama's `/api/tags` and `/api/show`. */
export const modelName = 'smollm2:135m';

export const trainedContext = 8_192;

/** Ollama's default on a machine without a large graphics card. */
export const defaultContext = 4_096;

/**
 * The model's own defaults, as a Modelfile sets them: one so small repeats itself, and does not come to
 * an end by itself.
 */
export const modelParameters = { num_predict: 256, repeat_penalty: 1.1 };

const modifiedAt = '2025-02-07T07:02:14Z';
const digest = 'e56e912d9f4104355ddcc0167bd5664f5e031da8759cbcefbc4a6ef00d30c601';
const sizeBytes = 98_362_432;

/** Weights and the memory of a conversation at the default context, as Ollama counts it. */
const loadedSizeBytes = 209_505_483;

const details = {
  parent_model: '',
  format: 'gguf',
  family: 'llama',
  families: ['llama'],
  parameter_size: '134.52M',
  quantization_level: 'Q4_1',
};

const capabilities = ['completion'];

export function tagsAnswer(): unknown {
  const limits = { context_length: trainedContext, embedding_length: 576 };
  return {
    models: [
      {
        name: modelName,
        model: modelName,
        modified_at: modifiedAt,
        size: sizeBytes,
        digest,
        details: { ...details, ...limits },
        capabilities,
      },
    ],
  };
}

export function showAnswer(): unknown {
  const parameters = Object.entries({ ...modelParameters, stop: '"<|im_end|>"' }).map(
    ([name, value]) => `${name.padEnd(30)} ${value}`,
  );
  return {
    license: 'Apache License, Version 2.0',
    modelfile: [`FROM ${modelName}`, ...parameters.map((line) => `PARAMETER ${line}`)].join('\n'),
    parameters: parameters.join('\n'),
    template:
      '{{- range .Messages }}<|im_start|>{{ .Role }}\n{{ .Content }}<|im_end|>\n{{ end }}<|im_start|>assistant\n',
    details,
    model_info: {
      'general.architecture': 'llama',
      'general.basename': 'smollm2',
      'general.parameter_count': 134_515_008,
      'llama.context_length': trainedContext,
      'llama.embedding_length': 576,
    },
    capabilities,
    modified_at: modifiedAt,
  };
}

/** One row of `/api/ps`. */
export function loadedRow(contextLength: number, expiresAt: Date): unknown {
  return {
    name: modelName,
    model: modelName,
    size: loadedSizeBytes,
    digest,
    details,
    expires_at: expiresAt.toISOString(),
    size_vram: 0,
    context_length: contextLength,
  };
}
