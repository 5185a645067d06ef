import * as vscode from 'vscode';

interface Found {
  readonly kind: vscode.SymbolKind;
  readonly range: vscode.Range;
}

const { Function, Method, Constructor, Class, Interface, Enum, Struct } = vscode.SymbolKind;
const worthExplaining: readonly vscode.SymbolKind[] = [
  ...[Function, Method, Constructor, Class, Interface, Enum, Struct],
];

/** The smallest function, class or the like around a range; undefined where nobody knows of any. */
export async function enclosingSymbol(
  document: vscode.TextDocument,
  range: vscode.Range,
): Promise<vscode.Range | undefined> {
  const symbols = await vscode.commands.executeCommand<
    readonly (vscode.DocumentSymbol | vscode.SymbolInformation)[] | undefined
  >('vscode.executeDocumentSymbolProvider', document.uri);
  return flat(symbols ?? [])
    .filter((symbol) => symbol.range.contains(range))
    .filter(({ kind }) => worthExplaining.includes(kind))
    .sort((a, b) => lineCount(a.range) - lineCount(b.range))[0]?.range;
}

function flat(
  symbols: readonly (vscode.DocumentSymbol | vscode.SymbolInformation)[],
): readonly Found[] {
  return symbols.flatMap((symbol) =>
    'children' in symbol
      ? [{ kind: symbol.kind, range: symbol.range }, ...flat(symbol.children)]
      : [{ kind: symbol.kind, range: symbol.location.range }],
  );
}

function lineCount({ start, end }: vscode.Range): number {
  return end.line - start.line;
}
