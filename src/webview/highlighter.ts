import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import c from 'highlight.js/lib/languages/c';
import clojure from 'highlight.js/lib/languages/clojure';
import cmake from 'highlight.js/lib/languages/cmake';
import cpp from 'highlight.js/lib/languages/cpp';
import csharp from 'highlight.js/lib/languages/csharp';
import css from 'highlight.js/lib/languages/css';
import dart from 'highlight.js/lib/languages/dart';
import diff from 'highlight.js/lib/languages/diff';
import dockerfile from 'highlight.js/lib/languages/dockerfile';
import elixir from 'highlight.js/lib/languages/elixir';
import erlang from 'highlight.js/lib/languages/erlang';
import go from 'highlight.js/lib/languages/go';
import graphql from 'highlight.js/lib/languages/graphql';
import groovy from 'highlight.js/lib/languages/groovy';
import haskell from 'highlight.js/lib/languages/haskell';
import ini from 'highlight.js/lib/languages/ini';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import julia from 'highlight.js/lib/languages/julia';
import kotlin from 'highlight.js/lib/languages/kotlin';
import latex from 'highlight.js/lib/languages/latex';
import less from 'highlight.js/lib/languages/less';
import lua from 'highlight.js/lib/languages/lua';
import makefile from 'highlight.js/lib/languages/makefile';
import markdown from 'highlight.js/lib/languages/markdown';
import nginx from 'highlight.js/lib/languages/nginx';
import objectivec from 'highlight.js/lib/languages/objectivec';
import perl from 'highlight.js/lib/languages/perl';
import php from 'highlight.js/lib/languages/php';
import powershell from 'highlight.js/lib/languages/powershell';
import protobuf from 'highlight.js/lib/languages/protobuf';
import python from 'highlight.js/lib/languages/python';
import r from 'highlight.js/lib/languages/r';
import ruby from 'highlight.js/lib/languages/ruby';
import rust from 'highlight.js/lib/languages/rust';
import scala from 'highlight.js/lib/languages/scala';
import scss from 'highlight.js/lib/languages/scss';
import shell from 'highlight.js/lib/languages/shell';
import sql from 'highlight.js/lib/languages/sql';
import swift from 'highlight.js/lib/languages/swift';
import typescript from 'highlight.js/lib/languages/typescript';
import vbnet from 'highlight.js/lib/languages/vbnet';
import wasm from 'highlight.js/lib/languages/wasm';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';

const languages = {
  bash,
  c,
  clojure,
  cmake,
  cpp,
  csharp,
  css,
  dart,
  diff,
  dockerfile,
  elixir,
  erlang,
  go,
  graphql,
  groovy,
  haskell,
  ini,
  java,
  javascript,
  json,
  julia,
  kotlin,
  latex,
  less,
  lua,
  makefile,
  markdown,
  nginx,
  objectivec,
  perl,
  php,
  powershell,
  protobuf,
  python,
  r,
  ruby,
  rust,
  scala,
  scss,
  shell,
  sql,
  swift,
  typescript,
  vbnet,
  wasm,
  xml,
  yaml,
};
for (const [name, language] of Object.entries(languages)) hljs.registerLanguage(name, language);

export interface Highlighted {
  /** With highlight.js's classes, and those of `refine`. */
  readonly html: string;
  /** Whether nothing is open at the end, such as a comment: what follows can be highlighted without this code. */
  readonly isClosed: boolean;
}

/**
 * Nothing for a language that is not known.
 * @param language as written after the fence; aliases such as `ts` and `py` are known too
 */
export function highlight(language: string, code: string): Highlighted | undefined {
  const known = hljs.getLanguage(language);
  if (!known) return undefined;
  const { value, _top: top } = hljs.highlight(code, { language, ignoreIllegals: true });
  // Only what is within something else has a parent.
  const isOpen = top !== undefined && 'parent' in top;
  const hasTagKeys = known.name === 'YAML';
  const html = value.replace(
    /<span class="hljs-(keyword|built_in|attr)">([\w.-]{1,40})<\/span>/gu,
    (span, kind: string, word: string) => {
      const refined = refine(kind, word, hasTagKeys);
      return refined === '' ? span : `<span class="hljs-${kind} ${refined}">${word}</span>`;
    },
  );
  return { html, isClosed: !isOpen };
}

/** Keywords that declare something: editors color them unlike those that control what runs. */
const storageWords = new Set(
  (
    'abstract auto class const constexpr data def defmodule enum extends extern final fn fun func function ' +
    'implements impl inline interface internal lambda let mod module mut namespace object open override package ' +
    'private protected pub public readonly record sealed static struct super template trait type typedef ' +
    'typename union unsafe val var virtual volatile where'
  ).split(' '),
);
/** Keywords that are operators. */
const operatorWords = new Set(
  'and delete in instanceof is new not of or sizeof typeof void'.split(' '),
);
/** Types that highlight.js counts among the built-in names. */
const primitiveTypes = new Set(
  (
    'any bigint bool boolean byte char double f32 f64 float i16 i32 i64 i8 int isize long never number object ' +
    'short str string symbol u16 u32 u64 u8 uint unknown unsigned usize void'
  ).split(' '),
);

/** A further class for what highlight.js does not tell apart; empty for none. */
function refine(kind: string, word: string, hasTagKeys: boolean): string {
  if (kind === 'attr') return hasTagKeys ? 'tag_' : '';
  if (kind === 'built_in') return primitiveTypes.has(word) ? 'primitive_' : '';
  if (storageWords.has(word)) return 'storage_';
  return operatorWords.has(word) ? 'operator_' : '';
}
