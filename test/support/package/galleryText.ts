/**
 * A document of the repository as a gallery shows it, far from the files beside it: without the
 * pictures, and with the words of a link in place of the link, where they lead to such a file.
 */
export function galleryText(markdown: string): string {
  return markdown
    .replaceAll(/^!\[[^\]]*\]\((?!https:)[^)]*\)\n\n?/gmu, '')
    .replaceAll(/(?<!!)\[([^\]]+)\]\((?!https:|#)[^)]*\)/gu, '$1');
}
