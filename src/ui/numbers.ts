import * as vscode from 'vscode';

/** A number as it is written in the language of the editor, with one digit behind the point. */
export function decimal(value: number): string {
  const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  return value.toLocaleString(vscode.env.language, digits);
}

/** The same, without a fraction. */
export function whole(value: number): string {
  return value.toLocaleString(vscode.env.language, { maximumFractionDigits: 0 });
}
