import assert from 'node:assert/strict';
import { importLines } from '../../../src/explain/explainPrompt';

const found = (head: string, code: string): string | undefined =>
  importLines(head.split('\n'), code);

describe('importLines', () => {
  const heads: readonly (readonly [string, string, string])[] = [
    [
      'TypeScript',
      "import { used } from './a';\nimport { other } from './b';",
      "import { used } from './a';",
    ],
    ['CommonJS', "const used = require('a');\nconst x = 1;", "const used = require('a');"],
    ['Python', 'from a import used\nfrom b import other', 'from a import used'],
    ['Rust', 'use a::used;\nuse b::other;', 'use a::used;'],
    ['C#', 'using a.used;\nusing b;', 'using a.used;'],
    ['Java', 'import a.b.used;\nimport c.other;', 'import a.b.used;'],
  ];
  for (const [language, head, lines] of heads) {
    it(`takes the lines whose names are used, in ${language}`, () => {
      assert.equal(found(head, 'used();'), lines);
    });
  }

  it('takes an import over several lines whole', () => {
    const head = "import {\n  other,\n  used,\n} from './a';\nimport { b } from './b';";
    assert.equal(found(head, 'used();'), "import {\n  other,\n  used,\n} from './a';");
  });

  it('does not take the name of a file for a name that is used', () => {
    assert.equal(found("import { other } from './used';", 'used();'), undefined);
  });

  it('gives nothing where nothing is imported', () => {
    assert.equal(found('const a = 1;\n// import nothing', 'a'), undefined);
  });
});
