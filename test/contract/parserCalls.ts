import { findBestMatches } from '../../src/attachments/fuzzyMatch';
import { readDiffText } from '../../src/attachments/gitDiffText';
import { formatOutline } from '../../src/attachments/textExcerpts';
import { maskCode } from '../../src/codeBlocks/placing/codeMask';
import { findDeclaredName } from '../../src/codeBlocks/placing/declaredNames';
import { isElision } from '../../src/codeBlocks/placing/elisionMarks';
import { findLanguageStyle } from '../../src/codeBlocks/placing/languageStyles';
import { applyPatch, parsePatch } from '../../src/codeBlocks/placing/patches';
import { placeBlock } from '../../src/codeBlocks/placing/placeBlock';
import { RepeatFilter } from '../../src/conversation/continuation';
import { promptMessages } from '../../src/conversation/prompt';
import { ReasoningSplitter } from '../../src/conversation/reasoningSplitter';
import { RepetitionDetector } from '../../src/conversation/repetition';
import { ExcludeRules } from '../../src/files/excludedFiles';
import { IgnorePatterns } from '../../src/files/ignorePatterns';
import { exportMarkdown } from '../../src/history/conversationTransfer';
import { createSnippet } from '../../src/history/historySearch';
import { parseEndpoint } from '../../src/http/endpoint';
import { LineScanner } from '../../src/http/lineScanner';
import { createRedact } from '../../src/http/redaction';
import { renderReport } from '../../src/models/reportHtml';
import { parseErrorResponse } from '../../src/ollama/refusals';
import { readPs, readPullLine, readShow, readTags, readVersion } from '../../src/ollama/responses';
import { EventScanner } from '../../src/openai/eventScanner';
import { parseErrorResponse as parseApiError } from '../../src/openai/openaiErrors';
import { readModels } from '../../src/openai/servedModels';
import { findProxy } from '../../src/server/networkProbes';
import { costsMore } from '../../src/settings/settingScope';
import { CodeTracker, FenceNesting } from '../../src/shared/markdown/fences';
import { trimEndOf } from '../../src/shared/text';
import type { UserTurn } from '../../src/shared/turn';
import { findQuery } from '../../src/webview/composer/completion';
import { parseBlocks } from '../../src/webview/markdown/blockTree';
import { createParser, LineEndNormalizer } from '../../src/webview/markdown/markdownParser';
import { getShownLine } from '../../src/webview/markdown/openBlocks';

/** As a stream brings it: a word at a time, and all at once. */
function inPieces(start: () => (piece: string) => unknown): (text: string) => void {
  return (text) => {
    const take = start();
    for (let at = 0; at < text.length; at += 5) take(text.slice(at, at + 5));
    start()(text);
  };
}

/** Of attachmentSuggestions.ts. */
const maxListedFiles = 20_000;
const typescript = findLanguageStyle('a.ts');
const nothing = (): void => undefined;
const table = { kind: 'container', tag: 'table', key: '', line: 0, children: [] } as const;
const prose = { ...table, tag: 'blockquote' } as const;
const key = 'sk-0123456789abcdef';
const page = createParser();

