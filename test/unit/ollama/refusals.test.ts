import assert from 'node:assert/strict';
import type { ServerError, ServerErrorKind } from '../../../src/http/serverError';
import { parseErrorResponse, parseErrorLine } from '../../../src/ollama/refusals';
import { bodyBytes, loadRecording } from '../../support/ollamaServer/scripts';

/** What Ollama, its runners, its cloud and the proxies before it say (see the sources in the module). */
const sentences: readonly (readonly [ServerErrorKind, number, string])[] = [
  ['modelMissing', 404, "model 'x' not found"],
  ['modelMissing', 404, 'model "x" not found, try pulling it first'],
  ['modelMissing', 500, 'pull model manifest: file does not exist'],
  ['server', 400, 'model is required'],
  ['server', 400, 'invalid model name'],
  ['unsupportedTools', 400, 'registry.ollama.ai/library/x:latest does not support tools'],
  ['unsupportedThink', 400, '"x" does not support thinking'],
  [
    'unsupportedThink',
    400,
    'invalid think value: "huge" (must be "high", "medium", "low", true, or false)',
  ],
  [
    'unsupportedThink',
    400,
    'json: cannot unmarshal string into Go struct field ChatRequest.think of type bool',
  ],
  ['unsupportedChat', 400, '"x" does not support chat'],
  ['unsupportedChat', 400, '"x" does not support generate'],
  [
    'unsupportedImages',
    400,
    'Multimodal data provided, but model does not support multimodal requests.',
  ],
  [
    'contextOverflow',
    400,
    'the prompt is longer than the context length currently available to the model',
  ],
  ['contextOverflow', 400, 'the input length exceeds the context length'],
  [
    'contextOverflow',
    500,
    "input length (9000 tokens) exceeds the model's maximum context length (4096 tokens)",
  ],
  ['contextOverflow', 400, 'prompt too long; exceeded max context length by 120 tokens'],
  ['outOfMemory', 500, 'CUDA error: out of memory'],
  ['outOfMemory', 500, 'cudaMalloc failed: out of memory'],
  ['outOfMemory', 500, 'model requires more system memory (8.0 GiB) than is available (3.1 GiB)'],
  ['outOfMemory', 500, 'unable to load full model on GPU'],
  ['busy', 503, 'server busy, please try again.  maximum pending requests exceeded'],
  // Case 2 and 3: the cloud's words, which server/cloud_proxy.go passes on.
  [
    'cloudPlan',
    403,
    'this model requires a subscription, upgrade for access: https://ollama.com/upgrade (ref: 0000)',
  ],
  [
    'cloudQuota',
    429,
    'you (someone) have reached your session usage limit, upgrade for higher limits: https://ollama.com/upgrade',
  ],
  ['cloudQuota', 429, 'you (someone) have reached your weekly usage limit'],
  ['cloudQuota', 429, 'you have reached your hourly usage limit'],
  ['busy', 429, 'too many requests'],
  // Case 4.
  ['unsupportedThink', 400, 'think value "medium" is not supported for this model'],
  [
    'unsupportedThink',
    400,
    'invalid think value: "x" (must be "high", "medium", "low", "max", true, or false)',
  ],
  [
    'unsupportedThink',
    400,
    'think must be a boolean or string ("high", "medium", "low", "max", true, or false)',
  ],
  // Case 24: llama-model.cpp, llm/llama_server.go, and the backends of ggml.
  [
    'outOfMemory',
    500,
    'llama runner process has terminated: error loading model: unable to allocate CUDA0 buffer',
  ],
  ['outOfMemory', 500, 'memory layout cannot be allocated with num_gpu = 26'],
  ['outOfMemory', 500, 'llama-server reported out-of-memory during startup: exit status 1'],
  [
    'outOfMemory',
    500,
    'llama-server process has terminated: llama_init_from_model: failed to initialize the context: failed to allocate buffer for kv cache',
  ],
  [
    'outOfMemory',
    500,
    'ggml_backend_cuda_buffer_type_alloc_buffer: allocating 5000.00 MiB on device 0: cudaMalloc failed: out of memory',
  ],
  ['outOfMemory', 500, 'ggml_vulkan: Device memory allocation of size 1048898304 failed.'],
  ['outOfMemory', 500, 'ggml_vulkan: vk::Device::allocateMemory: ErrorOutOfDeviceMemory'],
  ['outOfMemory', 500, 'vk::Device::allocateMemory: ErrorOutOfHostMemory'],
  ['outOfMemory', 500, 'VK_ERROR_OUT_OF_DEVICE_MEMORY'],
  ['outOfMemory', 500, 'ROCm error: out of memory'],
  ['outOfMemory', 500, 'hipMalloc failed: out of memory'],
  ['outOfMemory', 500, 'CUBLAS_STATUS_ALLOC_FAILED'],
  [
    'outOfMemory',
    500,
    'ggml_metal_graph_compute: command buffer 0 failed with status 5: Insufficient Memory (00000008:kIOGPUCommandBufferCallbackErrorOutOfMemory)',
  ],
  ['outOfMemory', 500, 'ggml_aligned_malloc: insufficient memory (attempted to allocate 36000 MB)'],
  ['outOfMemory', 500, "terminate called after throwing an instance of 'std::bad_alloc'"],
  // Case 26: the registry through server/images.go, llama-model.cpp, and server/sched.go.
  [
    'outdatedServer',
    500,
    'pull model manifest: 412:\n\nThe model you are attempting to pull requires a newer version of Ollama.\n\nPlease download the latest version at:\n\n\thttps://ollama.com/download\n\n',
  ],
  ['outdatedServer', 500, "unable to load model: x: unknown model architecture: 'qwen35'"],
  [
    'outdatedServer',
    500,
    'exit status 1: this model may be incompatible with your version of Ollama. If you previously pulled this model, try updating it by running `ollama pull x`',
  ],
  [
    'outdatedServer',
    500,
    "'llama3.2-vision' is no longer compatible with your version of Ollama and has been replaced by a newer version.",
  ],
  ['unauthorized', 401, 'unauthorized'],
  ['forbidden', 403, 'ollama cloud is disabled: remote model is unavailable'],
  ['gatewayTimeout', 502, 'dial tcp: lookup ollama.com: no such host'],
  ['modelCrashed', 500, 'llama-server process has terminated: signal: killed'],
  ['modelCrashed', 500, 'llama runner process has terminated: exit status 2'],
  ['outOfMemory', 500, 'llama runner process has terminated: cudaMalloc failed: out of memory'],
  ['server', 500, 'option "num_ctx" must be of type integer'],
  ['server', 400, 'time: missing unit in duration "300"'],
];

