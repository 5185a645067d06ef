import { count } from '../format';

/** Everything the details of the plan say. They are a bundle of their own, and so are their texts. */
export const planTexts = {
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
  leftOut: (messages: number) =>
    messages === 1
      ? '1 earlier message no longer fits. It stays here, but is not sent.'
      : `${count(messages)} earlier messages no longer fit. They stay here, but are not sent.`,
  forgotten: (messages: number) =>
    messages === 1
      ? '1 earlier message is forgotten: it is not sent.'
      : `${count(messages)} earlier messages are forgotten: they are not sent.`,
  detach: (label: string) => `Remove ${label}`,
  forget: 'Forget Earlier Messages',
  recall: 'Send Them Again',
  startAnew: 'Start Anew with a Summary',
  raise: 'Context Length…',
} as const;
