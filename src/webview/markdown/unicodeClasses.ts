/**
 * Stands in for `uc.micro`: the classes of Unicode that markdown-it asks about, which every engine that
 * runs the page knows by itself. The package writes them out.
 */
export const P = /\p{P}/u;
export const S = /\p{S}/u;
