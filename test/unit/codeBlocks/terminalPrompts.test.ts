import assert from 'node:assert/strict';
import { toTerminalText } from '../../../src/codeBlocks/codeText';

const blocks: readonly (readonly [code: string, brought: string])[] = [
  ['$ npm test', 'npm test'],
  ['PS C:\\> dir', 'dir'],
  ['PS C:\\My Files> Get-ChildItem', 'Get-ChildItem'],
  ['C:\\work>dir', 'dir'],
  ['> dir', 'dir'],
  ['# apt install x', 'apt install x'],
  ['me@box:~/src$ make', 'make'],
  ['root@box:/# apt update', 'apt update'],
  ['(venv) $ pip install x', 'pip install x'],
  ['% brew install x', 'brew install x'],
  ['$ npm test\n\n> app@1.0.0 test\nok 1\n$ npm run build', 'npm test\nnpm run build'],
  ['$ cat <<EOF\n> hello\n> EOF', 'cat <<EOF\nhello\nEOF'],
  ['# Install it\nnpm install', '# Install it\nnpm install'],
  ['npm test\n$HOME/run', 'npm test\n$HOME/run'],
  ['echo $HOME', 'echo $HOME'],
  ['$HOME/bin/run', '$HOME/bin/run'],
];

describe('prompt marks before shell commands (case 30)', () => {
  for (const [code, brought] of blocks) {
    it(JSON.stringify(code), () => assert.equal(toTerminalText(code)?.text, brought));
  }
});
