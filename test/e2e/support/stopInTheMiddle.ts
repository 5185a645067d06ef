import { errors } from 'playwright-core';
import type { ChatPanel } from './chatPanel';

export const longQuestions = [
  'Tell me a long story about a lighthouse.',
  'Tell me everything you know about the sea.',
  'Write a long letter to a friend.',
];

/**
 * Asks a real model for something long and stops it while it writes. A small model may come to its end
 * before the button is pressed: then the next question is tried.
 */
export async function stopInTheMiddle(chat: ChatPanel): Promise<void> {
  for (const question of longQuestions) {
    await chat.send(question);
    await chat.waitForText(10);
    if (await couldStop(chat)) return;
  }
  throw new Error('The model ended each answer before it could be stopped.');
}

async function couldStop(chat: ChatPanel): Promise<boolean> {
  try {
    await chat.button('Stop').click({ timeout: 3_000 });
  } catch (error) {
    if (error instanceof errors.TimeoutError) return false;
    throw error;
  }
  await chat.waitForState('stopped', 'done');
  return (await chat.lastAnswer().getAttribute('data-state')) === 'stopped';
}
