import { existsSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { inRepo } from './folders';

/** The languages besides English, by VS Code's names for them. */
export const languages = ['de', 'zh-cn'] as const;

/** Ends the keys of sentences that are made without VS Code. */
export const saidMark = '/client';

/** @param language none is the list of all texts, in English */
export function l10nFile(language?: string): string {
  return inRepo('l10n', `bundle.l10n.${language === undefined ? '' : `${language}.`}json`);
}

/** Translations by English text; none where there is no file yet. */
export function readL10n(language?: string): Readonly<Record<string, string>> {
  const file = l10nFile(language);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {};
}

export interface Source {
  readonly name: string;
  readonly text: string;
}

/** The texts that a file passes to `vscode.l10n.t`, and the calls whose text is not a literal. */
export interface HostTexts {
  readonly texts: readonly string[];
  readonly unclear: readonly string[];
}

export function hostTexts(source: Source): HostTexts {
  const texts: string[] = [];
  const unclear: string[] = [];
  eachNode(source, (node, file) => {
    if (!ts.isCallExpression(node) || !isTranslating(node.expression)) return;
    const [text] = node.arguments;
    if (text && ts.isStringLiteralLike(text)) texts.push(text.text);
    else unclear.push(`${source.name}: ${node.getText(file)}`);
  });
  return { texts, unclear };
}

/** `t(…)`, as the files name it, or `vscode.l10n.t(…)`. */
function isTranslating(called: ts.Expression): boolean {
  return /^(?:t|(?:.+\.)?l10n\.t)$/su.test(called.getText());
}

/** Calls `visit` with every node of a file but its imports and types. */
export function eachNode(
  { name, text }: Source,
  visit: (node: ts.Node, file: ts.SourceFile) => void,
): void {
  const file = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
  const walk = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return;
    visit(node, file);
    ts.forEachChild(node, walk);
  };
  walk(file);
}
