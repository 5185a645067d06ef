import type { MessageIndex } from './messageIndex';

/** An empty index. With its library it is a bundle of its own, read when somebody first searches. */
export async function loadMessageIndex(): Promise<MessageIndex> {
  const module = await import('./messageIndex');
  return new module.MessageIndex();
}