/** The public report of which a refusal of this kind is one. */
const caseOf: Readonly<Partial<Record<string, number>>> = {
  unsupportedThink: 4,
  outOfMemory: 24,
  outdatedServer: 26,
};

function answer(status: number, body: unknown, headers = {}): ServerError {
  return parseErrorResponse(
    status,
    headers,
    typeof body === 'string' ? body : JSON.stringify(body),
  );
}

describe('errors of an answer', () => {
  for (const [kind, status, sentence] of sentences) {
    const number = caseOf[kind];
    const named = number === undefined ? '' : ` (case ${number})`;
    it(`${kind}: ${status} ${sentence.slice(0, 60)}${named}`, () => {
      const error = answer(status, { error: sentence });
      assert.equal(error.kind, kind);
      assert.equal(error.status, status);
      assert.equal(error.message, sentence);
    });
  }

  it('says that Ollama is not signed in, and where that is done (case 1)', () => {
    const signin_url = 'https://ollama.com/connect?name=box&key=abc';
    const error = answer(401, { error: 'unauthorized', signin_url });
    assert.equal(error.kind, 'cloudSignIn');
    assert.equal(error.signinUrl, signin_url);
    assert.equal(answer(401, { error: 'unauthorized' }).kind, 'unauthorized');
  });

  it('takes the page of the account out of the sentence (cases 2 and 3)', () => {
    const error = answer(403, {
      error:
        'this model requires a subscription, upgrade for access: https://ollama.com/upgrade (ref: 0000)',
    });
    assert.equal(error.signinUrl, 'https://ollama.com/upgrade');
    assert.equal(
      answer(403, { error: 'see https://ollama.com.evil.example/' }).signinUrl,
      undefined,
    );
  });

  for (const status of [502, 504, 520, 521, 522, 523, 524, 525, 526, 527, 530]) {
    it(`knows that ${status} is the proxy’s (case 25)`, () => {
      const page = `<html><head><title>llm.example.com | ${status}: A timeout occurred</title></head></html>`;
      const error = answer(status, page, { 'content-type': 'text/html' });
      assert.equal(error.kind, 'gatewayTimeout');
      assert.match(error.message, /A timeout occurred/u);
    });
  }

  it('says which address a redirect names, without credentials', () => {
    const error = answer(307, '', { location: 'https://ada:secret@elsewhere.example/login' });
    assert.equal(error.kind, 'redirect');
    assert.equal(error.location, 'https://elsewhere.example/login');
    assert.doesNotMatch(error.message, /secret/u);
    assert.equal(answer(302, '').message, 'The server redirects to an unknown address.');
  });

  it('takes the counts out of the runner’s JSON within the string', () => {
    const body = bodyBytes(loadRecording('overflow-chat-truncate-false')).toString();
    const error = answer(400, body);
    assert.equal(error.kind, 'contextOverflow');
    assert.equal(error.promptTokens, 1773);
    assert.equal(error.contextLength, 1024);
    assert.match(error.message, /^request \(1773 tokens\) exceeds/u);
  });

  it('takes the counts out of a sentence', () => {
    const error = answer(500, {
      error: "input length (9000 tokens) exceeds the model's maximum context length (4096 tokens)",
    });
    assert.equal(error.promptTokens, 9000);
    assert.equal(error.contextLength, 4096);
  });

  it('has no counts where there are none', () => {
    const error = answer(400, { error: 'the input length exceeds the context length' });
    assert.equal(error.promptTokens, undefined);
    assert.equal(error.contextLength, undefined);
  });

  it('unpacks an error however deep it is packed, within reason', () => {
    let body = JSON.stringify({ message: 'out of memory' });
    for (let depth = 0; depth < 3; depth++) body = JSON.stringify({ error: body });
    assert.equal(answer(500, body).message, 'out of memory');
    let endless = JSON.stringify({ error: 'x' });
    for (let depth = 0; depth < 8; depth++) endless = JSON.stringify({ error: endless });
    assert.equal(answer(500, endless).kind, 'server');
  });

  it('understands an error object, a bare message, and an error of no known form', () => {
    assert.equal(answer(500, { error: { message: 'cudaMalloc failed' } }).kind, 'outOfMemory');
    assert.equal(answer(500, { message: 'cudaMalloc failed' }).kind, 'outOfMemory');
    assert.equal(answer(500, { error: 7 }).message, '{"error":7}');
  });

  it('keeps where to sign in, with its key out of the message', () => {
    const signin_url = 'https://ollama.com/connect?name=host&key=c3No';
    const error = answer(401, { error: 'unauthorized', signin_url });
    assert.equal(error.signinUrl, signin_url);
    assert.equal(error.message, 'unauthorized');
  });

  it('shows the title of a proxy’s page and no more', () => {
    const page = `<html><head><title>504 Gateway Time-out</title></head><body>${'x'.repeat(5000)}</body></html>`;
    const error = answer(504, page);
    assert.equal(error.kind, 'gatewayTimeout');
    assert.equal(error.message, '504 Gateway Time-out');
  });

  it('summarizes a page by its status and title, never as markup', () => {
    const pages: readonly (readonly [number, string, string])[] = [
      [
        502,
        '<html>\r\n<head><title>Bad\nGateway</title></head><hr><center>nginx</center>',
        '502 Bad Gateway',
      ],
      [503, '  <!DOCTYPE html><html lang="en"><TITLE id="t">Sign in</TITLE>', '503 Sign in'],
      [500, '<h1>Internal Server Error</h1><pre>stack</pre>', '500 Internal Server Error'],
      [502, '<html><body><p>no title</p></body></html>', 'The server responded with status 502.'],
      [
        524,
        '<!doctype html><title>example.com | 524: A timeout occurred</title>',
        'example.com | 524: A timeout occurred',
      ],
    ];
    for (const [status, page, message] of pages) {
      assert.equal(answer(status, page).message, message);
      assert.doesNotMatch(answer(status, { error: page }).message, /<\w/u);
    }
    assert.equal(answer(524, '').kind, 'gatewayTimeout');
    const words = 'expected <html> in the template';
    assert.equal(answer(500, { error: words }).message, words);
  });

  it('tells a stranger from an Ollama by its 404', () => {
    assert.equal(answer(404, '404 page not found').kind, 'protocol');
    assert.equal(answer(405, '405 method not allowed').kind, 'protocol');
    assert.equal(answer(204, '').kind, 'protocol');
    assert.equal(answer(404, { error: 'no such thing' }).kind, 'server');
    assert.equal(answer(418, 'teapot').kind, 'server');
  });

  it('has a sentence when the body has none', () => {
    assert.equal(answer(403, '').message, 'The server responded with status 403.');
    assert.equal(answer(403, '').kind, 'forbidden');
  });

  it('cuts a message that never ends', () => {
    assert.ok(answer(500, { error: 'x'.repeat(100_000) }).message.length < 2100);
  });

  it('holds no credentials', () => {
    const said =
      'GET https://ada:hunter2@h/ with Authorization: Bearer abc.def-123= and Basic YTpi failed';
    const error = answer(500, { error: said });
    assert.doesNotMatch(error.message, /hunter2|abc\.def|YTpi/u);
    assert.match(error.message, /https:\/\/h\/ .*Bearer … and Basic … failed/u);
  });
});

describe('error lines', () => {
  it('are server errors unless their sentence is known', () => {
    const crash = 'an error was encountered while running the model: unexpected EOF';
    assert.equal(parseErrorLine({ error: crash }).kind, 'modelCrashed');
    const line = { error: 'something new' };
    assert.equal(parseErrorLine(line).kind, 'server');
    assert.equal(parseErrorLine(line).status, undefined);
    assert.equal(parseErrorLine({ error: 'CUDA error: out of memory' }).kind, 'outOfMemory');
  });
});
