import { bytes, clock, count, seconds } from './format';

/** Everything the page says, in one place. A sentence with parts is a function of its parts. */
export const texts = {
  composer: {
    label: 'Message',
    placeholder: 'Ask anything. # names a file. Enter sends, Shift+Enter breaks the line.',
    send: 'Send',
    queue: 'Send After This Answer',
    stop: 'Stop',
    attach: 'Attach to the Message',
    chooseModel: 'Choose a model',
    model: (name: string) => `Model: ${name}. Choose another`,
  },
  attachments: {
    list: 'Attached',
    preview: (detail: string) => `${detail}. Show what is sent`,
    remove: (label: string) => `Remove ${label}`,
    part: 'part',
  },
  queue: {
    list: 'Waiting messages',
    waits: 'Sent after this answer',
    held: 'Held: the last answer did not end well',
    edit: 'Edit Waiting Message',
    remove: 'Remove Waiting Message',
    sendNow: 'Send Now',
  },
  conversation: {
    untitled: 'New conversation',
    switch: (title: string) => `${title}. Show another conversation`,
  },
  suggestions: {
    explain: { label: (file: string) => `Explain ${file}`, text: 'Explain this file.' },
    ask: { label: (selection: string) => `Ask about ${selection}`, text: '' },
    fix: {
      label: (problems: number, file: string) =>
        problems === 1
          ? `Fix the problem in ${file}`
          : `Fix ${count(problems)} problems in ${file}`,
      text: 'How do I fix this?',
    },
  },
  completion: {
    references: 'Files and symbols',
    count: (items: number) => (items === 1 ? '1 suggestion' : `${count(items)} suggestions`),
  },
  plan: {
    meter: (used: number, limit: number, leftOut: number) =>
      `about ${count(used)} of ${count(limit)} tokens of context${leftOut === 0 ? '' : `, ${count(leftOut)} messages left out`}. Details`,
    forget: 'Forget What Is Above',
    recall: 'Send What Is Above Again',
    seam: 'What is above is not sent.',
  },
  slash: {
    list: 'Commands',
    person: 'Your prompt',
    folder: 'A prompt of this folder',
    clear: 'Begin a new conversation',
    model: 'Choose a model',
  },
  empty: {
    title: 'Chat with your own model',
    privacy: (origin: string, unencrypted: boolean) =>
      `What you type goes to ${origin} and nowhere else.${unencrypted ? ' It is not encrypted on its way.' : ''}`,
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
    tools: 'Code',
    actions: {
      insert: 'Insert at Cursor',
      replace: 'Replace Selection…',
      newFile: 'New File…',
      terminal: 'To Terminal, Without Running It',
    },
    apply: (file: string) => `Apply to ${file}…`,
    plain: 'text',
    region: (language: string) => `Code: ${language}`,
    table: 'Table',
  },
  names: { open: (name: string) => `Open ${name}` },
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
