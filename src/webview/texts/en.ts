import type { ConnectionView } from '../../shared/protocol';
import { bytes, clock, count, seconds } from '../format';

/**
 * Everything the page says, in English. A sentence with parts is a function of its parts. The other
 * languages are files of the same form beside this one.
 */
export const page = {
  composer: {
    label: 'Message',
    placeholder: 'Ask anything. # names a file. Enter sends, Shift+Enter breaks the line.',
    send: 'Send',
    queue: 'Send After This Answer',
    stop: 'Stop',
    attach: 'Attach to the Message',
    chooseModel: 'Choose a model',
    model: (name: string): string => `Model: ${name}. Choose another`,
  },
  attachments: {
    list: 'Attached',
    preview: (detail: string): string => `${detail}. Show what is sent`,
    remove: (label: string): string => `Remove ${label}`,
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
    switch: (title: string): string => `${title}. Show another conversation`,
  },
  suggestions: {
    explain: { label: (file: string): string => `Explain ${file}`, text: 'Explain this file.' },
    ask: { label: (selection: string): string => `Ask about ${selection}`, text: '' },
    fix: {
      label: (problems: number, file: string): string =>
        problems === 1
          ? `Fix the problem in ${file}`
          : `Fix ${count(problems)} problems in ${file}`,
      text: 'How do I fix this?',
    },
  },
  completion: {
    references: 'Files and symbols',
    count: (items: number): string =>
      items === 1 ? '1 suggestion' : `${count(items)} suggestions`,
  },
  plan: {
    meter: (used: number, limit: number, leftOut: number): string => {
      const context = `about ${count(used)} of ${count(limit)} tokens of context`;
      const left = leftOut === 1 ? '1 message left out' : `${count(leftOut)} messages left out`;
      return leftOut === 0 ? `${context}. Details` : `${context}, ${left}. Details`;
    },
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
    privacy: ({ origin, cloud, unencrypted }: ConnectionView): string =>
      `What you type goes to ${origin}${cloud ? ', and on to ollama.com, where this model runs.' : ' and nowhere else.'}${unencrypted ? ' It is not encrypted on its way.' : ''}`,
    checking: 'Looking for your models…',
  },
  transcript: {
    title: 'Chat',
    label: 'Conversation',
    you: 'You',
    newText: 'New text below',
    earlier: (turns: number): string =>
      turns === 1 ? 'Show 1 earlier message' : `Show ${count(turns)} earlier messages`,
  },
  find: {
    region: 'Find in conversation',
    label: 'Find',
    previous: 'Previous Match',
    next: 'Next Match',
    close: 'Close',
    /** `more` when not everything has been looked through. */
    count: (position: number, total: number, more: boolean): string =>
      total === 0 && !more
        ? 'No results'
        : `${count(position)} of ${count(total)}${more ? '+' : ''}`,
    said: (position: number, total: number): string =>
      total === 0 ? 'Nothing found.' : `Match ${count(position)} of ${count(total)}.`,
  },
  activity: {
    connecting: 'Connecting…',
    queued: 'Waiting for another answer…',
    loading: 'Loading the model',
    loadingSize: (size: number): string => `Loading the model, ${bytes(size)}`,
    lastTime: (ms: number): string => `last time ${seconds(ms)}`,
    prompting: 'Reading the prompt…',
    answering: 'Answering…',
    elsewhere: 'Another window is writing this answer…',
    elapsed: (what: string, ms: number): string => `${what.replace(/…$/u, '')}: ${seconds(ms)}`,
    stalled: (ms: number): string => `No sign of life for ${clock(ms)}`,
    alive: 'Ollama still answers',
    dead: 'Ollama does not answer',
    progress: 'Loading the model',
  },
  thinking: {
    running: (ms: number): string => (ms < 1000 ? 'Thinking…' : `Thinking… ${seconds(ms)}`),
    done: (ms: number | undefined): string =>
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
    rate: (perSecond: string): string => `${perSecond} tok/s`,
    tokens: (tokens: number): string => (tokens === 1 ? '1 token' : `${count(tokens)} tokens`),
    firstToken: (ms: number): string => `first token ${seconds(ms)}`,
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
    apply: (file: string): string => `Apply to ${file}…`,
    plain: 'text',
    region: (language: string): string => `Code: ${language}`,
    table: 'Table',
  },
  names: { open: (name: string): string => `Open ${name}` },
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
    position: (index: number, of: number): string => `${index + 1}/${of}`,
  },
  task: { done: 'Done', open: 'Not done' },
  copied: 'Copied.',
  notCopied: 'Copying did not work.',
  image: (alt: string): string => (alt === '' ? 'Image' : `Image: ${alt}`),
  status: {
    started: (model: string): string => `${model} is answering.`,
    done: (model: string): string => `${model} has answered.`,
    doneWith: (model: string, tokens: number): string =>
      `${model} has answered with ${page.figures.tokens(tokens)}.`,
    stopped: 'The answer was stopped.',
  },
};

/** What the details of the plan say. They are a bundle of their own, and so are these texts. */
export const plan = {
  title: 'What the next message sends',
  system: 'System prompt',
  history: 'Earlier messages',
  attachments: 'Attached',
  draft: 'This message',
  room: 'Kept for the answer',
  context: 'Context, in tokens',
  source: {
    allocated: 'Estimated. The context is what the server has allocated.',
    configured: 'Estimated. The context is what you have set.',
    assumed: 'Estimated. The server says how large its context is once the model is loaded.',
  },
  tooLong: 'The message alone is longer than the context.',
  leftOut: (messages: number): string =>
    messages === 1
      ? '1 earlier message no longer fits. It stays here, but is not sent.'
      : `${count(messages)} earlier messages no longer fit. They stay here, but are not sent.`,
  forgotten: (messages: number): string =>
    messages === 1
      ? '1 earlier message is forgotten: it is not sent.'
      : `${count(messages)} earlier messages are forgotten: they are not sent.`,
  detach: (label: string): string => `Remove ${label}`,
  forget: 'Forget Earlier Messages',
  recall: 'Send Them Again',
  startAnew: 'Start Anew with a Summary',
  raise: 'Context Length…',
};

export type PageTexts = typeof page;
export type PlanTexts = typeof plan;
