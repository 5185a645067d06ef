import { codeAnswer, richAnswer } from '../../support/page/states';

/** A token of an answer in English or code is about four characters. */
export const charactersPerToken = 4;

/** So many tokens of prose, lists, tables and code, as models write them. No block comes twice. */
export function answerOf(tokens: number): string {
  return grown(tokens, (index) => {
    const part = index % 2 === 0 ? codeAnswer : richAnswer;
    return `${part.replaceAll('lines', `lines${index}`)}\n\n`;
  });
}

/** One block that is so many tokens long. */
export const longBlocks: Readonly<Record<string, (tokens: number) => string>> = {
  table: (tokens) =>
    `| a | b | c |\n|---|---|---|\n${grown(tokens, (row) => `| ${row} | *text* | \`code\` |\n`)}`,
  list: (tokens) => grown(tokens, (item) => `- item ${item} with **words** in it\n`),
  fence: (tokens) => `\`\`\`ts\n${grown(tokens, (line) => `const value${line} = '${line}';\n`)}`,
};

function grown(tokens: number, part: (index: number) => string): string {
  let text = '';
  for (let index = 0; text.length < tokens * charactersPerToken; index++) text += part(index);
  return text.slice(0, tokens * charactersPerToken);
}
