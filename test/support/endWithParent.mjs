// Runs a Node program that must not outlive the one that starts it: `node endWithParent.mjs program arguments`.
// The starting program holds the other end of standard input, which closes in whatever way it ends.
import process from 'node:process';
import { pathToFileURL } from 'node:url';

const end = () => process.exit(1);
process.stdin.on('end', end).on('error', end).resume();
process.argv.splice(1, 1);
await import(pathToFileURL(process.argv[1]).href);