/** What cannot be called with made-up arguments, by the name of the function; a blank is in names of my own. */
export const calls: Readonly<Record<string, (text: string) => unknown>> = {
  'attachments/fuzzyMatch.ts#findBestMatches': (text) =>
    findBestMatches(text.slice(0, 512), text.split('\n').slice(0, maxListedFiles), {
      ...{ getPath: String, maxCount: 20 },
    }),
  'attachments/textExcerpts.ts#formatOutline': (text) => {
    const symbols = text.split('\n').map((_line, index) => ({
      ...{ line: index + 1, first: index + 1, last: index + 1, depth: index % 64 },
    }));
    return formatOutline(text, symbols, 1_000);
  },
  'codeBlocks/placing/codeMask.ts#maskCode': (text) => maskCode(text, typescript),
  'codeBlocks/placing/declaredNames.ts#findDeclaredName': (text) =>
    typescript && findDeclaredName(text, typescript, true),
  'codeBlocks/placing/elisionMarks.ts#isElision': (text) => isElision(text, () => false),
  'codeBlocks/placing/patches.ts#applyPatch': (text) =>
    applyPatch(
      text.split('\n'),
      parsePatch(`@@ -1 +1 @@\n ${text}`).flatMap(({ hunks }) => hunks),
    ),
  'conversation/continuation.ts#RepeatFilter.take': (text) => {
    for (const inWords of [false, true]) {
      const filter = new RepeatFilter(text, inWords);
      inPieces(() => (piece) => filter.take(piece))(text);
    }
  },
  'conversation/prompt.ts#promptMessages': (text) => promptMessages(text, [say(text)]),
  'conversation/reasoningSplitter.ts#ReasoningSplitter.take': inPieces(() => {
    const splitter = new ReasoningSplitter();
    return (piece) => splitter.take(piece);
  }),
  'conversation/repetition.ts#RepetitionDetector.take': inPieces(() => {
    const detector = new RepetitionDetector();
    return (piece) => detector.take(piece);
  }),
  'history/conversationTransfer.ts#exportMarkdown': (text) =>
    exportMarkdown(text, [say(text)], {
      ...{ person: 'You', thinking: 'Thinking', ending: () => undefined, time: String },
    }),
  'history/historySearch.ts#createSnippet': (text) =>
    createSnippet(
      { conversationId: 'c', turnId: 'u', role: 'user', text: text.slice(0, 16_000), words: ['a'] },
      text.slice(0, 1_000),
    ),
  'http/endpoint.ts#parseEndpoint': (text) => parseEndpoint(text, {}),
  'http/lineScanner.ts#LineScanner.push': inPieces(() => {
    const scanner = new LineScanner(1_000_000, nothing);
    return (piece) => scanner.push(Buffer.from(piece));
  }),
  'http/redaction.ts#createRedact': (text) =>
    createRedact({ Authorization: `Bearer ${key}` })(text),
  'models/reportHtml.ts#renderReport': (text) => renderReport(text, []),
  'ollama/refusals.ts#parseErrorResponse': (text) => [
    parseErrorResponse(500, {}, text),
    parseErrorResponse(404, {}, JSON.stringify({ error: text })),
  ],
  'ollama/responses.ts#readTags': (text) =>
    readTags({ models: text.split('\n').map((name) => ({ name, details: { family: name } })) }),
  'ollama/responses.ts#readPs': (text) =>
    readPs({ models: text.split('\n').map((name) => ({ name })) }),
  'ollama/responses.ts#readShow': (text) =>
    readShow({ parameters: text, capabilities: text.split('\n'), model_info: { [text]: text } }),
  'ollama/responses.ts#readVersion': (text) => readVersion({ version: text }),
  'ollama/responses.ts#readPullLine': (text) => readPullLine({ status: text, digest: text }),
  'openai/eventScanner.ts#EventScanner.push': inPieces(() => {
    const handler = { onEvent: nothing, onComment: nothing, onForeignLine: nothing };
    const scanner = new EventScanner(1_000_000, handler);
    return (piece) => scanner.push(Buffer.from(piece));
  }),
  'openai/openaiErrors.ts#parseErrorResponse': (text) => [
    parseApiError(500, {}, text),
    parseApiError(400, {}, JSON.stringify({ error: { message: text } })),
  ],
  'openai/servedModels.ts#readModels': (text) =>
    readModels({ data: text.split('\n').map((id) => ({ id, owned_by: id })) }, {}),
  'server/networkProbes.ts#findProxy': (text) =>
    findProxy('http://example.org', { proxy: text, support: 'on', noProxy: [text], env: {} }),
  'settings/settingScope.ts#costsMore': (text) => costsMore('keepAlive', text, '5m'),
  'shared/markdown/fences.ts#FenceNesting.take': (text) => {
    const nesting = new FenceNesting({ marks: '```', info: '' });
    for (const line of text.split('\n')) nesting.take(line);
  },
  'shared/markdown/fences.ts#CodeTracker.take': inPieces(() => {
    const tracker = new CodeTracker();
    return (piece) => tracker.take(piece);
  }),
  'shared/text.ts#trimEndOf': (text) => trimEndOf(text, /\s/u),
  'webview/composer/completion.ts#findQuery': (text) =>
    findQuery(text, text.length, [{ trigger: '#' }, { trigger: '/' }]),
  'webview/markdown/blockTree.ts#parseBlocks': (text) => parseBlocks(page, text, {}),
  'webview/markdown/markdownParser.ts#LineEndNormalizer.push': inPieces(() => {
    const normalizer = new LineEndNormalizer();
    return (piece) => normalizer.push(piece);
  }),
  'webview/markdown/openBlocks.ts#getShownLine': (text) => [
    getShownLine(table, text),
    getShownLine(prose, text),
  ],

  'a code block and a file': (text) => {
    const path = `a.${text.length % 2 === 0 ? 'ts' : 'py'}`;
    placeBlock({ path, file: text, block: text.slice(0, 50_000), language: '', symbols: [] });
  },
  'code in code, and a file': (text) => {
    const depth = text.length / 20;
    const nested = `${'class a {\n'.repeat(depth)}x() {}\n${'}\n'.repeat(depth)}`;
    const block = nested.replaceAll('x()', 'y()');
    placeBlock({ path: 'a.ts', file: nested, block, language: '', symbols: [] });
  },
  'a .gitignore and a path': (text) => {
    const budget = { steps: 1_000_000 };
    new IgnorePatterns(text, true).find(text.slice(0, 4_096), false, budget);
  },
  'files.exclude and a path': (text) => new ExcludeRules([text]).isExcluded(text.slice(0, 4_096)),
  'the output of git diff': (text) => readDiffText(`diff --git a/a b/a\n--- a/a\n+++ b/a\n${text}`),
  'Markdown in the page': (text) => page.render(text, {}),
};

