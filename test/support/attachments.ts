import type { Attachment } from '../../src/shared/turn';

/** One attachment of each kind, as they are made. */
export const attachments = {
  selection: {
    ...{ id: 'at-1', kind: 'selection', label: 'client.ts:80-81', language: 'typescript' },
    ...{ path: 'src/client.ts', lines: { first: 80, last: 81 } },
    text: 'const line = rest.split("\\n");\nrest = line.pop() ?? "";',
  },
  file: {
    ...{ id: 'at-2', kind: 'file', label: 'money.ts', language: 'typescript' },
    ...{ path: 'src/money.ts', text: 'export const cents = 100;\n' },
  },
  folder: {
    ...{ id: 'at-3', kind: 'folder', label: 'src/ (2 files)', language: '', path: 'src/' },
    text: 'client.ts\nmoney.ts',
  },
  problems: {
    ...{ id: 'at-4', kind: 'problems', label: '1 problem', language: '', path: 'src/money.ts' },
    text: "1:14 error ts(2322): Type 'number' is not assignable to type 'string'.",
  },
  diff: {
    ...{ id: 'at-5', kind: 'diff', label: 'git diff (1 file)', language: 'diff', path: '' },
    text: 'diff --git a/src/money.ts b/src/money.ts\n-const a = 1;\n+const a = 2;',
  },
} as const satisfies Record<string, Attachment>;

export const allAttachments: readonly Attachment[] = Object.values(attachments);
