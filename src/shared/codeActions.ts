/** What can be done with a code block, beside copying it. */
export const codeActions = ['insert', 'replace', 'apply', 'newFile', 'terminal'] as const;
export type CodeAction = (typeof codeActions)[number];