function say(text: string): UserTurn {
  const attachment = { id: 'a', kind: 'file', label: text, language: text, path: text, text };
  return {
    ...{ role: 'user', id: 'u', parent: null, createdAt: 1, text },
    attachments: [{ ...attachment, kind: 'file' }],
  };
}

const tokens = 'markdown-it makes a token of each line, and reads a bracket up to 100 times';
const rows = 'an object for each line, or an exception, up to 10,000';
const pieces = 'in 20,000 pieces, and once more in one';
const bounded = 'its text is at most';

/** What takes longer, though in linear time: why, and the most milliseconds for 100,000 characters. */
const slower: Readonly<Record<string, readonly [why: string, limit: number]>> = {
  'attachments/textEncodings.ts#guessEncoding': ['15 encodings of at most 64 KiB', 700],
  'codeBlocks/changeHunks.ts#carryOver': [rows, 200],
  'codeBlocks/changeHunks.ts#findChanges': [rows, 200],
  'codeBlocks/placing/patches.ts#applyPatch': [rows, 100],
  'explain/commentMarkdown.ts#toCommentMarkdown': [tokens, 1_500],
  'history/conversationTransfer.ts#exportMarkdown': ['the text is in five places', 500],
  'history/conversationTransfer.ts#readExport': [rows, 300],
  'history/historySearch.ts#findWord': [`${bounded} 16,000 characters`, 200],
  'history/inertLinks.ts#makeLinksInert': [tokens, 200],
  'http/redaction.ts#createRedact': [`${bounded} 64 KiB, each escape decoded`, 150],
  'models/reportHtml.ts#renderReport': [tokens, 1_500],
  'ollama/responses.ts#readTags': [rows, 150],
  'shared/markdown/codeBlocks.ts#parseCodeBlocks': [tokens, 200],
  'shared/markdown/codeBlocks.ts#withStandardFences': [tokens, 200],
  'webview/formulas.ts#renderFormula': [`${bounded} 3,000 characters`, 300],
  'webview/markdown/blockTree.ts#parseBlocks': [tokens, 200],
  'Markdown in the page': [tokens, 1_000],
  'a code block and a file': ['an outline of each', 1_000],
  'code in code, and a file': ['an outline of each', 800],
  'attachments/fuzzyMatch.ts#findBestMatches': ['20,000 paths', 100],
  'attachments/textExcerpts.ts#formatOutline': [rows, 100],
  'conversation/reasoningSplitter.ts#ReasoningSplitter.take': [pieces, 100],
  'shared/markdown/fences.ts#CodeTracker.take': [pieces, 100],
};

