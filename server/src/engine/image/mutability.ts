/**
 * How much an image reference can change after review. The classes are disjoint:
 * `digest` cannot move · `tag` a specific tag · `floating` a tag made to move · `implicit` no tag, so `latest` ·
 * `unknown` holes (variables, templates) that cannot be resolved, or text that is no reference ·
 * `none` nothing is pulled (an image this very file builds).
 */
export type Mutability = 'digest' | 'tag' | 'floating' | 'implicit' | 'unknown' | 'none';
