import type { ConnectionView } from '../../shared/protocol';
import { bytes, clock, count, seconds } from '../formatFigures';

/**
 * The page's texts in English. A text with parts is a function of them. The other languages have the
 * same shape, each in its own file.
 */
export const page = {
  composer: {
    escapeAgain: 'Press Escape again to stop the answer',
    label: 'Message',
    placeholder: 'Ask about code (# file, / command)',
    send: 'Send',
    queue: 'Add to Queue',
    stop: 'Stop',
    attach: 'Attach to Message',
    chooseModel: 'Select Model',
    model: (name: string): string => `Model: ${name}. Select another model`,
  },
  refused: {
    tooLong: (length: number, limit: number): string =>
      `This message is too long: ${count(length)} characters (limit: ${count(limit)}).`,
    attach: 'Attach Instead',
    busy: 'The message was not sent because an answer is running. Try again when it is finished.',
    invalid: 'The message could not be sent. Your text was kept.',
  },
  attachments: {
    list: 'Attachments',
    preview: (detail: string): string => `${detail}. Preview what is sent`,
    remove: (label: string): string => `Remove ${label}`,
    part: 'partial',
    chooseParts: (label: string): string => `Attach Parts of ${label}…`,
  },
  queue: {
    list: 'Queued messages',
    waits: 'Sent after this answer',
    held: 'On hold: the last answer failed',
    edit: 'Edit Queued Message',
    remove: 'Remove Queued Message',
    sendNow: 'Send Now',
  },
  conversation: {
    untitled: 'New chat',
    switch: (title: string): string => `${title}. Show chats`,
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
  contextUsage: {
    meter: (used: number, limit: number, leftOut: number): string => {
      const context = `about ${count(used)} of ${count(limit)} tokens used`;
      const left =
        leftOut === 1 ? '1 message does not fit' : `${count(leftOut)} messages do not fit`;
      return leftOut === 0 ? `${context}. Show details` : `${context}, ${left}. Show details`;
    },
    meterOfUnknown: (used: number): string => `about ${count(used)} tokens used. Show details`,
    forget: 'Start Context Here',
    recall: 'Include Messages Above',
    seam: 'Messages above this line are not sent',
    numbers: (used: string, limit: string): string => `${used} of ${limit}`,
    leavesTooLittle: (used: string, limit: string): string =>
      `${used} of ${limit}: too little is left for the answer.`,
    doesNotFit: (used: string, limit: string): string => `${used} of ${limit}: does not fit.`,
    messageTooLong: (used: string, limit: string): string =>
      `This message is longer than the context window (${used} of ${limit}).`,
    willLeaveOut: (messages: number): string =>
      messages === 1
        ? '1 earlier message will not be sent.'
        : `${count(messages)} earlier messages will not be sent.`,
    willShorten: 'The middle of the last answer will be left out.',
    willLeaveOutFiles: 'Earlier attachments will not be sent.',
    use: (length: string): string => `Use ${length}`,
    useMore: (length: string, memory: string): string => `Use ${length} (+${memory})`,
    summarize: 'Summarize and Start Over',
    sendAnyway: 'Send Anyway',
    remove: (label: string): string => `Remove ${label}`,
  },
  context: {
    raised: (length: string, model: string): string =>
      `Context length increased to ${length}. ${model} reloads once.`,
    raisedBy: (length: string, model: string, memory: string): string =>
      `Context length increased to ${length}. ${model} reloads once (about +${memory}).`,
    steppedBack: (model: string, refused: string, length: string): string =>
      `Not enough memory for ${refused}. ${model} uses ${length} again.`,
    undo: 'Undo',
    undone: 'Undone.',
    alwaysAsk: 'Always Ask',
    willAsk: 'Cria will ask first.',
  },
  slash: {
    list: 'Slash commands',
    person: 'Your prompt',
    folder: 'Prompt from this folder',
    clear: 'Start a new chat',
    model: 'Select a model',
  },
  empty: {
    title: 'Chat with your model',
    privacy: ({ origin, cloud, unencrypted }: ConnectionView): string =>
      cloud
        ? `Messages go to ${origin}, then to ollama.com, where this model runs.${unencrypted ? ' The connection is not encrypted.' : ''}`
        : `Messages go only to ${origin}.${unencrypted ? ' The connection is not encrypted.' : ''}`,
    checking: 'Looking for models…',
  },
  transcript: {
    title: 'Chat',
    label: 'Chat messages',
    you: 'You',
    newText: 'Jump to Latest',
    earlier: (turns: number): string =>
      turns === 1 ? 'Show 1 earlier message' : `Show ${count(turns)} earlier messages`,
  },
  find: {
    region: 'Find in chat',
    label: 'Find',
    previous: 'Previous Match',
    next: 'Next Match',
    close: 'Close',
    /** @param more whether there are messages that have not been searched yet */
    count: (position: number, total: number, more: boolean): string =>
      total === 0 && !more
        ? 'No results'
        : `${count(position)} of ${count(total)}${more ? '+' : ''}`,
    announcement: (position: number, total: number): string =>
      total === 0 ? 'No results.' : `Match ${count(position)} of ${count(total)}.`,
  },
  activity: {
    connecting: 'Connecting…',
    queued: 'Waiting for another answer…',
    busy: (ms: number): string =>
      ms < 1000 ? 'Trying again…' : `The server is busy. Trying again in ${seconds(ms)}.`,
    loading: 'Loading model…',
    loadingSize: (size: number): string => `Loading model (${bytes(size)})…`,
    lastTime: (ms: number): string => `last ${seconds(ms)}`,
    prompting: 'Reading prompt…',
    waiting: 'Waiting for the model…',
    answering: 'Answering…',
    repeating: 'The model is repeating itself.',
    elsewhere: 'Answering in another window…',
    elapsed: (what: string, ms: number): string => `${what} ${seconds(ms)}`,
    stalled: (ms: number): string => `No response for ${clock(ms)}`,
    alive: 'the server is still running',
    dead: 'the server is not responding',
    progress: 'Loading model',
  },
  thinking: {
    running: (ms: number): string => (ms < 1000 ? 'Thinking…' : `Thinking… ${seconds(ms)}`),
    done: (ms: number | undefined): string =>
      ms === undefined ? 'Thought' : `Thought for ${seconds(Math.max(ms, 1000))}`,
    region: 'Reasoning',
    only: 'The model returned only its reasoning, no answer.',
  },
  answer: {
    editSummary: 'Edit Summary',
    editedSummary: 'Edited summary',
    saveSummary: 'Save',
    showSource: 'Show Source',
    showFormatted: 'Show Formatted Text',
    empty: 'The model returned an empty answer.',
    stopped: 'Stopped.',
    failed: 'The answer failed.',
    truncated: 'The answer was cut off.',
    interrupted: 'The answer was interrupted.',
    copy: 'Copy Answer',
    retry: 'Regenerate Answer',
    askWithModel: 'Regenerate with Another Model',
    continued: 'This answer was cut off and then continued.',
    seam: 'The answer was cut off here and then continued.',
    figures: 'Answer Details',
  },
  figures: {
    aboutTokens: (tokens: number): string => `about ${count(tokens)} tokens`,
    rate: (perSecond: string): string => `${perSecond} tok/s`,
    tokens: (tokens: number): string => (tokens === 1 ? '1 token' : `${count(tokens)} tokens`),
    firstToken: (ms: number): string => `start ${seconds(ms)}`,
    rows: {
      model: 'Model',
      speed: 'Speed',
      tokens: 'Answer',
      firstToken: 'First token',
      thought: 'Thinking',
      load: 'Model loading',
      prompt: 'Prompt',
      cached: 'Prompt from cache',
      fresh: 'Prompt newly read',
      leftOut: 'Left out of the prompt',
      reading: 'Prompt reading',
      promptSpeed: 'Prompt speed',
      context: 'Context used',
      total: 'Total',
    },
  },
  code: {
    copy: 'Copy Code',
    tools: 'Code block actions',
    more: 'More Actions…',
    wrap: 'Wrap Lines',
    showAll: (lines: number): string => `Show All ${count(lines)} Lines`,
    showLess: 'Show Less',
    actions: {
      insert: 'Insert at Cursor',
      replace: 'Replace Selection…',
      newFile: 'Insert into New File…',
      terminal: 'Insert into Terminal (Don’t Run)',
    },
    apply: (file: string): string => `Apply to ${file}…`,
    plain: 'text',
    region: (language: string): string => `Code block: ${language}`,
    table: 'Table',
  },
  names: { open: (name: string): string => `Open ${name}` },
  user: {
    showAll: 'Show All',
    showLess: 'Show Less',
    edit: 'Edit Message',
    delete: 'Delete Message',
    editLabel: 'Edited message',
    resend: 'Resend',
    cancel: 'Cancel',
  },
  branch: {
    previous: 'Previous Version',
    next: 'Next Version',
    position: (index: number, of: number): string => `${index + 1}/${of}`,
  },
  task: { done: 'Completed', open: 'Not completed' },
  copied: 'Copied to clipboard.',
  notCopied: 'Could not copy to clipboard.',
  image: (alt: string): string => (alt === '' ? 'Image' : `Image: ${alt}`),
  status: {
    started: (model: string): string => `${model} is answering.`,
    done: (model: string): string => `${model} finished answering.`,
    doneWith: (model: string, tokens: number): string =>
      `${model} finished answering, ${page.figures.tokens(tokens)}.`,
    stopped: 'Answer stopped.',
  },
};

/** Texts of the context details, which are loaded in a bundle of their own. */
export const plan = {
  title: 'Context for the next message',
  system: 'System prompt',
  history: 'Earlier messages',
  attachments: 'Attachments',
  draft: 'This message',
  room: 'Reserved for the answer',
  context: 'Context length (tokens)',
  source: {
    allocated: 'Estimate. Context length allocated by the server.',
    configured: 'Estimate. Context length requested by Cria.',
    model: 'Estimate. Context length of the model.',
    assumed: 'Estimate. The server reports its context length once the model is loaded.',
    unknown: 'Estimate. The server does not report its context length.',
  },
  tooLong: 'This message alone exceeds the context length.',
  leftOut: (messages: number): string =>
    messages === 1
      ? '1 earlier message does not fit and is not sent.'
      : `${count(messages)} earlier messages do not fit and are not sent.`,
  forgotten: (messages: number): string =>
    messages === 1
      ? '1 earlier message is excluded and not sent.'
      : `${count(messages)} earlier messages are excluded and not sent.`,
  detach: (label: string): string => `Remove ${label}`,
  willRaise: (length: string): string =>
    `Sending this increases the context length to ${length}. The model reloads once.`,
  raise: 'Set Context Length…',
};

export type PageTexts = typeof page;
export type PlanTexts = typeof plan;
