import * as vscode from 'vscode';

type Symbols = readonly (vscode.DocumentSymbol | vscode.SymbolInformation)[] | undefined;

/**
 * The lines of the function, class or the like that is named on `line` (from 0); without one, that line
 * alone. Lists of the workspace's symbols say where a name stands, not how far it reaches.
 */
export async function wholeSymbol(uri: vscode.Uri, line: number): Promise<vscode.Range> {
  const symbols = await vscode.commands.executeCommand<Symbols>(
    'vscode.executeDocumentSymbolProvider',
    uri,
  );
  const ranges = (symbols ?? []).flatMap((symbol) => rangesNamedOn(symbol, line));
  return ranges.at(-1) ?? new vscode.Range(line, 0, line, 0);
}

function rangesNamedOn(
  symbol: vscode.DocumentSymbol | vscode.SymbolInformation,
  line: number,
): vscode.Range[] {
  if ('location' in symbol) {
    const { range } = symbol.location;
    return range.start.line === line ? [range] : [];
  }
  const inside = symbol.children.flatMap((child) => rangesNamedOn(child, line));
  return symbol.selectionRange.start.line === line ? [symbol.range, ...inside] : inside;
}
