/**
 * Stands in for `linkify-it`, which markdown-it constructs but asks nothing of unless its option
 * `linkify` is on. A bare address stays text in Cria: only what the model marks as a link is one.
 */
export class LinkifyIt {
  readonly isAbsent = true;
}
