/** Answers from public reports, by the number of the case, and what is right. */
export interface PublicCase {
  readonly name: string;
  readonly text: string;
  /** What the page shows, as HTML without what the page adds around it; absent if only the blocks matter. */
  readonly html?: string;
  /** The code blocks, in order. */
  readonly blocks?: readonly string[];
  /** Parts of what is shown as words, in the page and in a thread. */
  readonly words?: readonly string[];
  /** What is not shown anywhere. */
  readonly without?: readonly string[];
}

const file = (path: string, words: string): string => `<span data-file="${path}">${words}</span>`;

export const publicCases: readonly PublicCase[] = [
  {
    name: 'case 8: bold next to CJK punctuation',
    text: '**注意：**请先备份。\n\n含**「重点」**内容\n\n**Markdown（マークダウン）**は軽量です。\n\n**중요(필수)**입니다.',
    html: '<p><strong>注意：</strong>请先备份。</p><p>含<strong>「重点」</strong>内容</p><p><strong>Markdown（マークダウン）</strong>は軽量です。</p><p><strong>중요(필수)</strong>입니다.</p>',
    without: ['**'],
  },
  {
    name: 'case 8: Korean particles after bold quotes',
    text: '이것은 **"중요"**가, **`code`**는, **(필수)**를, *‘강조’*와 ~~(취소)~~을 뜻합니다.',
    html: '<p>이것은 <strong>"중요"</strong>가, <strong><code>code</code></strong>는, <strong>(필수)</strong>를, <em>‘강조’</em>와 <s>(취소)</s>을 뜻합니다.</p>',
    without: ['**'],
  },
  {
    name: 'case 8: English is unchanged',
    text: 'a**"b"**c and **x**y, 2 * 3 * 4, snake_case_name, **not bold **',
    html: '<p>a**"b"**c and <strong>x</strong>y, 2 * 3 * 4, snake_case_name, **not bold **</p>',
  },
  {
    name: 'case 9: bold twice in a Japanese sentence',
    text: 'これは**「A」**なので**「B」**です。',
    html: '<p>これは<strong>「A」</strong>なので<strong>「B」</strong>です。</p>',
    without: ['**', '**なので**'],
  },
  {
    name: 'case 10: formulas between single dollars',
    text: 'The loss is $\\hat{y}_i = \\sum_j w_{ij} x_j$ over $\\{1, \\dots, n\\}$, with $a\\,b \\\\ c$.',
    words: ['$\\hat{y}_i = \\sum_j w_{ij} x_j$', '$\\{1, \\dots, n\\}$', '$a\\,b \\\\ c$'],
  },
  {
    name: 'case 10: money and shell variables',
    text: 'It costs $5 and $10. US$5, $5-$10, between $5 and 10$, $HOME/bin:$PATH, ${a}$, $x and y.',
    html: '<p>It costs $5 and $10. US$5, $5-$10, between $5 and 10$, $HOME/bin:$PATH, ${a}$, $x and y.</p>',
  },
  {
    name: 'case 11: a README in a fence that holds fences',
    text: '```markdown\n# Tool\n\n```bash\nnpm i\n```\n\n## Use\n\n```js\nrun()\n```\n```\n\nThat is all.',
    blocks: ['# Tool\n\n```bash\nnpm i\n```\n\n## Use\n\n```js\nrun()\n```\n'],
    words: ['That is all.'],
  },
  {
    name: 'case 11: a fence of tildes in a fence',
    text: '~~~md\n```\nplain\n```\n~~~\n\nafter',
    blocks: ['```\nplain\n```\n'],
    words: ['after'],
  },
  {
    name: 'case 13: links to files, to headings, and refused ones',
    text: 'See [src/cart.ts](src/cart.ts#L42-L48), [cart.ts](./src/cart.ts:12), [the docs](docs/My%20File.md), [run](command:x), [up](../../etc/passwd).\n\n## Contents\n- [Installation](#installation)\n- [Windows](C:\\work\\app\\a.ts)',
    html: `<p>See ${file('src/cart.ts#L42', 'src/cart.ts')}, ${file('src/cart.ts#L12', 'cart.ts')}, ${file('docs/My File.md', 'the docs')}, run, up.</p><h2>Contents</h2><ul><li><span data-heading="installation">Installation</span></li><li>${file('C:/work/app/a.ts', 'Windows')}</li></ul>`,
    words: ['See src/cart.ts, cart.ts, the docs, run, up.', 'Installation', 'Windows'],
    without: ['](', 'command:'],
  },
  {
    name: 'case 14: a list that is indented by four, and by six',
    text: 'Steps:\n\n    1. Open the file\n    2. Save it\n\n- First item\n\n      - Second item\n\nText:\n    - deep\n        text',
    html: '<p>Steps:</p><ol><li>Open the file</li><li>Save it</li></ol><ul><li><p>First item</p><ul><li>Second item</li></ul></li></ul><p>Text:</p><ul><li>deep\ntext</li></ul>',
    blocks: [],
  },
  {
    name: 'case 15: pipes in code in a table',
    text: '| Case | Code |\n|---|---|\n| both | `a || b` |\n| type | `string | undefined` |\n| escaped | `x \\| y` \\| z |\n| it`s | it`s |\n| ``a ` | b`` | c |',
    words: ['a || b', 'string | undefined', 'x | y', '| z', 'it`s', 'a ` | b'],
  },
  {
    name: 'case 16: a fence in a list item, closed at the margin',
    text: '1. Install it:\n   ```bash\nnpm install\n```\n2. Run it:\n\nThen open the page and read on.',
    blocks: ['npm install\n'],
    words: ['Install it:', 'Run it:', 'Then open the page and read on.'],
  },
  {
    name: 'case 16: Python in such a fence keeps its indentation',
    text: '- Like this:\n   ```python\ndef f():\n    return 1\n```\n- More',
    blocks: ['def f():\n    return 1\n'],
    words: ['Like this:', 'More'],
  },
  {
    name: 'case 38: type parameters and labels',
    text: 'Use List<String> or vector<int>, and [label]: here.',
    html: '<p>Use List&lt;String&gt; or vector&lt;int&gt;, and [label]: here.</p>',
    words: ['Use List<String> or vector<int>, and [label]: here.'],
  },
  {
    name: 'case 40: tags that are honored, and comments',
    text: '<details>\n<summary>Show the answer</summary>\n\nIt is **42**.\n\n</details>\n\nPress <kbd>Ctrl</kbd>+<kbd>C</kbd>, H<sub>2</sub>O <!-- note -->, x<sup>2</sup>, <mark>this</mark>, <b>not</b>&nbsp;that.\n\n<!-- a comment\nof two lines -->\n\nEnd.',
    html: '<details><summary>Show the answer</summary><div><p>It is <strong>42</strong>.</p></div></details><p>Press <kbd>Ctrl</kbd>+<kbd>C</kbd>, H<sub>2</sub>O , x<sup>2</sup>, <mark>this</mark>, &lt;b&gt;not&lt;/b&gt;&nbsp;that.</p><p>End.</p>',
    words: ['Show the answer', 'It is 42.', 'End.'],
    without: ['note', 'a comment', '<details>', '<summary>', '<kbd>'],
  },
  {
    name: 'case 41: addresses of this machine, and bare addresses',
    text: 'Open [http://localhost:5173](http://localhost:5173) or http://localhost:5173/admin. See https://example.org/a_b(c), **https://example.org**。也看https://example.org/路，好。',
    html: '<p>Open http://localhost:5173 or http://localhost:5173/admin. See <a href="https://example.org/a_b(c)">https://example.org/a_b(c)</a>, <strong><a href="https://example.org">https://example.org</a></strong>。也看<a href="https://example.org/%E8%B7%AF">https://example.org/路</a>，好。</p>',
    words: ['Open http://localhost:5173 or http://localhost:5173/admin.'],
    without: ['](', '['],
  },
];
