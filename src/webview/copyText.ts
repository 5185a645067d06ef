import { texts } from './texts/texts';

/** Puts a text on the clipboard, and says whether it is there: a browser may refuse it. */
export async function copyText(text: string, say: (sentence: string) => void): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say(texts.copied);
  } catch {
    say(texts.notCopied);
  }
}