export const limits: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries(slower).map(([name, [, limit]]) => [name, limit]),
);

/** Why the others are not called, for each reason. */
const reasons: Readonly<Record<string, readonly string[]>> = {
  'its text is an id, an origin, or the name of a model, which is bounded': [
    ...['chat/contextRequests.ts#createRequester', 'chat/turnViews.ts#conversationView'],
    ...['chat/turnViews.ts#earlierTurns', 'chat/turnViews.ts#turnView'],
    ...['chat/turnViews.ts#endNotice', 'chat/turnViews.ts#findAnswer'],
    ...['chat/turnViews.ts#connectionView', 'conversation/turnWeights.ts#toCut'],
    ...['explain/threadComments.ts#phaseLabel', 'explain/threadComments.ts#noticeBelow'],
    ...['ollama/modelProfile.ts#modelProfile', 'server/diagnosis.ts#createReport'],
    ...['server/diagnosisFindings.ts#sideFinding', 'server/diagnosisFindings.ts#nameFinding'],
    ...[
      'server/diagnosisFindings.ts#modelsFinding',
      'server/openaiProvider.ts#createOpenaiProvider',
    ],
    ...['server/serverChoice.ts#openOllama', 'server/serverChoice.ts#openOpenai'],
    ...['server/serverLink.ts#openLink', 'settings/settingDescriptors.ts#requestProfile'],
    ...['settings/settingDescriptors.ts#getOverrides', 'storage/checkpoint.ts#readValue'],
    ...['ui/failureMessages.ts#failureNotice', 'ui/serverNames.ts#serverPlace'],
  ],
  'it passes its text on as it is': [
    ...[
      'conversation/continuation.ts#continueMessages',
      'explain/explainDialogue.ts#ExplainDialogue.append',
    ],
    ...['conversation/continuation.ts#continueInWords', 'http/networkErrors.ts#toConnectionError'],
    ...['codeBlocks/placing/lineEdits.ts#applyLineEdits'],
    ...['conversation/conversationSummary.ts#createVersion'],
    ...['conversation/sessionContext.ts#createUserTurn'],
  ],
  'a schema reads it, which looks at each character once': [
    ...['chat/pageRequests.ts#handlePageMessage', 'webview/pageDrafts.ts#readViewState'],
  ],
  'it is called above by what uses it': [
    ...['files/wildcards.ts#compileWildcards', 'files/wildcards.ts#matchesWildcards'],
  ],
  'it is in the tests of floods of events': [
    ...[
      'conversation/checkpointContext.ts#createCheckpointContext',
      'storage/compaction.ts#compactRecords',
    ],
    ...['conversation/checkpointContext.ts#findMissingEvents'],
  ],
  'it is in the tests of long texts in the page': [
    ...[
      'webview/markdown/codeBlock.ts#CodeBlock.append',
      'webview/markdown/openBlocks.ts#OpenFence.take',
    ],
    ...['webview/markdown/markdownStream.ts#MarkdownStream.append'],
    ...['webview/markdown/codeHighlighting.ts#HighlightedCode.append'],
  ],
};

export const notParsers: ReadonlySet<string> = new Set(Object.values(reasons).flat());
