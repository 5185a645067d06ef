import { bytes, clock, count, seconds } from './format';

/** Everything the page says, in one place. A sentence with parts is a function of its parts. */
export const texts = {
  composer: {
    label: 'Message',
    placeholder: 'Ask anything. Enter sends, Shift+Enter breaks the line.',
    send: 'Send',
    stop: 'Stop',
    chooseModel: 'Choose a model',
    model: (name: string) => `Model: ${name}. Choose another`,
  },
  empty: {
    title: 'Chat with your own model',
    privacy: (origin: string) => `What you type goes to ${origin} and nowhere else.`,
    checking: 'Looking for your models…',
  },
  transcript: {
    title: 'Chat',
    label: 'Conversation',
    you: 'You',
    newText: 'New text below',
    earlier: (turns: number) =>
      turns === 1 ? 'Show 1 earlier message' : `Show ${count(turns)} earlier messages`,
  },
  find: {
    region: 'Find in conversation',
    label: 'Find',
    previous: 'Previous Match',
    next: 'Next Match',
    close: 'Close',
    /** `more` when not everything has been looked through. */
    count: (position: number, total: number, more: boolean) =>
      total === 0 && !more
        ? 'No results'
        : `${count(position)} of ${count(total)}${more ? '+' : ''}`,
    said: (position: number, total: number) =>
      total === 0 ? 'Nothing found.' : `Match ${count(position)} of ${count(total)}.`,
  },
  activity: {
    connecting: 'Connecting…',
    queued: 'Waiting for another answer…',
    loading: 'Loading the model',
    loadingSize: (size: number) => `Loading the model, ${bytes(size)}`,
    lastTime: (ms: number) => `last time ${seconds(ms)}`,
    prompting: 'Reading the prompt…',
    answering: 'Answering…',
    elsewhere: 'Another window is writing this answer…',
    elapsed: (what: string, ms: number) => `${what.replace(/…$/u, '')}: ${seconds(ms)}`,
    stalled: (ms: number) => `No sign of life for ${clock(ms)}`,
    alive: 'Ollama still answers',
    dead: 'Ollama does not answer',
    progress: 'Loading the model',
  },
  thinking: {
    running: (ms: number) => (ms < 1000 ? 'Thinking…' : `Thinking… ${seconds(ms)}`),
    done: (ms: number | undefined) =>
      ms === undefined ? 'Thought' : `Thought for ${seconds(Math.max(ms, 1000))}`,
    region: 'Thinking',
    only: 'The model put its whole answer into its thinking. It is shown above.',
  },
  answer: {
    empty: 'The model sent an empty answer.',
    stopped: 'Stopped.',
    failed: 'This answer failed.',
    truncated: 'This answer was cut off.',
    interrupted: 'This answer was interrupted.',
    copy: 'Copy Answer',
    retry: 'Retry',
    askWithModel: 'Ask Another Model',
    continued: 'This answer was cut off and went on.',
    seam: 'The answer was cut off here, and went on.',
    figures: 'Figures of this answer',
  },
  figures: {
    rate: (perSecond: string) => `${perSecond} tok/s`,
    tokens: (tokens: number) => (tokens === 1 ? '1 token' : `${count(tokens)} tokens`),
    firstToken: (ms: number) => `first token ${seconds(ms)}`,
    rows: {
      model: 'Model',
      speed: 'Speed',
      tokens: 'Answer',
      firstToken: 'First token',
      thought: 'Thought for',
      load: 'Loading the model',
      prompt: 'Prompt',
      promptSpeed: 'Prompt speed',
      context: 'Context used',
      total: 'Total',
    },
  },
  code: {
    copy: 'Copy Code',
    plain: 'text',
    region: (language: string) => `Code: ${language}`,
    table: 'Table',
  },
  user: {
    edit: 'Edit Message',
    delete: 'Delete Message',
    editLabel: 'Edited message',
    resend: 'Ask Again',
    cancel: 'Cancel',
  },
  branch: {
    previous: 'Previous Version',
    next: 'Next Version',
    position: (index: number, of: number) => `${index + 1}/${of}`,
  },
  task: { done: 'Done', open: 'Not done' },
  copied: 'Copied.',
  notCopied: 'Copying did not work.',
  image: (alt: string) => (alt === '' ? 'Image' : `Image: ${alt}`),
  status: {
    started: (model: string) => `${model} is answering.`,
    done: (model: string) => `${model} has answered.`,
    doneWith: (model: string, tokens: number) =>
      `${model} has answered with ${texts.figures.tokens(tokens)}.`,
    stopped: 'The answer was stopped.',
  },
} as const;
